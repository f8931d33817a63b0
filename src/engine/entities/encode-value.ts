import { failure } from "../../errors.js";
import { isWellKnownText } from "../../values/geometry.js";
import { type IntegerType, toInteger } from "../../values/int64.js";
import { JsonDouble } from "../../values/json-number.js";
import { jsonText } from "../../values/json-text.js";
import { parseTimestamptz } from "../../values/timestamptz.js";
import type { DataType, ElementType } from "../model/data-type.js";
import { MAX_JSON_BYTES } from "../model/limits.js";
import type { FieldSchema } from "../model/schema.js";

/** What better-sqlite3 binds. Safe integers travel as numbers: a STRICT INTEGER column turns them back exactly. */
export type SqlValue = number | bigint | string | null;

/** A failure that counts only when no row of the batch fails earlier: the server checks all shapes first (1804), then lengths (1100). */
export type LateFailure = (error: Error) => void;

/** Text of a value as it came, for messages; never throws. */
export function rawText(value: unknown): string {
  try {
    return typeof value === "string" ? value : jsonText(value);
  } catch {
    // An object may have a `toString` of its own, or none.
    return typeof value === "object" ? Object.prototype.toString.call(value) : String(value);
  }
}

function mismatch(detail: string, type: string, value: unknown): Error {
  return failure("BadRow", {
    detail: `${detail}: invalid parameter[expected=${type}][actual=${rawText(value).slice(0, 200)}]`,
  });
}

const DECIMAL = /^[+-]?\d+$/;

function encodeInteger(value: unknown, type: IntegerType): number | bigint {
  const integer = toInteger(value, type);
  if (integer !== undefined) return integer;
  const text = rawText(value);
  const range = !(value instanceof JsonDouble) && DECIMAL.test(text);
  const bits = type.slice(3);
  throw mismatch(
    `strconv.ParseInt${bits === "64" ? "" : `(${bits})`}: parsing "${text}": ${range ? "value out of range" : "invalid syntax"}`,
    type,
    value,
  );
}

const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function encodeFloat(value: unknown, type: "Float" | "Double"): number {
  let number: number;
  if (typeof value === "number") number = value;
  else if (typeof value === "bigint") number = Number(value);
  else if (value instanceof JsonDouble) number = Number(value);
  else if (typeof value === "string" && NUMERIC.test(value)) number = Number(value);
  else throw mismatch(`strconv.ParseFloat: parsing "${rawText(value)}": invalid syntax`, type, value);
  if (type === "Float") number = Math.fround(number);
  if (!Number.isFinite(number)) {
    throw mismatch(`strconv.ParseFloat: parsing "${rawText(value)}": value out of range`, type, value);
  }
  return number;
}

function encodeBool(value: unknown): number {
  if (value === true || value === "true" || value === "1") return 1;
  if (value === false || value === "false" || value === "0") return 0;
  throw mismatch(`strconv.ParseBool: parsing "${rawText(value)}": invalid syntax`, "Bool", value);
}

function encodeText(value: unknown): string {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof JsonDouble) return jsonText(value);
  throw mismatch("not a string", "VarChar", value);
}

/** @param row index in the batch, for messages */
function checkLength(field: FieldSchema, text: string, row: number, late: LateFailure): void {
  const max = Number(field.params["max_length"]);
  if (text.length * 3 <= max) return;
  const length = Buffer.byteLength(text);
  if (length > max) {
    late(
      failure("InvalidParameter", {
        text: `length of varchar field ${field.name} exceeds max length, row number: ${row}, length: ${length}, max length: ${max}`,
      }),
    );
  }
}

function encodeArray(field: FieldSchema, value: unknown, row: number, late: LateFailure): string {
  if (!Array.isArray(value)) throw mismatch("not an array", `Array[${field.elementType}]`, value);
  const element = field.elementType as ElementType;
  const items = value.map((item) => {
    if (item === null || item === undefined) throw mismatch("element is null", element, value);
    const encoded = encodeScalar(field, element, item, row, late);
    return typeof encoded === "string"
      ? jsonText(encoded)
      : element === "Bool"
        ? String(encoded === 1)
        : jsonText(encoded);
  });
  const capacity = Number(field.params["max_capacity"]);
  if (items.length > capacity) {
    late(
      failure("InvalidParameter", { text: `the length (${items.length}) of array exceeds max capacity (${capacity})` }),
    );
  }
  return `[${items.join(",")}]`;
}

