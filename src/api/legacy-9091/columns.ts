import type { RecordBatch, StoredColumn } from "../../engine/contract/column.js";
import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import { type Fields, isObject } from "../fields.js";
import type { DescribedCollection } from "../rest/v1/call.js";
import { plainReader } from "../rows/show-value.js";
import { UnreadableBody } from "./decode.js";

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

/** The columns of a result in the form of the wire protocol. */
export function encodeColumns(batch: RecordBatch): Fields[] {
  return batch.columns.map((column) => encodeColumn(column, batch));
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

function encodeColumn(column: StoredColumn, batch: RecordBatch): Fields {
  const read = plainReader(column, { int64: "number", timeZone: batch.timeZone });
  const values = Array.from({ length: batch.rowCount }, (_, row) => read(row));
  const head = {
    type: typeNumber(column.type),
    field_name: column.name,
    // The count and the dynamic field are no fields of the schema.
    ...(column.fieldId >= FIRST_FIELD_ID && { field_id: column.fieldId }),
    ...(column.dynamic === true && { is_dynamic: true }),
  };
  const list = LISTS[column.type];
  if (list !== undefined) return { ...head, Field: { Scalars: { Data: { [list]: { data: values } } } } };
  // Float vectors of all rows make one flat list; the others stay one value per row.
  const data =
    column.type === "FloatVector" ? { FloatVector: { data: values.flat() } } : { [column.type]: { data: values } };
  return { ...head, Field: { Vectors: { dim: column.dimension ?? 0, Data: data } } };
}

const FIRST_FIELD_ID = 100;

/** Primary keys in the form of the wire protocol. */
export function encodeIds(ids: readonly unknown[], keyType: string): Fields {
  return keyType === "VarChar" ? { IdField: { StrId: { data: ids } } } : { IdField: { IntId: { data: ids } } };
}
