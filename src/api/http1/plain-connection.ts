import type { Socket } from "node:net";
import { elapsed } from "../../values/clock.js";
import type { Soon } from "../../values/soon-or-later.js";
import { endSocket } from "../http/end-socket.js";
import type { Exchange } from "../http/exchange.js";
import type { PortLoad } from "../http/port-load.js";
import { PlainExchange, type PlainExchangeOptions } from "./plain-exchange.js";
import { PlainHeads } from "./plain-head.js";

export interface PlainConnectionOptions {
  readonly load: PortLoad;
  readonly maxHeaderBytes: number;
  readonly keepAliveMs: number;
  /** Answers a request. */
  readonly serve: (exchange: Exchange) => Soon<void>;
  /** Takes the connection over, for a request that is not plain: its bytes lie in the socket again. */
  readonly handOver: (socket: Socket) => void;
}

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * A connection whose requests are as most are: one head in one piece, a body of the length that it says. One is answered after
 * the other. At the first request of another kind the connection goes to a server that reads them all, and stays there.
 */
export class PlainConnection {
  readonly #socket: Socket;
  readonly #options: PlainConnectionOptions;
  readonly #heads: PlainHeads;
  readonly #exchangeOptions: PlainExchangeOptions;
  /** Bytes that have come and are of no request yet. */
  #ahead: Buffer = NOTHING;
  #current: PlainExchange | undefined;
  /** The client sends nothing more. */
  #ended = false;
  /** Nothing more is read as a request. */
  #over = false;
  #closing = false;
  #idleSince = elapsed();

  constructor(socket: Socket, options: PlainConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#heads = new PlainHeads(options.maxHeaderBytes);
    this.#exchangeOptions = {
      load: options.load,
      keepAliveMs: () => (this.#closing || this.#ended ? undefined : options.keepAliveMs),
    };
    socket.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose);
  }

  /** Takes no new request; ends when the one at work is answered. */
  close(): void {
    this.#closing = true;
    if (this.#current === undefined) this.#socket.destroy();
  }

  /** Ends a connection that has asked for nothing for too long. */
  endIdle(): void {
    if (this.#current === undefined && elapsed() - this.#idleSince >= this.#options.keepAliveMs) this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#over) return;
    const rest = this.#current?.push(chunk) ?? chunk;
    if (rest.length === 0) return;
    this.#ahead = this.#ahead.length === 0 ? rest : Buffer.concat([this.#ahead, rest]);
    this.#next();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.#current === undefined) this.#end();
    else this.#current.cut();
  };

  readonly #onClose = (): void => {
    this.#current?.cut();
  };

  /** Goes on with what has come. What comes before an answer is read behind it, the end of the connection too. */
  #next(): void {
    while (this.#ahead.length > 0 && this.#current === undefined && !this.#over) this.#begin();
    if (this.#ahead.length > 0) this.#socket.pause();
  }

  #begin(): void {
    const bytes = this.#ahead;
    const read = this.#heads.read(bytes);
    if (read === undefined) {
      this.#handOver();
      return;
    }
    const { headBytes, bodyBytes } = read;
    const end = Math.min(bytes.length, headBytes + bodyBytes);
    this.#ahead = end === bytes.length ? NOTHING : bytes.subarray(end);
    const exchange = new PlainExchange(this.#socket, read, bytes.subarray(headBytes, end), this.#exchangeOptions);
    this.#current = exchange;
    try {
      const answered = this.#options.serve(exchange);
      if (answered instanceof Promise) answered.then(() => this.#answeredLate(exchange), this.#onFault);
      else this.#answered(exchange);
    } catch {
      this.#onFault();
    }
  }

  readonly #onFault = (): void => {
    this.#socket.destroy();
  };

  #answeredLate(exchange: PlainExchange): void {
    this.#answered(exchange);
    if (this.#ahead.length === 0 || this.#over) return;
    this.#socket.resume();
    this.#next();
  }

  #answered({ ends }: PlainExchange): void {
    this.#current = undefined;
    this.#idleSince = elapsed();
    if (ends || this.#closing || this.#ended) this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#ahead = NOTHING;
    this.#socket.resume();
    endSocket(this.#socket);
  }

  #handOver(): void {
    const socket = this.#socket;
    socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
    socket.pause();
    socket.unshift(this.#ahead);
    this.#ahead = NOTHING;
    this.#options.handOver(socket);
    socket.resume();
  }
}
