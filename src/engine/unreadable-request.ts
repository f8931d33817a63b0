import { failure, isElanusError } from "../errors.js";
import { saidValue } from "../values/js-value.js";
import { thrownText } from "../values/shown-text.js";

/** Deeper or larger requests are not looked through to their end. */
const MAX_DEPTH = 100;
const MAX_VALUES = 1_000_000;

/**
 * A call that failed because its request threw while it was read (a getter, a Proxy of the caller's, an object that is no text
 * where one was made of it) failed by the caller's fault. Asked only then: every other call pays nothing.
 *
 * @returns MalformedRequest that says what was thrown; every other error as it came
 */
export function blameRequest(request: unknown, error: unknown): unknown {
  if (!isElanusError(error, "Internal")) return error;
  const { cause } = error;
  let left = MAX_VALUES;
  const read = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
    saidValue(value);
    if (ArrayBuffer.isView(value)) return;
    if (cause instanceof TypeError) requireText(value, cause);
    const keys = Array.isArray(value)
      ? Array.from({ length: Math.min(value.length, left) }, (_, i) => i)
      : Object.keys(value);
    for (const key of keys) {
      if (left-- <= 0) return;
      read((value as Record<string | number, unknown>)[key], depth + 1);
    }
  };
  try {
    read(request, 0);
  } catch (thrown) {
    return failure("MalformedRequest", { detail: `the request cannot be read: ${thrownText(thrown)}` }, error);
  }
  return error;
}

/** @throws when a text cannot be made of an object, for the reason that a call has failed for */
function requireText(value: object, cause: TypeError): void {
  try {
    String(value);
  } catch (thrown) {
    if ((thrown as Error).message === cause.message) throw thrown;
  }
}
