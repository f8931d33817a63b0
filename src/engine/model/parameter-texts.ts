import { invalidParameter } from "../../errors.js";
import { parameterText } from "../../values/parameter-text.js";
import { MAX_PARAMETER_BYTES, MAX_PARAMETERS } from "./limits.js";

/**
 * A plain object of parameters or properties with every value as text.
 *
 * @throws InvalidParameter for more of them than are kept, and for what JSON cannot say
 */
export function parameterTexts(params: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const given = Object.entries(params ?? {}).filter(([, value]) => value !== null && value !== undefined);
  checkCount(given.length);
  const texts = Object.fromEntries(given.map(([key, value]) => [key, parameterText(value)]));
  checkParameters(texts);
  return texts;
}

/**
 * Checks all parameters or properties of one thing, those that it had and those that come.
 *
 * @throws InvalidParameter for more of them than are kept
 */
export function checkParameters(texts: Readonly<Record<string, string>>): void {
  const given = Object.entries(texts);
  checkCount(given.length);
  let bytes = 0;
  for (const [key, text] of given) bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
  if (bytes > MAX_PARAMETER_BYTES) {
    throw invalidParameter(`the size of parameters should be limited to ${MAX_PARAMETER_BYTES}, but got ${bytes}`);
  }
}

function checkCount(count: number): void {
  if (count > MAX_PARAMETERS) {
    throw invalidParameter(`the number of parameters should be limited to ${MAX_PARAMETERS}, but got ${count}`);
  }
}
