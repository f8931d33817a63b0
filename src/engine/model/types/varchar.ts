import { failure } from "../../../errors.js";
import { isHugeInteger } from "../../../values/js-value.js";
import { isJsonNumber, type JsonNumber } from "../../../values/json-number.js";
import { jsonText } from "../../../values/json-text.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType, Target } from "./field-type.js";
import { checkMaxLength } from "./parameters.js";

function encode(value: unknown, target: Target, row: number): string {
  const text = toText(value, "VarChar");
  checkLength(text, Number(target.field.params["max_length"]), "varchar", target, row);
  return text;
}

/** What becomes text. @throws BadRow */
export function toText(value: unknown, type: "VarChar" | "Text"): string {
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "boolean") return String(value);
  if (isJsonNumber(value) && isPrintable(value)) return typeof value === "object" ? jsonText(value) : String(value);
  throw mismatch("not a string", type, value);
}

/** Neither NaN nor infinite nor beyond all use. */
function isPrintable(value: JsonNumber): boolean {
  return typeof value === "bigint" ? !isHugeInteger(value) : Number.isFinite(Number(value));
}

/** @param max bytes of UTF-8 */
export function checkLength(
  text: string,
  max: number,
  kind: "varchar" | "text",
  { field, late }: Target,
  row: number,
): void {
  // No character takes more than three bytes per UTF-16 unit.
  if (text.length * 3 <= max) return;
  const length = Buffer.byteLength(text);
  if (length > max) {
    late(
      failure("InvalidParameter", {
        text: `length of ${kind} field ${field.name} exceeds max length, row number: ${row}, length: ${length}, max length: ${max}`,
      }),
    );
  }
}

export const varchar: ScalarFieldType = {
  family: "scalar",
  name: "VarChar",
  number: 21,
  column: "TEXT",
  indexTypes: ["INVERTED", "BITMAP", "STL_SORT", "Trie", "TRIE", "NGRAM", "HYBRID"],
  groups: true,
  queries: ["sort", "group", "compare"],
  element: true,
  checkParams: checkMaxLength,
  encode,
  encodeCell: encode,
  decode: (stored) => stored,
  json: (stored) => JSON.stringify(stored),
  readDefault(value) {
    if (typeof value !== "string") throw wrongDefault("string", value);
    return value;
  },
  describeDefault: (stored) => ({ StringData: stored }),
};
