import { groupedColumns, type StoredColumn } from "../../../engine/contract/column.js";
import type { ElementType } from "../../../engine/model/data-type.js";
import { denseType, typeNumber } from "../../../engine/model/types/table.js";
import { parseJsonText } from "../../../values/json-text.js";
import { formatTimestamptz } from "../../../values/timestamptz.js";
import type { Sent } from "../messages/table.js";
import { MappedList } from "../wire/long-lists.js";
import { subFieldName } from "./struct-names.js";
import { type Times, timeParts } from "./times.js";
import {
  DENSE_SLOTS,
  type DenseTypeName,
  elementSlot,
  isDenseType,
  isScalarType,
  type ScalarTypeName,
} from "./types.js";

type Scalars = Sent<"ScalarField">;

/** The columns of a result as clients read them, those of a struct as one. */
export function writeColumns(columns: readonly StoredColumn[], times: Times): Sent<"FieldData">[] {
  return groupedColumns(columns).map((group) =>
    "parts" in group ? structField(group.name, group.parts, times) : writeColumn(group, times),
  );
}

/** Which rows have a value is told by the struct and by each of its fields: some clients look here, some there. */
function structField(struct: string, columns: readonly StoredColumn[], times: Times): Sent<"FieldData"> {
  const parts = columns.map((column) => writeColumn({ ...column, name: subFieldName(struct, column.name) }, times));
  const [first] = columns;
  return {
    type: typeNumber("ArrayOfStruct"),
    field_name: struct,
    struct_arrays: { fields: parts },
    ...(first !== undefined && flags(first, first.values as readonly unknown[])),
  };
}

/**
 * A column of a result as clients read it. Its kind is always told, also where there is no row. Null scalars keep their place
 * and hold the zero of their type; null vectors have none.
 */
export function writeColumn(column: StoredColumn, times: Times): Sent<"FieldData"> {
  const head = {
    type: typeNumber(column.type),
    field_name: column.name,
    field_id: column.fieldId,
    is_dynamic: column.dynamic === true,
  };
  if (isDenseType(column.type)) return { ...head, ...denseField(column, column.type) };
  if (column.type === "SparseFloatVector") return { ...head, ...sparseField(column) };
  if (column.type === "ArrayOfVector") return { ...head, ...listField(column) };
  if (!isScalarType(column.type)) throw new Error(`no slot for values of ${column.type}`);
  const values = column.values as readonly unknown[];
  const { timeZone, parts } = times;
  if (column.type === "Timestamptz" && parts !== undefined) {
    const scalars = timesInParts(values, parts, timeZone);
    return { ...head, type: typeNumber("Array"), scalars, ...flags(column, values) };
  }
  return { ...head, scalars: scalarField(column, column.type, values, timeZone), ...flags(column, values) };
}

/** Which rows have a value; nothing where all must have one, or where there is no row. */
function flags(column: StoredColumn, values: readonly unknown[]): Sent<"FieldData"> {
  if (column.nullable !== true || values.length === 0) return {};
  return { valid_data: values.map((value) => value !== null) };
}

function scalarField(
  column: StoredColumn,
  type: ScalarTypeName,
  values: readonly unknown[],
  timeZone: string | undefined,
): Scalars {
  switch (type) {
    case "Bool":
      return { bool_data: { data: values.map((value) => Number(value) === 1) } };
    case "Int64":
      return { long_data: { data: orZero(values, 0) as (number | bigint)[] } };
    case "Float":
      return { float_data: { data: Float32Array.from(orZero(values, 0) as number[]) } };
    case "Double":
      return { double_data: { data: Float64Array.from(orZero(values, 0) as number[]) } };
    case "VarChar":
    case "Text":
      return { string_data: { data: orZero(values, "") as string[] } };
    case "JSON":
      return { json_data: { data: new MappedList(values, jsonBytes) } };
    case "Geometry":
      return { geometry_wkt_data: { data: orZero(values, "") as string[] } };
    case "Timestamptz":
      return { string_data: { data: new MappedList(values, (value) => timestamp(value, timeZone)) } };
    case "Array": {
      const elementType = column.elementType as ElementType;
      return {
        array_data: {
          data: new MappedList(values, (value) => arrayRow(value, elementType)),
          element_type: typeNumber(elementType),
        },
      };
    }
    default:
      return { int_data: { data: orZero(values, 0) as number[] } };
  }
}

