import type { Collection } from "../model/collection.js";
import { entityTable, fieldColumn, META_COLUMN, scalarFields, vectorFields, vectorTable } from "./columns.js";

/** A table of rows, where it is copied from and where to. */
export interface CopiedTable {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  /** The table whose rows these belong to, under its new name: what belongs to none that was copied before is not copied. */
  readonly owner?: string;
}

/** The column of a row's partition, whose id is another one in another collection. */
export const PARTITION_COLUMN = "partition_id";

/** All tables of a collection, and those of the same schema under the id of another one. Each is copied by `row_id`. */
export function tablesToCopy(collection: Collection, toId: number): readonly CopiedTable[] {
  const { id } = collection;
  const scalars = scalarFields(collection).map((field) => fieldColumn(field.id));
  const meta = collection.schema.dynamic ? [META_COLUMN] : [];
  return [
    { from: entityTable(id), to: entityTable(toId), columns: ["row_id", PARTITION_COLUMN, "ts", ...scalars, ...meta] },
    ...vectorFields(collection).map((field) => ({
      from: vectorTable(id, field.id),
      to: vectorTable(toId, field.id),
      columns: ["row_id", "data"],
      owner: entityTable(toId),
    })),
  ];
}
