import { isWellKnownText } from "../../../values/geometry.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType } from "./field-type.js";
import { noParams } from "./parameters.js";

function encode(value: unknown): string {
  if (typeof value !== "string" || !isWellKnownText(value)) {
    throw mismatch("invalid Geometry data, transform to wkb failed: syntax error", "Geometry", value);
  }
  return value;
}

/** Well-known text. */
export const geometry: ScalarFieldType = {
  family: "scalar",
  name: "Geometry",
  number: 24,
  column: "TEXT",
  indexTypes: ["RTREE"],
  groups: false,
  queries: [],
  element: false,
  checkParams: noParams,
  encode,
  encodeCell: encode,
  decode: (stored) => stored,
  json: (stored) => JSON.stringify(stored),
  readDefault(value) {
    if (typeof value !== "string" || !isWellKnownText(value)) throw wrongDefault("string", value);
    return value;
  },
  describeDefault: (stored) => ({ StringData: stored }),
};
