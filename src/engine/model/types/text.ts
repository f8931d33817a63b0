import { failure } from "../../../errors.js";
import { MAX_TEXT_BYTES } from "../limits.js";
import { noDefault } from "./faults.js";
import type { ScalarFieldType, Target, TypedField } from "./field-type.js";
import { readInteger } from "./parameters.js";
import { checkLength, toText } from "./varchar.js";

/** A length may be given, and need not be. */
function checkParams({ name, params }: TypedField): void {
  const given = params["max_length"];
  if (given === undefined) return;
  const length = readInteger(given);
  if (length === undefined || length < 1 || length > MAX_TEXT_BYTES) {
    throw failure("InvalidParameter", {
      text: `the maximum length specified for a Text field(${name}) should be in (0, ${MAX_TEXT_BYTES}], but got ${given} instead`,
    });
  }
}

function encode(value: unknown, target: Target, row: number): string {
  const text = toText(value, "Text");
  checkLength(text, Number(target.field.params["max_length"] ?? MAX_TEXT_BYTES), "text", target, row);
  return text;
}

/** Text to be searched by its words: long, without a scalar index, in no filter but the matches of words. */
export const text: ScalarFieldType = {
  family: "scalar",
  name: "Text",
  number: 25,
  column: "TEXT",
  indexTypes: [],
  groups: false,
  queries: [],
  element: false,
  checkParams,
  encode,
  encodeCell: encode,
  decode: (stored) => stored,
  json: (stored) => JSON.stringify(stored),
  readDefault() {
    throw noDefault("Text");
  },
  describeDefault: (stored) => ({ StringData: stored }),
};
