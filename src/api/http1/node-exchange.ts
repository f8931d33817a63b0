import type { IncomingMessage, ServerResponse } from "node:http";
import { after } from "../../values/clock.js";
import type { BodySource } from "../http/body-receiver.js";
import type { Exchange } from "../http/exchange.js";
import { type HttpResponse, header, headersOf, type RequestHead, splitTarget } from "../http/message.js";
import type { PortLoad } from "../http/port-load.js";
import { PIECE_BYTES, sizeOf, writePieces } from "../http/write-pieces.js";

/** How long the rest of a refused body is read away, so that the client gets to see the answer instead of a reset. */
const LINGER_MS = 2_000;
const NO_BYTES = new Uint8Array(0);

/** A request that node:http has read. */
export class NodeExchange implements Exchange {
  readonly head: RequestHead;
  readonly announced: number;
  readonly body: BodySource;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #load: PortLoad;
  readonly #isLast: () => boolean;
  readonly #hasBody: boolean;

  /** @param isLast whether the connection ends with the answer */
  constructor(request: IncomingMessage, response: ServerResponse, load: PortLoad, isLast: () => boolean) {
    this.#request = request;
    this.#response = response;
    this.#load = load;
    this.#isLast = isLast;
    const { method = "", url = "", headers } = request;
    this.head = { method, ...splitTarget(url), headers };
    const length = header(headers, "content-length");
    this.announced = Number(length ?? 0);
    this.#hasBody = (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
    this.body = { whole: this.#hasBody ? undefined : NO_BYTES, take: (sink) => told(request, sink) };
  }

  get gone(): boolean {
    return this.#response.destroyed;
  }

  invite(): void {
    if (this.#response.writableNeedsContinue) this.#response.writeContinue();
    if (!this.#hasBody) this.#request.resume();
  }

  async send(reply: HttpResponse): Promise<boolean> {
    const { status, body } = reply;
    const request = this.#request;
    const response = this.#response;
    if (response.destroyed) return true;
    const size = sizeOf(body);
    const pending = this.#load.answers.add(size, () => request.socket.destroy());
    if (pending === undefined) return false;
    const headers: Record<string, string | number> = { ...headersOf(reply) };
    if (status !== 204) headers["content-length"] = size;
    // What is left of the body would be taken for the next request: the connection ends here.
    const unread = this.#hasBody && !request.complete;
    if (unread || this.#isLast()) headers["connection"] = "close";
    response.writeHead(status, headers);
    if (unread) readAway(request, response);
    const gone = new Promise((resolve) => response.once("close", resolve));
    const whole = typeof body === "string" ? body : body.length === 1 ? body[0] : undefined;
    if (whole !== undefined && whole.length <= PIECE_BYTES) response.end(whole);
    else {
      await writePieces(response, body, pending);
      if (!response.destroyed) response.end();
    }
    // It closes when the last byte has been handed to the system, not when the connection does.
    await gone;
    pending.done();
    return true;
  }
}

/** Tells a sink what comes of a body. @returns stops telling */
function told(request: IncomingMessage, { data, end, close }: Parameters<BodySource["take"]>[0]): () => void {
  request.on("data", data).once("end", end).once("close", close).once("error", close);
  return () => request.off("data", data).off("end", end).off("close", close).off("error", close);
}

/** Reads the rest of a refused body without keeping it, for a short while. */
function readAway(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const cancel = after(LINGER_MS, () => request.destroy(), { keepsAlive: false });
  request.once("close", cancel);
  response.once("close", cancel);
}
