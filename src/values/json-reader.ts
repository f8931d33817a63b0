import { type DoubleForm, JsonParser } from "./json-parser.js";
import { bytesNeedCare, needsCare } from "./json-scan.js";

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
  return needsCare(text, doubles) ? new JsonParser(text, doubles).parse() : JSON.parse(text);
}

/** The same for a text that is there as UTF-8. */
export function parseJsonBytes(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  return bytesNeedCare(bytes, undefined, "JsonDouble") ? new JsonParser(text, "JsonDouble").parse() : JSON.parse(text);
}
