import type { Collection } from "../model/collection.js";
import { isVectorType } from "../model/data-type.js";
import type { FieldSchema } from "../model/schema.js";

/** Table and column names are minted from ids: user text never becomes an identifier. */
export function entityTable(collectionId: number): string {
  return `e_${collectionId}`;
}

/** Vectors lie apart: a 3 KiB blob per row would leave one row per page and slow every scan. */
export function vectorTable(collectionId: number, fieldId: number | "*"): string {
  return `v_${collectionId}_${fieldId}`;
}

export function fieldColumn(fieldId: number): string {
  return `f_${fieldId}`;
}

/** The dynamic field; `{}` where a row has no extra keys, never NULL. */
export const META_COLUMN = "meta";

export function scalarIndexName(collectionId: number, indexId: number): string {
  return `i_${collectionId}_${indexId}`;
}

export function createIndexText(name: string, table: string, target: string): string {
  return `CREATE INDEX ${name} ON ${table} (${target})`;
}

export function scalarFields(collection: Collection): readonly FieldSchema[] {
  return collection.schema.fields.filter((f) => !isVectorType(f.type));
}

export function vectorFields(collection: Collection): readonly FieldSchema[] {
  return collection.schema.fields.filter((f) => isVectorType(f.type));
}

/** Whether a column was made for NULL: a field with a default is never stored as NULL, but rows may be older than its column. */
export function takesNull(field: FieldSchema): boolean {
  return field.nullable || field.defaultValue !== undefined;
}
