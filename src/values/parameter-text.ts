import { failure } from "../errors.js";
import { JsonDouble } from "./json-number.js";
import { jsonText } from "./json-text.js";
import { thrownText } from "./shown-text.js";

/**
 * A parameter value as Milvus keeps it: strings stay, other JSON values become their text
 * (`5` -> `5`, `true` -> `true`, objects -> JSON).
 * @throws InvalidParameter for what JSON cannot say
 */
export function parameterText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof JsonDouble) return String(Number(value));
  try {
    jsonText(value);
  } catch (error) {
    throw failure("InvalidParameter", { text: `a parameter: ${thrownText(error)}` }, error);
  }
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner)) ?? "";
}
