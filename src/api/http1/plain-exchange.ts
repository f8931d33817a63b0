import type { Socket } from "node:net";
import type { Soon } from "../../values/soon-or-later.js";
import type { BodySink, BodySource } from "../http/body-receiver.js";
import type { Exchange } from "../http/exchange.js";
import type { HttpResponse } from "../http/message.js";
import type { PortLoad } from "../http/port-load.js";
import { sizeOf, writePieces } from "../http/write-pieces.js";
import type { PlainHead, ReadHead } from "./plain-head.js";
import { printHead, type ResponseHead } from "./response-head.js";

export interface PlainExchangeOptions {
  readonly load: PortLoad;
  /** How long the connection may stay after the answer; undefined: it ends. */
  readonly keepAliveMs: () => number | undefined;
}

const NOTHING: Buffer = Buffer.alloc(0);
/** Answers that are handed over at once, and need no room. */
const SHORT_BYTES = 64 * 1024;

/** One request of a plain connection. */
export class PlainExchange implements Exchange, BodySource {
  readonly head: PlainHead;
  readonly announced: number;
  readonly #socket: Socket;
  readonly #options: PlainExchangeOptions;
  /** What has come of the body, until somebody takes it. */
  #parts: Buffer[];
  /** Bytes of the body that have not come. */
  #missing: number;
  #sink: BodySink | undefined;
  #answered = false;
  #ends = false;

  /** @param body what has come of it */
  constructor(socket: Socket, { head, bodyBytes }: ReadHead, body: Buffer, options: PlainExchangeOptions) {
    this.head = head;
    this.announced = bodyBytes;
    this.#socket = socket;
    this.#options = options;
    this.#parts = [body];
    this.#missing = bodyBytes - body.length;
  }

  get body(): BodySource {
    return this;
  }

  get whole(): Uint8Array | undefined {
    return this.#missing === 0 && this.#parts.length === 1 ? this.#parts[0] : undefined;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  /** The connection ends with the answer. */
  get ends(): boolean {
    return this.#ends;
  }

  /** A plain request asks nobody whether it may send its body. */
  invite(): void {}

  take(sink: BodySink): () => void {
    this.#sink = sink;
    for (const part of this.#parts.splice(0)) this.#sink?.data(part);
    if (this.#missing === 0) this.#sink?.end();
    return () => {
      this.#sink = undefined;
    };
  }

  /** More has come. @returns what is behind the body */
  push(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#missing);
    this.#missing -= part.length;
    // Of a body that is refused nothing is kept.
    if (part.length > 0 && !this.#answered) {
      if (this.#sink === undefined) this.#parts.push(part);
      else this.#sink.data(part);
      if (this.#missing === 0) this.#sink?.end();
    }
    return chunk.subarray(part.length);
  }

  /** The client sends nothing more. */
  cut(): void {
    if (this.#missing > 0) this.#sink?.close();
  }

  send(response: HttpResponse): Soon<boolean> {
    const { status, body } = response;
    const socket = this.#socket;
    if (socket.destroyed) return true;
    const size = sizeOf(body);
    // What is left of the body would be taken for the next request: the connection ends here.
    const keepAliveMs = this.#missing > 0 || !this.head.keepAlive ? undefined : this.#options.keepAliveMs();
    const head: ResponseHead = { response, size: status === 204 ? undefined : size, keepAliveMs };
    if (typeof body !== "string" || size > SHORT_BYTES) return this.#sendPieces(head, body, size);
    this.#begin(head, body, size === body.length);
    return socket.writableLength === 0 || this.#flushed(size);
  }

  #begin(head: ResponseHead, body: string, ascii: boolean): void {
    this.#answered = true;
    this.#parts = [];
    this.#ends = head.keepAliveMs === undefined;
    this.#socket.write(printHead(head) + body, ascii ? "latin1" : "utf8");
  }

  /** Waits until the system has taken a short answer, which counts until then. */
  async #flushed(size: number): Promise<boolean> {
    const pending = this.#options.load.answers.add(size, () => this.#socket.destroy());
    if (pending === undefined) return true;
    await writePieces(this.#socket, [NOTHING], pending);
    pending.done();
    return true;
  }

  async #sendPieces(head: ResponseHead, body: HttpResponse["body"], size: number): Promise<boolean> {
    const pending = this.#options.load.answers.add(size, () => this.#socket.destroy());
    if (pending === undefined) return false;
    this.#begin(head, "", true);
    await writePieces(this.#socket, body, pending);
    pending.done();
    return true;
  }
}
