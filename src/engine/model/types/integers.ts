import { failure } from "../../../errors.js";
import { compactInteger, INTEGER_BOUNDS, type IntegerType, toInteger } from "../../../values/int64.js";
import { isJsonNumber, JsonDouble } from "../../../values/json-number.js";
import { shownText } from "../../../values/shown-text.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType } from "./field-type.js";
import { noParams } from "./parameters.js";

const BITS: Readonly<Record<IntegerType, number>> = { Int8: 8, Int16: 16, Int32: 32, Int64: 64 };
const NUMBERS: Readonly<Record<IntegerType, number>> = { Int8: 2, Int16: 3, Int32: 4, Int64: 5 };

const DECIMAL = /^[+-]?\d+$/;

function integerType(name: IntegerType): ScalarFieldType {
  const bits = BITS[name];
  const parser = `strconv.ParseInt${bits === 64 ? "" : `(${bits})`}`;
  const [min, max] = INTEGER_BOUNDS[name];
  const wide = bits === 64;

  function encode(value: unknown): number | bigint {
    const integer = toInteger(value, name);
    if (integer !== undefined) return integer;
    const text = shownText(value);
    const cause = !(value instanceof JsonDouble) && DECIMAL.test(text) ? "value out of range" : "invalid syntax";
    throw mismatch(`${parser}: parsing "${text}": ${cause}`, name, value);
  }

  return {
    family: "scalar",
    name,
    number: NUMBERS[name],
    column: "INTEGER",
    indexTypes: ["INVERTED", "BITMAP", "STL_SORT", "HYBRID"],
    groups: true,
    queries: ["sort", "group", "sum", "compare"],
    element: true,
    checkParams: noParams,
    encode,
    encodeCell: encode,
    decode: (stored) => (typeof stored === "bigint" ? compactInteger(stored) : stored),
    json: (stored, { int64AsText }) => (wide && int64AsText === true ? `"${stored}"` : String(stored)),
    readDefault(value) {
      // Unlike a row value, a default may be written `1.0`: the server reads it as a double in any case.
      const exact =
        typeof value === "bigint"
          ? value
          : isJsonNumber(value) && Number.isSafeInteger(Number(value))
            ? BigInt(Number(value))
            : undefined;
      if (exact === undefined) throw wrongDefault("number", value);
      if (exact < min || exact > max) {
        throw failure("OutOfRange", { value: String(exact), min: String(min), max: String(max) });
      }
      return compactInteger(exact);
    },
    describeDefault: (stored) => (wide ? { LongData: stored } : { IntData: stored }),
  };
}

export const int8: ScalarFieldType = integerType("Int8");
export const int16: ScalarFieldType = integerType("Int16");
export const int32: ScalarFieldType = integerType("Int32");
export const int64: ScalarFieldType = integerType("Int64");
