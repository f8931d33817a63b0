import type { InputColumn, InputColumns, QueryVectors } from "../engine/contract/column.js";
import type { DataType } from "../engine/model/data-type.js";
import { FIELD_TYPES } from "../engine/model/types/table.js";
import { invalidParameter } from "../errors.js";
import { kindOf } from "../values/js-value.js";
import { parseJson } from "../values/json-reader.js";
import { formatTimestamptz } from "../values/timestamptz.js";
import type { KnownField, KnownSchema } from "./schemas.js";

const MAX_COLUMNS = 10_000;

type Row = Record<string, unknown>;

/** What is known of a column beside its values: by itself, or else by the field that it is for. */
interface Shape {
  readonly type: string;
  readonly elementType: string | undefined;
  readonly dimension: number;
}

/** The entities of a write that came by column, row by row: REST knows nothing else. @throws InvalidParameter */
export function rowsOfColumns({ rowCount, columns }: InputColumns, schema: KnownSchema | undefined): readonly Row[] {
  if (!Array.isArray(columns) || columns.length === 0) throw invalidParameter("the batch has no columns");
  if (columns.length > MAX_COLUMNS)
    throw invalidParameter(`${columns.length} columns are more than any collection has`);
  const readers = columns.map((column: unknown) => {
    if (!isColumn(column)) throw invalidParameter(`a column is an object, not ${kindOf(column)}`);
    const shape = shapeOf(column, schema);
    const count = valueCount(column, shape);
    // A program may say of its columns that they have more rows than there is room for.
    if (count !== rowCount) throw invalidParameter(`the column ${column.name} has ${count} values, not ${rowCount}`);
    return { column, read: reader(column, shape) };
  });
  return Array.from({ length: rowCount }, (_, i) => {
    const row: Row = {};
    for (const { column, read } of readers) put(row, column, read(i));
    return row;
  });
}

function isColumn(column: unknown): column is InputColumn {
  const { name, values } = (column ?? {}) as Partial<InputColumn>;
  return typeof name === "string" && (Array.isArray(values) || values instanceof Uint8Array);
}

function valueCount({ name, values }: InputColumn, shape: Shape): number {
  return values instanceof Uint8Array ? values.length / vectorSize(name, shape) : values.length;
}

function shapeOf({ name, type, elementType, dimension }: InputColumn, schema: KnownSchema | undefined): Shape {
  const field = schema?.byName.get(name);
  return {
    type,
    elementType: elementType ?? field?.elementType,
    dimension: dimension ?? Number(field?.params["dim"] ?? 0),
  };
}

function put(row: Row, { name, struct, dynamic }: InputColumn, value: unknown): void {
  if (value === undefined) return;
  if (dynamic === true || name === "$meta") {
    // Declared fields stay what they are.
    for (const [key, item] of Object.entries(value ?? {})) if (!Object.hasOwn(row, key)) define(row, key, item);
  } else if (struct === undefined) define(row, name, value);
  else if (value === null) define(row, struct, null);
  else {
    const elements = (row[struct] ?? (value as unknown[]).map(() => ({}))) as Row[];
    define(row, struct, elements);
    const key = name.slice(struct.length + 1, -1);
    for (const [i, element] of elements.entries()) define(element, key, (value as readonly unknown[])[i]);
  }
}

/** `__proto__` is a key like any other. */
function define(row: Row, key: string, value: unknown): void {
  Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The values of a column as rows have them. */
function reader({ name, values, valid, dynamic }: InputColumn, shape: Shape): (row: number) => unknown {
  if (values instanceof Uint8Array) {
    const size = vectorSize(name, shape);
    return (row) => (valid?.[row] === 0 ? null : vectorOf(shape.type, values.subarray(row * size, (row + 1) * size)));
  }
  return (row) => {
    const value: unknown = values[row];
    if (value === null || value === undefined) return value;
    if (dynamic === true || shape.type === "JSON") return parseJson(String(value));
    if (value instanceof Uint8Array && shape.type === "ArrayOfVector") return vectorsOf(name, value, shape);
    if (value instanceof Uint8Array) return vectorOf(shape.type, value);
    if (shape.type === "Timestamptz" && typeof value === "bigint") return formatTimestamptz(value, undefined);
    return value;
  };
}

function vectorsOf(name: string, bytes: Uint8Array, { elementType = "", dimension }: Shape): readonly unknown[] {
  const size = vectorSize(name, { type: elementType, elementType: undefined, dimension });
  return Array.from({ length: bytes.length / size }, (_, i) =>
    vectorOf(elementType, bytes.subarray(i * size, (i + 1) * size)),
  );
}

/** Bytes of one vector. */
function vectorSize(name: string, { type, dimension }: Shape): number {
  const row = FIELD_TYPES[type as DataType];
  const size = row?.family === "dense" ? row.bytesPerVector(dimension) : 0;
  if (size === 0) throw invalidParameter(`the dimension of ${name} is not known`);
  return size;
}

/** One vector as rows and queries have it: what JSON writes as bytes stays bytes. */
function vectorOf(type: string, bytes: Uint8Array): unknown {
  const row = FIELD_TYPES[type as DataType];
  return row?.family === "sparse" || row?.name === "FloatVector" ? row.codec.decode(bytes) : bytes;
}

/** Query vectors that came as bytes, as the list that REST takes. @throws InvalidParameter */
export function dataOfVectors(
  { type, values, lists }: QueryVectors,
  field: KnownField | undefined,
): readonly unknown[] {
  if (lists === true) {
    const shape = { type: "ArrayOfVector", elementType: type, dimension: Number(field?.params["dim"] ?? 0) };
    return values.map((bytes) => vectorsOf(field?.name ?? "the field", bytes, shape));
  }
  if (type === "VarChar") return values.map((bytes) => Buffer.from(bytes).toString("utf8"));
  return values.map((bytes) => vectorOf(type, bytes));
}
