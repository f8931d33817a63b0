import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { connect as connectSocket } from "node:net";
import { decode, encodeFrame, type Received, type Sent } from "../../api/grpc/messages/table.js";
import { MalformedMessage, MessageTooLarge } from "../../api/grpc/wire/failure.js";
import { failure } from "../../errors.js";
import type { ServerAddress } from "../server-address.js";
import { type ProcedureName, procedures, type ReplyOf, type RequestOf } from "./procedures.js";

/** Statuses of gRPC that mean something to a caller. */
const Code = { Ok: 0, ResourceExhausted: 8, Unimplemented: 12, Unavailable: 14, Unauthenticated: 16 } as const;

const SERVICE = "/milvus.proto.milvus.MilvusService";
/** One byte that says whether the message is compressed, four of its length. */
const PREFIX_BYTES = 5;
/** What may be under way towards us before we have taken it. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** Milliseconds that a server may take for one call, or to be silent in the middle of one. */
const SILENCE_MS = 120_000;
/** Statuses of servers for which a call is to be repeated later: too many of them. */
const RATE_LIMIT = 8;
const RATE_LIMIT_LEGACY = 49;

export interface CallOptions {
  readonly database?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a sign of life after which the connection is given up. */
  readonly silenceMs?: number;
}

/** A call, as messages name it. */
interface Called {
  readonly call: ProcedureName;
  readonly of?: string;
}

/** Calls of one server, over one connection that is made anew when it has broken. */
export class Channel {
  readonly #http2: typeof import("node:http2");
  readonly #address: ServerAddress;
  readonly #authorization: Readonly<Record<string, string>>;
  #session: ClientHttp2Session | undefined;
  /** Why the connection broke last. */
  #broken = "the connection was closed";

  private constructor(http2: typeof import("node:http2"), address: ServerAddress) {
    this.#http2 = http2;
    this.#address = address;
    const { token } = address;
    this.#authorization = token === undefined ? {} : { authorization: Buffer.from(token).toString("base64") };
  }

  /** Connects when the first call is made. Node's HTTP/2 is loaded for those who move collections, and for nobody else. */
  static async open(address: ServerAddress): Promise<Channel> {
    return new Channel(await import("node:http2"), address);
  }

  /**
   * Calls a procedure.
   *
   * @returns its reply, of a call that has succeeded
   * @throws ServerUnreachable, ServerAccess, ServerRefused; the reason of the signal
   */
  async call<Name extends ProcedureName>(
    name: Name,
    request: Sent<RequestOf<Name>>,
    { database, signal, silenceMs = SILENCE_MS }: CallOptions = {},
  ): Promise<Received<ReplyOf<Name>>> {
    signal?.throwIfAborted();
    const [requestName, replyName] = procedures[name];
    const frame = encodeFrame<RequestOf<Name>>(requestName as RequestOf<Name>, request);
    const stream = this.#request(name, database);
    const called = { call: name, ...targetOf(request) };
    const bytes = await this.#exchange(called, stream, frame, signal, silenceMs);
    const reply = this.#decoded<Name>(name, replyName as ReplyOf<Name>, bytes);
    const status = (replyName === "Status" ? reply : (reply as { status?: unknown }).status) as
      | Received<"Status">
      | undefined;
    if (status !== undefined && (status.code !== 0 || status.error_code !== 0)) throw this.#refusal(called, status);
    return reply;
  }

