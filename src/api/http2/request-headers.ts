import type { Header } from "./hpack/header-decoder.js";

/** Headers by their names in small letters; values of a name that comes again are joined by commas. */
export type Headers = ReadonlyMap<string, string>;

/** What a request says of itself beside its headers. */
const PSEUDO_HEADERS: ReadonlySet<string> = new Set([":method", ":scheme", ":path", ":authority"]);
const REQUIRED = [":method", ":scheme", ":path"] as const;
/** These speak of one connection of HTTP/1.1. */
const OF_A_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const LENGTH = /^\d{1,15}$/;

/**
 * The headers of a request.
 *
 * @returns undefined for what is no request (RFC 9113, sections 8.2 and 8.3)
 */
export function requestHeaders(fields: readonly Header[]): Headers | undefined {
  const headers = new Map<string, string>();
  let regular = false;
  for (const [name, value] of fields) {
    const known = headers.get(name);
    if (name.startsWith(":")) {
      if (regular || known !== undefined || !PSEUDO_HEADERS.has(name) || !isValue(value)) return undefined;
    } else if (!isRegular(name, value)) return undefined;
    else regular = true;
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  if (REQUIRED.some((name) => !headers.get(name))) return undefined;
  const length = headers.get("content-length");
  return length === undefined || LENGTH.test(length) ? headers : undefined;
}

/** The headers of the requests of one connection: of a list of fields that comes again they are known. */
export class RequestHeaders {
  #fields: readonly Header[] | undefined;
  #headers: Headers | undefined;

  /** @returns undefined for what is no request */
  of(fields: readonly Header[]): Headers | undefined {
    if (fields !== this.#fields) {
      this.#headers = requestHeaders(fields);
      this.#fields = fields;
    }
    return this.#headers;
  }
}

/** What may come behind a body. */
export function areTrailers(fields: readonly Header[]): boolean {
  return fields.every(([name, value]) => isRegular(name, value));
}

/** How long a request says that its body is. */
export function announcedBytes(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length === undefined ? undefined : Number(length);
}

function isRegular(name: string, value: string): boolean {
  if (!NAME.test(name) || OF_A_CONNECTION.has(name)) return false;
  return isValue(value) && (name !== "te" || value === "trailers");
}

function isValue(value: string): boolean {
  return !/[\r\n]/.test(value) && !value.includes("\0") && !/^[ \t]|[ \t]$/.test(value);
}
