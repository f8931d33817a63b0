import type { DataType, ItemType } from "../engine/model/data-type.js";

/** A field as files see it. */
export interface FileField {
  /** Fields of structs: `struct[field]`. */
  readonly name: string;
  readonly type: DataType;
  readonly elementType?: ItemType;
  /** Dense vectors and lists of them. */
  readonly dimension?: number;
  /** Type parameters, every value a string. */
  readonly params: Readonly<Record<string, string>>;
  /** The struct it belongs to, and its name in there. */
  readonly part?: { readonly struct: string; readonly name: string };
  /** A row may come without a value: it takes the default, or is null. */
  readonly optional: boolean;
  readonly primaryKey: boolean;
  /** What a file must not bring, and why. */
  readonly refusal?: string;
  /** Nobody brings it: it is drawn or computed. */
  readonly made: boolean;
}

/** What rows of a collection look like in files. */
export interface FileShape {
  readonly fields: readonly FileField[];
  readonly structs: readonly string[];
  /** Unknown keys are kept. */
  readonly dynamic: boolean;
}

/** The names that a row may have: of fields, and of structs in place of their fields. */
export function rowNames({ fields, structs }: FileShape): ReadonlySet<string> {
  return new Set([...fields.filter(({ part }) => part === undefined).map(({ name }) => name), ...structs]);
}
