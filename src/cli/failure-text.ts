import { stringifyJson } from "../api/json.js";
import type { ElanusError } from "../errors.js";

/** The envelope of a failure, with the hint that no wire carries. */
export function failureText({ code, message, hint }: ElanusError): string {
  return `${stringifyJson({ code, message, hint })}\n`;
}
