import type { InputColumn } from "../../../engine/contract/column.js";
import type { DataType, ElementType } from "../../../engine/model/data-type.js";
import { typeName } from "../../../engine/model/types/table.js";
import { failure } from "../../../errors.js";
import { wktOf } from "../../../values/well-known-binary.js";
import { DataType as TypeNumber } from "../messages/enums.js";
import type { Received } from "../messages/table.js";
import { readLists, readSparse, readVectors } from "./read-vectors.js";
import { fullName } from "./struct-names.js";
import { isDenseType, isScalarType, SCALAR_SLOTS, type ScalarSlot, wrongSlot } from "./types.js";

type Field = Received<"FieldData">;

/** The columns of an insert that a field of its message is: one, or one for each field of a struct. */
export function readColumns(field: Field): InputColumn[] {
  const { struct_arrays: struct, field_name: name } = field;
  if (struct === undefined && field.type !== TypeNumber.ArrayOfStruct) return [readColumn(field)];
  return (struct?.fields ?? []).map((part) => {
    const whole = part.valid_data.length > 0 ? part : { ...part, valid_data: field.valid_data };
    return { ...readColumn(whole), name: fullName(name, part.field_name), struct: name };
  });
}

/**
 * A column of an insert as the engine takes it. What depends on the schema is the engine's to check: here are the shapes.
 *
 * @throws Unsupported for types that the engine does not have, InvalidParameter, ParameterMismatch
 */
function readColumn(field: Field): InputColumn {
  const { field_name: name } = field;
  const type = typeOf(field);
  if (isDenseType(type)) return { name, type, ...readVectors(field, type) };
  if (type === "ArrayOfVector") return { name, type, ...readLists(field) };
  if (type === "SparseFloatVector") return { name, type, values: readSparse(field) };
  if (!isScalarType(type)) throw unsupported(`data type ${type}`);
  const scalars = field.scalars ?? NO_SCALARS;
  const valid = scalars.valid_data.length > 0 ? scalars.valid_data : field.valid_data;
  const values = withNulls(name, scalarValues(name, type, scalars), valid);
  const dynamic = field.is_dynamic && { dynamic: true };
  if (type !== "Array") return { name: nameOf(field), type, values, ...dynamic };
  const elementType = elementTypeOf(scalars);
  return { name, type, values, ...(elementType !== undefined && { elementType }) };
}

/** Clients name the column of dynamic keys or leave its name out. */
function nameOf(field: Field): string {
  return field.is_dynamic && field.field_name === "" ? "$meta" : field.field_name;
}

/** Older writers say String where they mean VarChar. */
function typeOf(field: Field): DataType {
  if (field.type === TypeNumber.String) return "VarChar";
  const name = typeName(field.type);
  if (name === undefined) throw failure("DataTypeInvalid", { what: "data type", dataType: String(field.type) });
  return name as DataType;
}

const NO_SCALARS: Received<"ScalarField"> = {
  bool_data: undefined,
  int_data: undefined,
  long_data: undefined,
  float_data: undefined,
  double_data: undefined,
  string_data: undefined,
  bytes_data: undefined,
  array_data: undefined,
  json_data: undefined,
  geometry_data: undefined,
  timestamptz_data: undefined,
  geometry_wkt_data: undefined,
  valid_data: [],
};

/** The slot in which a scalar field has its values; undefined when it has none. */
function slotOf(scalars: Received<"ScalarField">): ScalarSlot | undefined {
  const slots = Object.keys(NO_SCALARS) as (ScalarSlot | "valid_data")[];
  return slots.find((slot): slot is ScalarSlot => slot !== "valid_data" && scalars[slot] !== undefined);
}

/** Slots in which a type may come besides its own. */
const OTHER_SLOTS: Readonly<Record<string, ScalarSlot>> = {
  Geometry: "geometry_data",
  Timestamptz: "timestamptz_data",
};

function scalarValues(name: string, type: keyof typeof SCALAR_SLOTS, scalars: Received<"ScalarField">): unknown[] {
  const slot = slotOf(scalars);
  // A column of nulls alone may come without any slot.
  if (slot === undefined) return [];
  if (slot !== SCALAR_SLOTS[type] && slot !== OTHER_SLOTS[type]) throw wrongSlot(name, type, slot);
  switch (slot) {
    case "json_data":
      return (scalars.json_data?.data ?? []).map(jsonText);
    case "array_data":
      return (scalars.array_data?.data ?? []).map((row) => elements(name, row));
    case "geometry_data":
      return (scalars.geometry_data?.data ?? []).map((bytes) => wktOf(bytes));
    case "timestamptz_data":
      return (scalars.timestamptz_data?.data ?? []).map(BigInt);
    default:
      return Array.from((scalars[slot]?.data ?? []) as ArrayLike<unknown>);
  }
}

/** Some clients send falsy values, null among them, as no bytes at all. */
function jsonText(bytes: Uint8Array): string | null {
  return bytes.length === 0 ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The elements of one row; an empty row may come without a slot. */
function elements(name: string, row: Received<"ScalarField">): unknown[] {
  if (row.valid_data.length > 0) throw unsupported(`null elements (of field ${name})`);
  const slot = slotOf(row);
  if (slot === undefined) return [];
  if (slot === "array_data") throw unsupported(`arrays of arrays (of field ${name})`);
  return Array.from((row[slot]?.data ?? []) as ArrayLike<unknown>);
}

function elementTypeOf(scalars: Received<"ScalarField">): ElementType | undefined {
  const number = scalars.array_data?.element_type ?? 0;
  return number === 0 ? undefined : (typeName(number) as ElementType | undefined);
}

/**
 * Values come without a place for nulls.
 *
 * @param valid one per row, or none: all rows have a value
 * @throws ParameterMismatch when there are not as many values as rows with one
 */
function withNulls(name: string, values: readonly unknown[], valid: readonly boolean[]): readonly unknown[] {
  if (valid.length === 0) return values;
  let expected = 0;
  for (const is of valid) if (is) expected++;
  if (values.length !== expected) {
    throw failure("ParameterMismatch", {
      text: `the length of field(${name}) is wrong`,
      expected: String(expected),
      actual: String(values.length),
    });
  }
  if (expected === valid.length) return values;
  let next = 0;
  return valid.map((is) => (is ? values[next++] : null));
}

function unsupported(what: string): Error {
  return failure("Unsupported", { what: `${what} is not supported by the embedded engine` });
}
