import type { InputColumn, InputColumns, RecordBatch, StoredColumn } from "../../engine/contract/column.js";
import type { DataType, ElementType } from "../../engine/model/data-type.js";
import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import type { Fields } from "../fields.js";
import { stringifyJson } from "../json.js";
import { plainReader } from "../rows/show-value.js";
import type { Message } from "./decode.js";

/** One column as `POST /api/v1/entities` takes it; what `field` may hold depends on `type`. */
export const FIELD_DATA: Message = { field_name: "string", type: "int", field: "any", element_type: "int" };

/** Values that are not of the type that stands beside them: answered with HTTP 400. */
export class UnreadableColumn extends Error {
  override readonly name: string = "UnreadableColumn";
}

/**
 * `fields_data` as columns of the contract.
 *
 * @param numRows rows that each column must have; absent: as many as the first has
 * @throws UnreadableColumn
 */
export function inputColumns(fieldsData: readonly Fields[], numRows: number | undefined): InputColumns {
  const columns = fieldsData.map(inputColumn);
  const [first] = fieldsData;
  const counted = Array.isArray(first?.["field"]) ? first["field"].length : 0;
  return { rowCount: numRows ?? counted, columns };
}

function inputColumn(column: Fields): InputColumn {
  const name = (column["field_name"] as string | undefined) ?? "";
  const number = (column["type"] as number | undefined) ?? 0;
  const type = (typeName(number) ?? String(number)) as DataType;
  const values = column["field"] ?? [];
  const unreadable = (detail: string) => new UnreadableColumn(`parse field[${name}]: ${detail}`);
  if (!Array.isArray(values)) throw unreadable(`cannot unmarshal ${typeof values} into a list`);
  const head = { name, type };
  const fits = FITTING[type];
  if (type === "FloatVector") return { ...head, ...floatVectors(values, unreadable) };
  if (type === "BinaryVector") return { ...head, ...binaryVectors(values, unreadable) };
  if (fits === undefined) throw unreadable(`unsupported data type: ${type}`);
  const wrong = values.find((value) => value !== null && !fits(value));
  if (wrong !== undefined) throw unreadable(`cannot unmarshal ${typeof wrong} into a value of type ${type}`);
  const element = column["element_type"] as number | undefined;
  return {
    ...head,
    ...(element !== undefined && { elementType: typeName(element) as ElementType }),
    // JSON text, as columns carry it.
    values: type === "JSON" ? values.map((value) => (value === null ? null : stringifyJson(value))) : values,
  };
}

const isInteger = (value: unknown) => typeof value === "bigint" || Number.isSafeInteger(value);
const isNumber = (value: unknown) =>
  typeof value === "number" || typeof value === "bigint" || (typeof value === "object" && !Array.isArray(value));
const isText = (value: unknown) => typeof value === "string";

/** What the JSON values of a scalar type are. */
const FITTING: Partial<Record<DataType, (value: unknown) => boolean>> = {
  Bool: (value) => typeof value === "boolean",
  Int8: isInteger,
  Int16: isInteger,
  Int32: isInteger,
  Int64: isInteger,
  Float: isNumber,
  Double: isNumber,
  VarChar: isText,
  Timestamptz: isText,
  Geometry: isText,
  Array: (value) => Array.isArray(value),
  JSON: () => true,
};

type Unreadable = (detail: string) => Error;
type Vectors = Pick<InputColumn, "values" | "dimension">;

/** Float vectors come as one list of numbers each, all of one length. */
function floatVectors(vectors: readonly unknown[], unreadable: Unreadable): Vectors {
  const [first] = vectors;
  const dimension = Array.isArray(first) ? first.length : 0;
  const values = new Float32Array(vectors.length * dimension);
  for (const [row, vector] of vectors.entries()) {
    if (!Array.isArray(vector)) throw unreadable(`cannot unmarshal ${typeof vector} into a value of type []float32`);
    if (vector.length !== dimension) throw unreadable(`vectors of ${dimension} and of ${vector.length} numbers`);
    for (const [i, component] of vector.entries()) {
      if (!isNumber(component)) throw unreadable(`cannot unmarshal ${typeof component} into a value of type float32`);
      values[row * dimension + i] = Number(component);
    }
  }
  return { values: new Uint8Array(values.buffer), dimension };
}

/** Binary vectors come as base64 text each, or as lists of bytes. */
function binaryVectors(vectors: readonly unknown[], unreadable: Unreadable): Vectors {
  const parts = vectors.map((vector) => {
    if (typeof vector === "string") return Buffer.from(vector, "base64");
    if (Array.isArray(vector) && vector.every((byte) => isInteger(byte) && byte >= 0 && byte < 256)) {
      return Uint8Array.from(vector as number[]);
    }
    throw unreadable(`cannot unmarshal ${typeof vector} into a value of type []byte`);
  });
  const size = parts[0]?.length ?? 0;
  const other = parts.find((part) => part.length !== size);
  if (other !== undefined) throw unreadable(`vectors of ${size} and of ${other.length} bytes`);
  return { values: new Uint8Array(Buffer.concat(parts)), dimension: size * 8 };
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
  if (column.struct !== undefined) {
    throw failure("Unsupported", { what: "a struct array field is nothing that this protocol can show" });
  }
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
