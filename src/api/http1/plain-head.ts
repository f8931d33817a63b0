import { type RequestHead, splitTarget } from "../http/message.js";

/** The head of a request; how long its body is, is not among its headers. */
export interface PlainHead extends RequestHead {
  /** The connection may stay for another request. */
  readonly keepAlive: boolean;
}

/** A head that lies in front of other bytes. */
export interface ReadHead {
  readonly head: PlainHead;
  /** Bytes of the head itself. */
  readonly headBytes: number;
  /** Bytes of the body. */
  readonly bodyBytes: number;
}

/** Longer heads are not plain. */
const MAX_HEAD_BYTES = 8 * 1024;
const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** One request line and headers, each of one line, in ASCII: nothing that servers read in different ways. */
const PLAIN = /^(?:POST|GET|PUT|DELETE|PATCH) [!-~]+ HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t -~]*)+$/;
const MOST_DIGITS = 15;
const LENGTH = new RegExp(`^[\\t ]*(\\d{1,${MOST_DIGITS}})[\\t ]*$`);
/** What says that the request goes on in another way than by its length, or waits for something. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  "transfer-encoding",
  "expect",
  "upgrade",
  "trailer",
  "te",
  "proxy-connection",
]);
const [ZERO, NINE] = [48, 57];

/** A head that was read, as the bytes around the digits of its length; without a length nothing is behind. */
interface KnownHead {
  readonly head: PlainHead;
  readonly before: Buffer;
  readonly behind: Buffer | undefined;
}

/** Reads the heads of one connection. Most are the one before them again, but for the length of the body. */
export class PlainHeads {
  readonly #maxBytes: number;
  #known: KnownHead | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(MAX_HEAD_BYTES, maxBytes);
  }

  /**
   * Reads the head of a request that is as most are.
   *
   * @returns undefined for any other, for what is no request, and for a head that has not come to its end
   */
  read(bytes: Buffer): ReadHead | undefined {
    return (this.#known && this.#again(bytes, this.#known)) ?? this.#anew(bytes);
  }

  #again(bytes: Buffer, { head, before, behind }: KnownHead): ReadHead | undefined {
    const at = before.length;
    if (!isAt(bytes, 0, before)) return undefined;
    if (behind === undefined) return { head, headBytes: at, bodyBytes: 0 };
    let bodyBytes = 0;
    let end = at;
    for (; end < at + MOST_DIGITS; end++) {
      const digit = bytes[end] ?? 0;
      if (digit < ZERO || digit > NINE) break;
      bodyBytes = bodyBytes * 10 + digit - ZERO;
    }
    const headBytes = end + behind.length;
    if (end === at || headBytes - END_OF_HEAD.length > this.#maxBytes || !isAt(bytes, end, behind)) return undefined;
    return { head, headBytes, bodyBytes };
  }

  #anew(bytes: Buffer): ReadHead | undefined {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 || end > this.#maxBytes) return undefined;
    const text = bytes.toString("latin1", 0, end);
    if (!PLAIN.test(text)) return undefined;
    let at = text.indexOf("\r\n");
    const [method, target] = text.slice(0, at).split(" ") as [string, string];
    const headers: Record<string, string> = {};
    let length: { readonly digits: string; readonly from: number } | undefined;
    while (at >= 0) {
      const begin = at + 2;
      at = text.indexOf("\r\n", begin);
      const colon = text.indexOf(":", begin);
      const name = text.slice(begin, colon).toLowerCase();
      if (NOT_PLAIN.has(name) || name === "__proto__" || headers[name] !== undefined) return undefined;
      const value = text.slice(colon + 1, at < 0 ? undefined : at);
      if (name !== "content-length") headers[name] = value.trim();
      else {
        const digits = length === undefined ? LENGTH.exec(value)?.[1] : undefined;
        if (digits === undefined) return undefined;
        length = { digits, from: colon + 1 + value.indexOf(digits) };
      }
    }
    const { host, connection } = headers;
    if (host === undefined) return undefined;
    const keepAlive = connection === undefined || connection.toLowerCase() === "keep-alive";
    if (!keepAlive && connection.toLowerCase() !== "close") return undefined;
    const head = { method, ...splitTarget(target), headers, keepAlive };
    const headBytes = end + END_OF_HEAD.length;
    const { digits = "", from = headBytes } = length ?? {};
    const behind = length && Buffer.from(bytes.subarray(from + digits.length, headBytes));
    this.#known = { head, before: Buffer.from(bytes.subarray(0, from)), behind };
    return { head, headBytes, bodyBytes: Number(digits) };
  }
}

/** Whether some bytes stand at a place in others. */
function isAt(bytes: Buffer, at: number, part: Buffer): boolean {
  const end = at + part.length;
  return end <= bytes.length && bytes.compare(part, 0, part.length, at, end) === 0;
}
