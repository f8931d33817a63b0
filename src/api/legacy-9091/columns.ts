import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import { type Fields, isObject } from "../fields.js";
import type { DescribedCollection, DescribedField } from "../rest/v1/call.js";
import { typeParam } from "../rest/v1/call.js";
import { UnreadableBody } from "./call.js";

type Row = Readonly<Record<string, unknown>>;

/**
 * Column data (`fields_data`) as rows.
 *
 * @throws UnreadableBody for columns without name or values; InvalidParameter for columns of unequal length, or of
 *   another type than their field
 */
export function rowsOfColumns(
  fieldsData: unknown,
  numRows: number | undefined,
  collection: DescribedCollection,
): Row[] {
  const columns = (Array.isArray(fieldsData) ? fieldsData : []).map(readColumn);
  const count = numRows ?? columns[0]?.values.length ?? 0;
  for (const { name, type, values } of columns) {
    if (values.length !== count) {
      throw failure("InvalidParameter", {
        text: `the num_rows (${values.length}) of field ${name} is not equal to passed num_rows (${count})`,
      });
    }
    const field = collection.fields.find((f) => f.name === name);
    if (field !== undefined && type !== undefined && typeName(type) !== field.type) {
      throw failure("InvalidParameter", {
        text: `the data type of field ${name} is ${field.type}, but the column has ${typeName(type) ?? type}`,
      });
    }
  }
  // Only now: the number of rows is as long as the columns are, not whatever was claimed.
  const rows = Array.from({ length: columns[0]?.values.length ?? 0 }, (): Record<string, unknown> => ({}));
  for (const { name, values } of columns) {
    for (const [i, row] of rows.entries()) {
      if (values[i] !== undefined) setOwn(row, name, values[i]);
    }
  }
  return rows;
}

/** Sets a key, also one called `__proto__`. */
function setOwn(row: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}

function readColumn(column: unknown): { name: string; type: number | undefined; values: readonly unknown[] } {
  if (!isObject(column)) throw new UnreadableBody("field fields_data: expected an array of objects");
  const { field_name: name, type, field: values } = column;
  if (typeof name !== "string") throw new UnreadableBody("field fields_data.field_name: expected a string");
  if (type !== undefined && typeof type !== "number")
    throw new UnreadableBody("field fields_data.type: expected a number");
  if (!Array.isArray(values)) throw new UnreadableBody("field fields_data.field: expected an array");
  return { name, type, values };
}

/** Rows as column data in the form of the wire protocol, one entry per output field; dynamic keys as JSON in `$meta`. */
export function columnsOfRows(
  rows: readonly Row[],
  outputs: readonly DescribedField[],
  dynamic: boolean,
  ignored: ReadonlySet<string>,
): Fields[] {
  const columns = outputs.map((field) =>
    encodeColumn(
      field,
      rows.map((row) => row[field.name]),
    ),
  );
  if (!dynamic) return columns;
  const known = new Set([...outputs.map((field) => field.name), ...ignored]);
  const rest = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => !known.has(key))));
  if (rest.some((extra) => Object.keys(extra).length > 0)) {
    columns.push({
      type: typeNumber("JSON"),
      field_name: "$meta",
      is_dynamic: true,
      Field: { Scalars: { Data: { JsonData: { data: rest } } } },
    });
  }
  return columns;
}

/** Which kind of list the protocol keeps the values of a type in. */
const LISTS: Readonly<Record<string, string>> = {
  Bool: "BoolData",
  Int8: "IntData",
  Int16: "IntData",
  Int32: "IntData",
  Int64: "LongData",
  Float: "FloatData",
  Double: "DoubleData",
  VarChar: "StringData",
  Array: "ArrayData",
  JSON: "JsonData",
  Geometry: "GeometryWktData",
  Timestamptz: "StringData",
};

function encodeColumn(field: DescribedField, values: readonly unknown[]): Fields {
  const head = { type: typeNumber(field.type), field_name: field.name, field_id: field.id };
  const list = LISTS[field.type];
  if (list !== undefined) return { ...head, Field: { Scalars: { Data: { [list]: { data: values } } } } };
  const dim = Number(typeParam(field, "dim") ?? 0);
  // Float vectors of all rows make one flat list; the others stay one value per row.
  const data =
    field.type === "FloatVector" ? { FloatVector: { data: values.flat() } } : { [field.type]: { data: values } };
  return { ...head, Field: { Vectors: { dim, Data: data } } };
}

/** The fields that output field names stand for: `*` is all of them. */
export function outputFields(names: readonly string[], collection: DescribedCollection): readonly DescribedField[] {
  if (names.includes("*")) return collection.fields;
  return names.flatMap((name) => collection.fields.filter((field) => field.name === name));
}

/** Primary keys in the form of the wire protocol. */
export function encodeIds(ids: readonly unknown[], keyType: string): Fields {
  return keyType === "VarChar" ? { IdField: { StrId: { data: ids } } } : { IdField: { IntId: { data: ids } } };
}
