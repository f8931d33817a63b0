import { invalidParameter } from "../errors.js";
import { readAddress } from "../remote/address.js";

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

const FORM = { httpPort: 19530, forms: "http://host:19530, https://host or unix:/path" };

/**
 * Reads `http://host:19530`, `https://...`, `host:19530` or `unix:/path`. Credentials may stand in the URL.
 *
 * @throws InvalidParameter
 */
export function readServerAddress(text: string, token: string | undefined): ServerAddress {
  if (text.startsWith("unix:")) {
    const socket = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (socket === "") throw invalidParameter(`${JSON.stringify(text)} is no address of a server: ${FORM.forms}`);
    return { name: text, origin: "http://localhost", socket, token };
  }
  const address = readAddress(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`, FORM);
  return { name: address.origin, origin: address.origin, socket: undefined, token: token ?? address.token };
}
