import { failure } from "../../errors.js";
import { shortestFloat } from "../../values/float32.js";
import { compactInteger, INTEGER_BOUNDS, type IntegerType } from "../../values/int64.js";
import { isJsonNumber, type JsonNumber, parameterText, toDouble } from "../../values/json-number.js";
import type { DataType } from "./data-type.js";
import type { ScalarValue } from "./schema.js";

/**
 * Turns the `defaultValue` of a field definition into its stored form: bigint for integers, number for Float (rounded
 * to float32) and Double.
 *
 * @throws ParameterMismatch for a value of the wrong JSON type, InvalidParameter for a type without defaults,
 * OutOfRange for an integer that does not fit
 */
export function convertDefaultValue(type: DataType, value: unknown): ScalarValue {
  switch (type) {
    case "Bool":
      if (typeof value !== "boolean") throw wrongType("bool", value);
      return value;
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64":
      return convertInteger(type, value);
    case "Float":
    case "Double":
      return convertFloat(type, value);
    case "VarChar":
      if (typeof value !== "string") throw wrongType("string", value);
      return value;
    default:
      throw failure("InvalidParameter", {
        text: `convert defaultValue fail, err:Unexpected default value type: ${type}`,
      });
  }
}

function wrongType(expected: string, value: unknown): Error {
  const text = "convert defaultValue fail, err:Wrong defaultValue type";
  return failure("ParameterMismatch", { text, expected, actual: parameterText(value) });
}

function convertInteger(type: IntegerType, value: unknown): bigint {
  if (!isJsonNumber(value)) throw wrongType("number", value);
  const exact = integral(value);
  if (exact === undefined) throw wrongType("number", value);
  const [min, max] = INTEGER_BOUNDS[type];
  if (exact < min || exact > max) {
    throw failure("OutOfRange", { value: String(exact), min: String(min), max: String(max) });
  }
  return exact;
}

/** Unlike a row value, a default may be written `1.0`: the server reads it as a double in any case. */
function integral(value: JsonNumber): bigint | undefined {
  if (typeof value === "bigint") return value;
  const double = toDouble(value);
  return Number.isSafeInteger(double) ? BigInt(double) : undefined;
}

function convertFloat(type: "Float" | "Double", value: unknown): number {
  if (!isJsonNumber(value)) throw wrongType("number", value);
  const double = toDouble(value);
  const stored = type === "Float" ? Math.fround(double) : double;
  if (!Number.isFinite(stored)) throw wrongType("number", value);
  return stored;
}

/** The default as `describe` shows it; `{ LongData: 5 }` and so on, undefined when the field has none. */
export function describeDefaultValue(
  type: DataType,
  value: ScalarValue | undefined,
): Readonly<Record<string, boolean | number | bigint | string>> | undefined {
  if (value === undefined) return undefined;
  switch (type) {
    case "Bool":
      return { BoolData: value };
    case "Int8":
    case "Int16":
    case "Int32":
      return { IntData: Number(value) };
    case "Int64":
      return { LongData: compactInteger(BigInt(value)) };
    case "Float":
      return { FloatData: shortestFloat(Number(value)) };
    case "Double":
      return { DoubleData: value };
    default:
      return { StringData: value };
  }
}
