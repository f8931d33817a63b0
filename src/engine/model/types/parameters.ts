import { failure } from "../../../errors.js";
import { MAX_ARRAY_CAPACITY, MAX_DIMENSION, MAX_VARCHAR_LENGTH_BYTES, MIN_DIMENSION } from "../limits.js";
import type { TypedField } from "./field-type.js";

/** A boolean as the server reads it from a text; undefined where it is none. */
export function readBoolean(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}

/** Whether a flag among parameters or properties is set: clients write it in several ways (`true`, `True`, `1`). */
export function isOn(flag: string | undefined): boolean {
  return flag !== undefined && readBoolean(flag) === true;
}

/** A decimal integer in the safe range, else undefined. */
export function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

type Parameterised = Pick<TypedField, "name" | "params">;

/**
 * Checks `max_length` of a VarChar field, or of an Array of VarChar.
 *
 * @throws MaxLengthMissing when it is absent, InvalidParameter when it is out of range
 */
export function checkMaxLength(field: Parameterised, collection: string): void {
  const given = field.params["max_length"];
  if (given === undefined) throw failure("MaxLengthMissing", { field: field.name, collection });
  const length = readInteger(given);
  if (length === undefined) {
    throw failure("InvalidParameter", { text: `the value for max_length of field ${field.name} must be an integer` });
  }
  if (length < 1 || length > MAX_VARCHAR_LENGTH_BYTES) {
    throw failure("InvalidParameter", {
      text: `the maximum length specified for a VarChar field(${field.name}) should be in (0, ${MAX_VARCHAR_LENGTH_BYTES}], but got ${given} instead`,
    });
  }
}

/**
 * Checks `max_capacity` of an Array field.
 *
 * @throws MaxCapacityMissing, MaxCapacityOutOfRange, InvalidParameter
 */
export function checkMaxCapacity(field: Parameterised, collection: string): void {
  const given = field.params["max_capacity"];
  if (given === undefined) throw failure("MaxCapacityMissing", { field: field.name, collection });
  const capacity = readInteger(given);
  if (capacity === undefined) {
    throw failure("InvalidParameter", { text: `the value for max_capacity of field ${field.name} must be an integer` });
  }
  if (capacity < 1 || capacity > MAX_ARRAY_CAPACITY) {
    throw failure("MaxCapacityOutOfRange", { limit: MAX_ARRAY_CAPACITY });
  }
}

/**
 * Checks `dim` of a dense vector field. The server calls every one that is not binary a float vector.
 *
 * @throws DimensionMissing, DimensionNoInteger, DimensionInvalid, DimensionTooLarge
 */
export function checkDimension(field: Parameterised, vectors = "float vector", max: number = MAX_DIMENSION): number {
  const given = field.params["dim"];
  if (given === undefined) throw failure("DimensionMissing", { field: field.name });
  const dimension = readInteger(given);
  if (dimension === undefined) throw failure("DimensionNoInteger", { dimension: given });
  if (dimension < MIN_DIMENSION) {
    throw failure("DimensionInvalid", { dimension: given, min: MIN_DIMENSION, max: MAX_DIMENSION });
  }
  if (dimension > max) {
    throw failure("DimensionTooLarge", { field: field.name, dimension: given, vectors, min: MIN_DIMENSION, max });
  }
  return dimension;
}

/** The dimension of a dense vector field that has been checked. */
export function dimensionParam(field: Parameterised): number {
  return Number(field.params["dim"]);
}

/** Types without parameters of their own. */
export function noParams(): void {}
