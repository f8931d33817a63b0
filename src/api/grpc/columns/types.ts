import type { ElementType } from "../../../engine/model/data-type.js";
import { invalidParameter } from "../../../errors.js";
import type { Received } from "../messages/table.js";

/** Where the values of a scalar type travel: the slot of `ScalarField` and the message in it. */
export type ScalarSlot = Exclude<keyof Received<"ScalarField">, "valid_data">;

/** The slot of each scalar type. */
export const SCALAR_SLOTS = {
  Bool: "bool_data",
  Int8: "int_data",
  Int16: "int_data",
  Int32: "int_data",
  Int64: "long_data",
  Float: "float_data",
  Double: "double_data",
  VarChar: "string_data",
  Text: "string_data",
  Array: "array_data",
  JSON: "json_data",
  Geometry: "geometry_wkt_data",
  Timestamptz: "string_data",
} as const satisfies Readonly<Record<string, ScalarSlot>>;

export type ScalarTypeName = keyof typeof SCALAR_SLOTS;

export function isScalarType(name: string): name is ScalarTypeName {
  return Object.hasOwn(SCALAR_SLOTS, name);
}

/** The slot of the elements of an Array row. */
export function elementSlot(type: ElementType): Exclude<(typeof SCALAR_SLOTS)[ElementType], "array_data"> {
  return SCALAR_SLOTS[type];
}

/** Where vectors of a fixed width travel. */
export const DENSE_SLOTS = {
  BinaryVector: "binary_vector",
  FloatVector: "float_vector",
  Float16Vector: "float16_vector",
  BFloat16Vector: "bfloat16_vector",
  Int8Vector: "int8_vector",
} as const;

export type DenseTypeName = keyof typeof DENSE_SLOTS;

export function isDenseType(name: string): name is DenseTypeName {
  return Object.hasOwn(DENSE_SLOTS, name);
}

/** A column whose data lie where those of another type belong. */
export function wrongSlot(name: string, type: string, slot: string): Error {
  return invalidParameter(`the data of field(${name}) is in ${slot}, which is not where ${type} belongs`);
}
