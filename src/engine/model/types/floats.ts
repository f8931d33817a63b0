import { shortestFloat, toFloat32 } from "../../../values/float32.js";
import { shownText } from "../../../values/shown-text.js";
import { mismatch, numberOf, wrongDefault } from "./faults.js";
import type { ScalarFieldType, StoredScalar } from "./field-type.js";
import { noParams } from "./parameters.js";

const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function floatType(name: "Float" | "Double"): ScalarFieldType {
  const single = name === "Float";
  const rounded = single ? Math.fround : (value: number) => value;
  const shown = (stored: StoredScalar): number => (single ? shortestFloat(Number(stored)) : Number(stored));

  function encode(value: unknown): number {
    const text = typeof value === "string" && NUMERIC.test(value);
    const given = single && typeof value === "bigint" ? toFloat32(value) : text ? Number(value) : numberOf(value);
    if (given === undefined) {
      throw mismatch(`strconv.ParseFloat: parsing "${shownText(value)}": invalid syntax`, name, value);
    }
    const number = rounded(given);
    if (!Number.isFinite(number)) {
      throw mismatch(`strconv.ParseFloat: parsing "${shownText(value)}": value out of range`, name, value);
    }
    return number;
  }

  return {
    family: "scalar",
    name,
    number: single ? 10 : 11,
    column: "REAL",
    indexTypes: ["INVERTED", "STL_SORT"],
    groups: false,
    queries: ["sort", "sum", "compare"],
    element: true,
    checkParams: noParams,
    encode,
    encodeCell: encode,
    decode: shown,
    json: (stored) => (Object.is(stored, -0) ? "-0.0" : String(shown(stored))),
    readDefault(value) {
      const number = numberOf(value);
      if (number === undefined || !Number.isFinite(rounded(number))) throw wrongDefault("number", value);
      return rounded(number);
    },
    describeDefault: (stored) => (single ? { FloatData: shown(stored) } : { DoubleData: stored }),
  };
}

export const float: ScalarFieldType = floatType("Float");
export const double: ScalarFieldType = floatType("Double");
