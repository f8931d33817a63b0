import { failure } from "../../../errors.js";
import { isJsonNumber, JsonDouble, parameterText } from "../../../values/json-number.js";
import { jsonText } from "../../../values/json-text.js";

const SHOWN_CHARACTERS = 200;

/** Text of a value as it came, for messages; never throws. */
export function rawText(value: unknown): string {
  try {
    return typeof value === "string" ? value : jsonText(value);
  } catch {
    // An object may have a `toString` of its own, or none.
    return typeof value === "object" ? Object.prototype.toString.call(value) : String(value);
  }
}

/** A value that its type does not take. `type` is the server's name of what was expected. */
export function mismatch(detail: string, type: string, value: unknown): Error {
  return failure("BadRow", {
    detail: `${detail}: invalid parameter[expected=${type}][actual=${rawText(value).slice(0, SHOWN_CHARACTERS)}]`,
  });
}

/** A default value of the wrong JSON type. */
export function wrongDefault(expected: "bool" | "number" | "string", value: unknown): Error {
  const text = "convert defaultValue fail, err:Wrong defaultValue type";
  return failure("ParameterMismatch", { text, expected, actual: parameterText(value) });
}

/** A default value of a type that has none. */
export function noDefault(type: string): Error {
  return failure("InvalidParameter", {
    text: `convert defaultValue fail, err:Unexpected default value type: ${type}`,
  });
}

/** A JSON number or a JavaScript one, as the double nearest to it; undefined for everything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return isJsonNumber(value) || value instanceof JsonDouble ? Number(value) : undefined;
}
