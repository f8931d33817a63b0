import { shownText } from "../../../values/shown-text.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType } from "./field-type.js";
import { noParams } from "./parameters.js";

function encode(value: unknown): number {
  if (value === true || value === "true" || value === "1") return 1;
  if (value === false || value === "false" || value === "0") return 0;
  throw mismatch(`strconv.ParseBool: parsing "${shownText(value)}": invalid syntax`, "Bool", value);
}

export const bool: ScalarFieldType = {
  family: "scalar",
  name: "Bool",
  number: 1,
  column: "INTEGER",
  indexTypes: ["INVERTED", "BITMAP", "HYBRID"],
  groups: true,
  queries: ["sort"],
  element: true,
  checkParams: noParams,
  encode,
  encodeCell: encode,
  decode: (stored) => Number(stored) === 1,
  json: (stored) => (Number(stored) === 1 ? "true" : "false"),
  readDefault(value) {
    if (typeof value !== "boolean") throw wrongDefault("bool", value);
    return value ? 1 : 0;
  },
  describeDefault: (stored) => ({ BoolData: Number(stored) === 1 }),
};
