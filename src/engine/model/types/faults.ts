import { failure } from "../../../errors.js";
import { saidValue } from "../../../values/js-value.js";
import { isJsonNumber } from "../../../values/json-number.js";
import { shownText } from "../../../values/shown-text.js";

/** A value that its type does not take. `type` is the server's name of what was expected. */
export function mismatch(detail: string, type: string, value: unknown): Error {
  return failure("BadRow", {
    detail: `${detail}: invalid parameter[expected=${type}][actual=${shownText(value)}]`,
  });
}

/** A default value of the wrong JSON type. */
export function wrongDefault(expected: "bool" | "number" | "string", value: unknown): Error {
  const text = "convert defaultValue fail, err:Wrong defaultValue type";
  return failure("ParameterMismatch", { text, expected, actual: shownText(value) });
}

/** A default value of a type that has none. */
export function noDefault(type: string): Error {
  return failure("InvalidParameter", {
    text: `convert defaultValue fail, err:Unexpected default value type: ${type}`,
  });
}

/** Tells of a late fault at once: where there is one row, or none whose earlier faults could count more. */
export function atOnce(error: Error): never {
  throw error;
}

/** A JSON number or a JavaScript one, or what says that it is one, as the double nearest to it; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  const said = saidValue(value);
  return isJsonNumber(said) ? Number(said) : undefined;
}

/** Whether a list, of whatever length, holds numbers alone. */
export function areNumbers(list: ArrayLike<unknown>): boolean {
  for (let i = 0; i < list.length; i++) if (numberOf(list[i]) === undefined) return false;
  return true;
}
