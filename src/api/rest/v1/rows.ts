import { isList, typedArrayName } from "../../../values/js-value.js";
import { isObject } from "../../fields.js";
import { type DescribedCollection, type DescribedField, typeParam } from "./call.js";
import { cloudFailure } from "./cloud-errors.js";
import { typeNameOf } from "./ids.js";

type Row = Readonly<Record<string, unknown>>;

const MAX_ROWS = 100;

/**
 * The rows of an insert or upsert in the cloud dialect: one object or an array of up to 100.
 *
 * @throws 90118 to 90121, 90109 (insert), 90149 to 90152 (upsert)
 */
export function cloudRows(data: unknown, insert: boolean): readonly Row[] {
  if (data === undefined) throw cloudFailure(insert ? 90118 : 90150);
  const rows = Array.isArray(data) ? data : [data];
  if (!rows.every(isObject)) {
    if (insert) throw cloudFailure(90119);
    throw cloudFailure(90149, "data", "Object or Array of Object", typeNameOf(data));
  }
  if (rows.length === 0) throw cloudFailure(insert ? 90120 : 90151);
  if (rows.some((row) => Object.keys(row).length === 0)) throw cloudFailure(insert ? 90121 : 90152);
  if (rows.length > MAX_ROWS) throw cloudFailure(90109);
  return rows;
}

/**
 * Finds what the cloud list has a code for in rows that do not fit a collection. Finer checks (lengths, ranges) stay with
 * the operation and have the server's codes.
 *
 * @throws 90107, 90108, 90115, 90010, 90007
 */
export function checkRows(rows: readonly Row[], collection: DescribedCollection): void {
  const names = new Set(collection.fields.map((field) => field.name));
  for (const row of rows) {
    for (const field of collection.fields) checkValue(row[field.name], field);
    if (collection.enableDynamicField) continue;
    const extra = Object.keys(row).filter((key) => !names.has(key));
    if (extra.length > 0) throw cloudFailure(90108, extra.join(","));
  }
}

function checkValue(value: unknown, field: DescribedField): void {
  if (field.autoId || field.isFunctionOutput === true) {
    if (field.autoId && value !== undefined) throw cloudFailure(90107);
    return;
  }
  if (value === undefined || value === null) {
    if (field.nullable || field.defaultValue !== undefined || (value === null && field.type === "JSON")) return;
    throw cloudFailure(90115);
  }
  if (!fitsType(value, field.type)) throw cloudFailure(90010, field.name, field.type, typeNameOf(value));
  const dimension = typeParam(field, "dim");
  const length = (value as { length?: number }).length;
  if (field.type === "FloatVector" && dimension !== undefined && length !== Number(dimension)) {
    throw cloudFailure(90007, field.name, String(length), dimension);
  }
}

const NUMBER_TEXT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function fitsType(value: unknown, type: string): boolean {
  const scalar = typeof value;
  switch (type) {
    case "Bool":
      return scalar === "boolean" || ["true", "false", "0", "1"].includes(value as string);
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64":
      return (
        Number.isSafeInteger(value) ||
        scalar === "bigint" ||
        (scalar === "string" && /^[+-]?\d+$/.test(value as string))
      );
    case "Float":
    case "Double":
      if (scalar === "string") return NUMBER_TEXT.test(value as string);
      return scalar === "number" || scalar === "bigint" || (scalar === "object" && typeNameOf(value) === "Double");
    case "VarChar":
    case "Text":
      return scalar !== "object" || typeNameOf(value) === "Double";
    case "Array":
      return isList(value);
    case "FloatVector":
      return (
        typedArrayName(value) !== undefined ||
        (Array.isArray(value) && value.every((item) => typeNameOf(item) === "Double" || typeNameOf(item) === "Int64"))
      );
    default:
      return true;
  }
}
