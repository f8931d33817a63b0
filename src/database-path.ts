import { fileURLToPath } from "node:url";
import { failure } from "./errors.js";
import { kindOf } from "./values/js-value.js";
import { shownText } from "./values/shown-text.js";

/**
 * The path of a database, given as text or, as `node:fs` takes it, as a URL.
 * @throws InvalidParameter
 */
export function readDatabasePath(given: unknown): string {
  return readPath("the path of the database", given, 'a text, ":memory:" among them,');
}

/**
 * The path of a file, given in the same way.
 *
 * @param name what it is called, and `expected` what it may be beside a URL, for messages
 * @throws InvalidParameter
 */
export function readPath(name: string, given: unknown, expected = "a text"): string {
  const refusal = (text: string, cause?: unknown): Error =>
    failure("InvalidParameter", { text: `${name}: ${text}` }, cause);
  if (typeof given === "string") return given;
  if (isUrl(given)) {
    try {
      return fileURLToPath(given.href);
    } catch (error) {
      throw refusal(`${given.href}: ${(error as Error).message}`, error);
    }
  }
  const what =
    typeof given === "object" && given !== null
      ? kindOf(given)
      : given === undefined
        ? "nothing"
        : shownText(given, 60);
  throw refusal(`it must be ${expected} or a file: URL, not ${what}`);
}

/** What is no path but the address of a server, as text. */
export function serverAddress(given: unknown): string | undefined {
  const text = isUrl(given) ? given.href : given;
  return typeof text === "string" && /^https?:\/\//i.test(text) ? text : undefined;
}

/** A URL of any realm. */
function isUrl(value: unknown): value is { readonly href: string } {
  const { href, protocol } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return typeof href === "string" && typeof protocol === "string";
}
