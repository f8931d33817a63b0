import { areFractions } from "./json-fractions.js";
import { type DoubleForm, JsonParser } from "./json-parser.js";
import { lookOver, NEEDS_CARE } from "./json-scan.js";

/** A text of up to so many bytes is looked over in memory that is there already. */
const SCRATCH_BYTES = 64 * 1024;
/** A character takes three bytes at most. */
const SCRATCH_CHARACTERS = Math.floor(SCRATCH_BYTES / 3);
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Parses a JSON text without lost digits. `JSON.parse` rounds integers above 2^53 and forgets that `1.0` was no integer; both
 * matter here (an Int64 key, a double in a dynamic field). A scan looks whether there is any of it; there nearly never is.
 *
 * Integers are `number` when safe, else `bigint`; numbers written as floats whose value is an integer (`1.0`, `1e3`) are
 * `JsonDouble` unless asked otherwise; other floats `number`. Keys named `__proto__` stay plain keys.
 *
 * @throws SyntaxError for anything that is no JSON, is nested more than 1000 deep, or holds an integer beyond all use
 */
export function parseJson(text: string, doubles: DoubleForm = "JsonDouble"): unknown {
  return text.length <= SCRATCH_CHARACTERS
    ? parse(text, scratch, scratch.write(text, "utf8"), doubles)
    : parse(text, Buffer.from(text), undefined, doubles);
}

/** The same for a text that is there as UTF-8. */
export function parseJsonBytes(bytes: Buffer): unknown {
  return parse(bytes.toString("utf8"), bytes, undefined, "JsonDouble");
}

function parse(text: string, bytes: Uint8Array, end: number | undefined, doubles: DoubleForm): unknown {
  const length = end ?? bytes.length;
  let passed = lookOver(bytes, length, doubles, true);
  if (passed > 0) {
    const value = parsed(text);
    if (value !== undefined && areFractions(value, passed)) return value;
    passed = lookOver(bytes, length, doubles, false);
  }
  return passed === NEEDS_CARE ? new JsonParser(text, doubles).parse() : JSON.parse(text);
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