  close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined || session.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      session.once("close", resolve);
      session.destroy();
    });
  }

  #request(name: ProcedureName, database: string | undefined): ClientHttp2Stream {
    try {
      return this.#open().request({
        ":method": "POST",
        ":path": `${SERVICE}/${name}`,
        "content-type": "application/grpc",
        te: "trailers",
        ...this.#authorization,
        ...(database !== undefined && { dbname: database }),
      });
    } catch (error) {
      throw this.#unreachable((error as Error).message, error);
    }
  }

  #open(): ClientHttp2Session {
    const known = this.#session;
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const { origin, socket } = this.#address;
    const session = this.#http2.connect(origin, {
      maxSessionMemory: 1024,
      settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
      ...(socket !== undefined && { createConnection: () => connectSocket({ path: socket }) }),
    });
    session.once("connect", () => session.setLocalWindowSize(WINDOW_BYTES));
    session.on("error", (error: Error) => {
      this.#broken = error.message;
    });
    // A server that ends its connections takes calls on the next one.
    session.on("goaway", () => session.close());
    this.#session = session;
    return session;
  }

  /** Sends a message and takes the answer. */
  #exchange(
    called: Called,
    stream: ClientHttp2Stream,
    frame: readonly Uint8Array[],
    signal: AbortSignal | undefined,
    silenceMs: number,
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let status: number | undefined;
      let text = "";
      let http = 0;
      let fault: Error | undefined;
      const abort = () => {
        fault = signal?.reason as Error;
        stream.close(this.#http2.constants.NGHTTP2_CANCEL);
      };
      const take = (headers: Readonly<Record<string, unknown>>) => {
        if (headers["grpc-status"] === undefined) return;
        status = Number(headers["grpc-status"]);
        text = decoded(String(headers["grpc-message"] ?? ""));
      };
      stream.setTimeout(silenceMs, () => {
        fault = this.#unreachable(`${called.call} was not answered within ${silenceMs / 1000} s`);
        // Whoever is at its other end may be gone without a word: the next call goes over a new one.
        stream.session?.destroy();
      });
      signal?.addEventListener("abort", abort, { once: true });
      stream.on("response", (headers) => {
        http = Number(headers[":status"]);
        take(headers);
      });
      stream.on("trailers", take);
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("error", (error: Error) => {
        // Of a connection that broke the stream tells only that it was cancelled.
        const { message } = error.cause instanceof Error ? error.cause : error;
        fault ??= this.#unreachable(message, error);
      });
      stream.on("close", () => {
        signal?.removeEventListener("abort", abort);
        if (fault !== undefined) reject(fault);
        else if (status === Code.Ok) resolve(Buffer.concat(parts));
        else reject(this.#failed(called, status, text, http));
      });
      for (const part of frame) stream.write(part);
      stream.end();
    });
  }

  /** A call that ended without a reply. */
  #failed(called: Called, status: number | undefined, text: string, http: number): Error {
    const server = this.#address.name;
    if (status === undefined) {
      if (http !== 0 && http !== 200) return this.#unreachable(`it answers HTTP ${http}, and is no gRPC server`);
      return this.#unreachable(this.#broken);
    }
    if (status === Code.Unauthenticated) return failure("ServerAccess", { server, reason: text });
    if (status === Code.Unavailable) return this.#unreachable(text);
    const details = { server, ...called, code: status, reason: text, grpc: status };
    return failure("ServerRefused", {
      ...details,
      retriable: status === Code.ResourceExhausted && /rate/i.test(text),
    } as never);
  }

  #refusal(called: Called, { code, error_code, reason, retriable }: Received<"Status">): Error {
    const details = { server: this.#address.name, ...called, code: code === 0 ? error_code : code, reason };
    const later = code === RATE_LIMIT || error_code === RATE_LIMIT_LEGACY;
    return failure("ServerRefused", {
      ...details,
      retriable: later || (retriable && code !== 0 && code < 100),
    } as never);
  }

  #decoded<Name extends ProcedureName>(name: Name, reply: ReplyOf<Name>, bytes: Buffer): Received<ReplyOf<Name>> {
    if (bytes.length < PREFIX_BYTES || bytes[0] !== 0 || bytes.readUInt32BE(1) !== bytes.length - PREFIX_BYTES) {
      throw this.#unreachable(`${name} was answered with what is no message`);
    }
    try {
      return decode(reply, bytes.subarray(PREFIX_BYTES));
    } catch (error) {
      if (!(error instanceof MalformedMessage) && !(error instanceof MessageTooLarge)) throw error;
      throw this.#unreachable(`${name} was answered with what is no ${reply}: ${error.message}`, error);
    }
  }

  #unreachable(reason: string, cause?: unknown): Error {
    return failure("ServerUnreachable", { server: this.#address.name, reason }, cause);
  }
}

/** The collection that a call is about. */
function targetOf(request: object): Pick<Called, "of"> {
  const { db_name = "default", collection_name } = request as { db_name?: string; collection_name?: string };
  return collection_name === undefined ? {} : { of: `${db_name}.${collection_name}` };
}

/** The text of a status, percent-encoded; as it is where that cannot be read. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
