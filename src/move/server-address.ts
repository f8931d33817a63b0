import { invalidParameter } from "../errors.js";

/** Where a server is, and who calls. */
export interface ServerAddress {
  /** As it was written, without credentials: for messages and for the journal. */
  readonly name: string;
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  /** A Unix socket (a named pipe on Windows) in place of host and port. */
  readonly socket: string | undefined;
  /** `user:password`, or an API key. */
  readonly token: string | undefined;
}

const DEFAULT_PORT = 19530;

/**
 * Reads `http://host:19530`, `https://...`, `host:19530` or `unix:/path`. Credentials may stand in the URL.
 *
 * @throws InvalidParameter
 */
export function readServerAddress(text: string, token: string | undefined): ServerAddress {
  if (text.startsWith("unix:")) {
    const socket = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (socket === "") throw noAddress(text);
    return { name: text, origin: "http://localhost", socket, token };
  }
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "")
    throw noAddress(text);
  const own =
    url.username === ""
      ? undefined
      : decodeURIComponent([url.username, url.password].filter((part) => part !== "").join(":"));
  const port = url.port !== "" ? url.port : url.protocol === "https:" ? "443" : String(DEFAULT_PORT);
  const origin = `${url.protocol}//${url.hostname}:${port}`;
  return { name: origin, origin, socket: undefined, token: token ?? own };
}

function noAddress(text: string): Error {
  return invalidParameter(
    `${JSON.stringify(text)} is no address of a server: http://host:19530, https://host or unix:/path`,
  );
}