function orZero(values: readonly unknown[], zero: unknown): readonly unknown[] {
  return values.includes(null) ? values.map((value) => value ?? zero) : values;
}

function jsonBytes(text: unknown): Uint8Array {
  return Buffer.from(text === null ? "" : String(text));
}

function timestamp(value: unknown, timeZone: string | undefined): string {
  return value === null ? "" : formatTimestamptz(BigInt(value as number | bigint), timeZone);
}

/** Points in time as lists of their parts; a null one is a field without a slot. */
function timesInParts(values: readonly unknown[], parts: readonly string[], timeZone: string | undefined): Scalars {
  const data = values.map((value) =>
    value === null ? {} : { long_data: { data: timeParts(BigInt(value as number | bigint), parts, timeZone) } },
  );
  return { array_data: { data, element_type: typeNumber("Int64") } };
}

/** One row of an Array column; a null one is a field without a slot. */
function arrayRow(text: unknown, type: ElementType): Scalars {
  if (text === null) return {};
  const elements = parseJsonText(String(text)) as readonly unknown[];
  const slot = elementSlot(type);
  switch (slot) {
    case "float_data":
      return { float_data: { data: Float32Array.from(elements, Number) } };
    case "double_data":
      return { double_data: { data: Float64Array.from(elements, Number) } };
    case "int_data":
      return { int_data: { data: elements.map(Number) } };
    default:
      return { [slot]: { data: elements } };
  }
}

function denseField(column: StoredColumn, type: keyof typeof DENSE_SLOTS): Sent<"FieldData"> {
  const { valid, dimension = 0 } = column;
  const whole = column.values as Uint8Array;
  const size = denseType(type).bytesPerVector(dimension);
  const bytes = valid?.includes(0) === true ? present(whole, size, valid) : whole;
  const slot = DENSE_SLOTS[type];
  const rows = whole.length / size;
  return {
    vectors: {
      dim: dimension,
      ...(slot === "float_vector" ? { float_vector: { data: floats(bytes) } } : { [slot]: bytes }),
    },
    ...(column.nullable === true &&
      rows > 0 && {
        valid_data: valid === undefined ? new Array<boolean>(rows).fill(true) : Array.from(valid, Boolean),
      }),
  };
}

/** A view where the bytes lie at a multiple of four, else a copy. */
function floats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The vectors that are there, without gaps. */
function present(bytes: Uint8Array, size: number, valid: Uint8Array): Uint8Array {
  const count = valid.reduce((sum, is) => sum + is, 0);
  const packed = new Uint8Array(count * size);
  let to = 0;
  for (const [row, is] of valid.entries()) {
    if (is === 0) continue;
    packed.set(bytes.subarray(row * size, (row + 1) * size), to);
    to += size;
  }
  return packed;
}

/** Null rows keep their place: one client reads by the plain number of the row. */
function listField(column: StoredColumn): Sent<"FieldData"> {
  const rows = column.values as readonly (Uint8Array | null)[];
  const dim = column.dimension ?? 0;
  const type = column.elementType as DenseTypeName;
  const slot = DENSE_SLOTS[type];
  const data = rows.map((row) => {
    const bytes = row ?? NO_BYTES;
    return { dim, ...(slot === "float_vector" ? { float_vector: { data: floats(bytes) } } : { [slot]: bytes }) };
  });
  return {
    vectors: { dim, vector_array: { dim, data, element_type: typeNumber(type) ?? 0 } },
    ...flags(column, rows),
  };
}

const NO_BYTES = new Uint8Array(0);

function sparseField(column: StoredColumn): Sent<"FieldData"> {
  const rows = column.values as readonly (Uint8Array | null)[];
  const contents = rows.filter((row) => row !== null);
  const dim = contents.reduce((widest, row) => Math.max(widest, width(row)), 0);
  return {
    vectors: { dim, sparse_float_vector: { contents, dim } },
    ...flags(column, rows),
  };
}

/** One more than the largest index: pairs stand in ascending order. */
function width(row: Uint8Array): number {
  if (row.length < 8) return 0;
  return new DataView(row.buffer, row.byteOffset, row.byteLength).getUint32(row.length - 8, true) + 1;
}
