import { fullName } from "../api/grpc/columns/struct-names.js";
import type { CollectionDescription } from "../engine/contract/collections.js";
import type { FieldDescription } from "../engine/contract/fields.js";

/** A field of a collection as its rows have it: those of a struct by `struct[field]`. */
export interface RowField {
  readonly name: string;
  readonly described: FieldDescription;
  readonly struct: string | undefined;
  readonly nullable: boolean;
}

/** All fields whose columns rows may have, in schema order. */
export function rowFields({ fields, structFields = [] }: CollectionDescription): readonly RowField[] {
  return [
    ...fields.map((described) => ({
      name: described.name,
      described,
      struct: undefined,
      nullable: described.nullable,
    })),
    ...structFields.flatMap((struct) =>
      struct.fields.map((described) => ({
        name: fullName(struct.name, described.name),
        described,
        struct: struct.name,
        nullable: struct.nullable || described.nullable,
      })),
    ),
  ];
}
