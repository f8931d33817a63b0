import { fileURLToPath } from "node:url";
import { failure, isElanusError } from "./errors.js";
import { kindOf } from "./values/js-value.js";
import { faultOfPath } from "./values/path-text.js";
import { shownText } from "./values/shown-text.js";

/**
 * The path of a database, given as text or, as `node:fs` takes it, as a URL.
 * @throws InvalidParameter
 */
export function readDatabasePath(given: unknown): string {
  const path = readPath(DATABASE, given, 'a text, ":memory:" among them,');
  if (typeof given === "string" && NO_FILE.test(given)) {
    const text = `${DATABASE}: ${shownText(given, 60)} is no file: a server is http://host:port, a file: URL is given as a URL`;
    throw failure("InvalidParameter", { text });
  }
  return path;
}

const DATABASE = "the path of the database";
/** A scheme in front, or a host and a port: as a file it would be made, empty, where somebody has meant a server. */
const NO_FILE = /^[a-z][a-z\d+.-]+:\/\/|^(?:[\w.-]{2,}|\[[\da-f:]+\]):\d{1,5}$/i;

/**
 * The path of a file, given in the same way.
 *
 * @param name what it is called, and `expected` what it may be beside a URL, for messages
 * @throws InvalidParameter
 */
export function readPath(name: string, given: unknown, expected = "a text"): string {
  const refusal = (text: string, cause?: unknown): Error =>
    failure("InvalidParameter", { text: `${name}: ${text}` }, cause);
  if (typeof given === "string") return checked(name, given);
  if (isUrl(given)) {
    try {
      return checked(name, fileURLToPath(given.href));
    } catch (error) {
      if (isElanusError(error)) throw error;
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

function checked(name: string, path: string): string {
  const fault = faultOfPath(path);
  if (fault !== undefined) throw failure("InvalidParameter", { text: `${name} ${fault}` });
  return path;
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
