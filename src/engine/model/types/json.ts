import { failure } from "../../../errors.js";
import { jsonText, parseJsonText, parseStoredObject } from "../../../values/json-text.js";
import { MAX_JSON_BYTES } from "../limits.js";
import { mismatch, noDefault } from "./faults.js";
import type { ScalarFieldType, Target } from "./field-type.js";
import { noParams } from "./parameters.js";

/** JSON text of a value, within the size limit. */
function encode(value: unknown, target: Target): string {
  let text: string;
  try {
    text = jsonText(value);
  } catch (cause) {
    throw mismatch(`json: ${(cause as Error).message}`, "JSON", value);
  }
  checkSize(text, target);
  return text;
}

function checkSize(text: string, { field, late }: Target): void {
  if (text.length * 3 <= MAX_JSON_BYTES) return;
  const length = Buffer.byteLength(text);
  if (length > MAX_JSON_BYTES) {
    late(
      failure("InvalidParameter", {
        text: `the length (${length}) of json field (${field.name}) exceeds max length (${MAX_JSON_BYTES})`,
      }),
    );
  }
}

/** A JSON value, and the dynamic field. */
export const json: ScalarFieldType = {
  family: "scalar",
  name: "JSON",
  number: 23,
  column: "TEXT",
  indexTypes: ["INVERTED", "NGRAM", "STL_SORT", "BITMAP", "HYBRID"],
  groups: false,
  queries: [],
  element: false,
  checkParams: noParams,
  encode,
  encodeCell(value, target) {
    if (typeof value !== "string") throw mismatch("not a JSON text", "JSON", value);
    let read: unknown;
    try {
      read = parseStoredObject(value);
    } catch (cause) {
      throw mismatch(`json: ${(cause as Error).message}`, "JSON", value);
    }
    return encode(read, target);
  },
  decode: (stored) => parseJsonText(String(stored)),
  json: (stored) => String(stored),
  readDefault() {
    throw noDefault("JSON");
  },
  describeDefault: (stored) => ({ StringData: stored }),
};
