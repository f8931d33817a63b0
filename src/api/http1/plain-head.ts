import { type RequestHead, splitTarget } from "../http/message.js";

/** The head of a request, and where its body lies. */
export interface PlainHead extends RequestHead {
  /** Bytes of the head itself. */
  readonly headBytes: number;
  /** Bytes of the body. */
  readonly bodyBytes: number;
  /** The connection may stay for another request. */
  readonly keepAlive: boolean;
}

/** Longer heads are not plain. */
const MAX_HEAD_BYTES = 8 * 1024;
const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** One request line and headers, each of one line, in ASCII: nothing that servers read in different ways. */
const PLAIN = /^(?:POST|GET|PUT|DELETE|PATCH) [!-~]+ HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t -~]*)+$/;
const LENGTH = /^\d{1,15}$/;
/** What says that the request goes on in another way than by its length, or waits for something. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  "transfer-encoding",
  "expect",
  "upgrade",
  "trailer",
  "te",
  "proxy-connection",
]);

/**
 * Reads the head of a request that is as most are.
 *
 * @returns undefined for any other, for what is no request, and for a head that has not come to its end
 */
export function readPlainHead(bytes: Buffer, maxBytes: number): PlainHead | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0 || end > Math.min(MAX_HEAD_BYTES, maxBytes)) return undefined;
  const text = bytes.toString("latin1", 0, end);
  if (!PLAIN.test(text)) return undefined;
  let at = text.indexOf("\r\n");
  const [method, target] = text.slice(0, at).split(" ") as [string, string];
  const headers: Record<string, string> = {};
  while (at >= 0) {
    const begin = at + 2;
    at = text.indexOf("\r\n", begin);
    const colon = text.indexOf(":", begin);
    const name = text.slice(begin, colon).toLowerCase();
    if (NOT_PLAIN.has(name) || name === "__proto__" || headers[name] !== undefined) return undefined;
    headers[name] = text.slice(colon + 1, at < 0 ? undefined : at).trim();
  }
  const { host, connection, "content-length": length = "0" } = headers;
  if (host === undefined || !LENGTH.test(length)) return undefined;
  const keepAlive = connection === undefined || connection.toLowerCase() === "keep-alive";
  if (!keepAlive && connection.toLowerCase() !== "close") return undefined;
  const headBytes = end + END_OF_HEAD.length;
  return { method, ...splitTarget(target), headers, headBytes, bodyBytes: Number(length), keepAlive };
}