/** JSON text within the size limit. */
export function encodeJson(name: string, value: unknown, late: LateFailure): string {
  let text: string;
  try {
    text = jsonText(value);
  } catch (cause) {
    throw mismatch(`json: ${(cause as Error).message}`, "JSON", value);
  }
  if (text.length * 3 > MAX_JSON_BYTES && Buffer.byteLength(text) > MAX_JSON_BYTES) {
    late(
      failure("InvalidParameter", {
        text: `the length (${Buffer.byteLength(text)}) of json field (${name}) exceeds max length (${MAX_JSON_BYTES})`,
      }),
    );
  }
  return text;
}

function encodeScalar(field: FieldSchema, type: DataType, value: unknown, row: number, late: LateFailure): SqlValue {
  switch (type) {
    case "Bool":
      return encodeBool(value);
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64":
      return encodeInteger(value, type);
    case "Float":
    case "Double":
      return encodeFloat(value, type);
    case "VarChar": {
      const text = encodeText(value);
      checkLength(field, text, row, late);
      return text;
    }
    default:
      throw mismatch("unsupported element type", type, value);
  }
}

/**
 * The stored form of a non-null scalar.
 * @param timeZone of the collection, for timestamps without offset
 * @throws BadRow (1804) when the value does not fit the type; lengths are reported through `late`
 */
export function encodeField(
  field: FieldSchema,
  value: unknown,
  row: number,
  late: LateFailure,
  timeZone: string | undefined,
): SqlValue {
  switch (field.type) {
    case "JSON":
      return encodeJson(field.name, value, late);
    case "Array":
      return encodeArray(field, value, row, late);
    case "Timestamptz": {
      const instant = typeof value === "string" ? parseTimestamptz(value, timeZone) : undefined;
      if (instant === undefined) throw mismatch("invalid timestamptz", "Timestamptz", value);
      return instant;
    }
    case "Geometry": {
      if (typeof value !== "string" || !isWellKnownText(value)) throw mismatch("invalid wkt", "Geometry", value);
      return value;
    }
    default:
      return encodeScalar(field, field.type, value, row, late);
  }
}

/**
 * Copies a FloatVector into `target` at `offset`.
 * @throws BadRow (1804) for a wrong shape or length; NaN and infinities are reported through `late` (1100)
 */
export function encodeVector(
  field: FieldSchema,
  dimension: number,
  value: unknown,
  target: Float32Array,
  offset: number,
  late: LateFailure,
): void {
  if (value === undefined || value === null || value === "") {
    throw failure("BadRow", {
      detail: `missing vector field: ${field.name}: invalid parameter[expected=${field.type}][actual=]`,
    });
  }
  if (!(Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array)) {
    throw mismatch("json: cannot unmarshal value into Go value of type []float32", field.type, value);
  }
  if (value.length !== dimension) {
    throw failure("BadRow", {
      detail: `[]float32 size ${value.length} doesn't equal to vector dimension ${dimension} of ${field.type}`,
    });
  }
  if (value instanceof Float32Array) target.set(value, offset);
  else {
    for (let i = 0; i < dimension; i++) {
      const item: unknown = value[i];
      if (typeof item === "number") target[offset + i] = item;
      else if (item instanceof JsonDouble) target[offset + i] = Number(item);
      else if (typeof item === "bigint") target[offset + i] = Number(item);
      else throw mismatch("json: cannot unmarshal value into Go value of type float32", field.type, value);
    }
  }
  for (let i = 0; i < dimension; i++) {
    // x - x is 0 for finite numbers and NaN for the others
    const item = target[offset + i] as number;
    if (item - item !== 0) {
      late(failure("InvalidParameter", { text: `value '${value[i]}' is not a number or infinity` }));
      return;
    }
  }
}
