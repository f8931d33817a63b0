import type { Socket } from "node:net";
import type { ApplicationFunctions, Engine } from "../engine/index.js";
import { BorrowedFunctions } from "../worker/lent-functions.js";
import { toWire } from "../worker/protocol.js";
import { answerAsked, frameOfMessage, type Introduction, type OwnerMessage, type PeerMessage } from "./messages.js";
import type { Form } from "./payload.js";

/** Bytes that wait for a peer who does not read; with more of them, nothing more is taken from him. */
const MOST_WAITING = 16 * 1024 * 1024;
/** Calls of one peer that are under way; more of them wait in the socket. */
const MOST_RUNNING = 256;

/** Calls that are under way, by session and number: one that is asked for anew over another connection is not begun again. */
export type RunningCalls = Map<string, Promise<unknown>>;

/** A process that shares the file, at its owner: takes what it asks, and answers. */
export class PeerSession {
  readonly #socket: Socket;
  readonly #form: Form;
  readonly #engine: Engine;
  readonly #introduction: Introduction;
  readonly #calls: RunningCalls;
  readonly #running = new Map<number, AbortController>();
  readonly #borrowed: BorrowedFunctions;
  readonly #functions: ApplicationFunctions;
  #stopListening: (() => void) | undefined;
  #closing = false;

  constructor(socket: Socket, form: Form, engine: Engine, introduction: Introduction, calls: RunningCalls) {
    this.#socket = socket;
    this.#form = form;
    this.#engine = engine;
    this.#introduction = introduction;
    this.#calls = calls;
    this.#borrowed = new BorrowedFunctions(introduction.functions, ({ id, call }) =>
      this.#send(call === undefined ? { kind: "abort", id } : { kind: "call", id, call }),
    );
    this.#functions = this.#borrowed.functions;
    socket.on("drain", () => this.#flow());
  }

  take(message: PeerMessage): void {
    switch (message.kind) {
      case "ask":
        void this.#answer(message);
        return;
      case "abort":
        this.#running.get(message.id)?.abort();
        return;
      case "answer":
        this.#borrowed.answered(message.answer);
        return;
      case "listen":
        this.#stopListening?.();
        this.#stopListening = message.on
          ? this.#engine.onProgress((event) => this.#tell({ kind: "event", event }))
          : undefined;
        return;
      case "ping":
        this.#send({ kind: "pong" });
        return;
      case "introduction":
        return;
    }
  }

  /** What is under way and fails from now on is not answered: the peer asks the next owner. */
  closing(): void {
    this.#closing = true;
    this.#borrowed.end("the database is closed");
  }

  /** The peer has gone: its calls come to their end, what its models owed does not come any more. */
  gone(): void {
    this.#stopListening?.();
    this.#borrowed.end("the process that lends it has ended");
  }

  async #answer({ id, asked }: Extract<PeerMessage, { kind: "ask" }>): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    this.#flow();
    const key = `${this.#introduction.session} ${id}`;
    const known = this.#calls.get(key);
    const call =
      known ??
      answerAsked(this.#engine, asked, {
        signal: abort.signal,
        functions: this.#functions,
        onProgress: (progress) => this.#tell({ kind: "progress", id, progress }),
      });
    this.#calls.set(key, call);
    try {
      const value = await call;
      this.#send({ kind: "reply", id, value });
    } catch (error) {
      if (!this.#closing) this.#send({ kind: "reply", id, error: toWire(error) });
    } finally {
      this.#calls.delete(key);
      this.#running.delete(id);
      this.#flow();
    }
  }

  /** What may be lost. */
  #tell(message: OwnerMessage): void {
    if (this.#socket.writableLength < MOST_WAITING) this.#send(message);
  }

  #send(message: OwnerMessage): void {
    if (this.#socket.destroyed) return;
    let frame: Buffer;
    try {
      frame = frameOfMessage(message, this.#form);
    } catch (error) {
      if (message.kind !== "reply" || message.error !== undefined) return;
      frame = frameOfMessage({ kind: "reply", id: message.id, error: toWire(error) }, this.#form);
    }
    this.#socket.write(frame);
    this.#flow();
  }

  #flow(): void {
    if (this.#closing) return;
    const isFull = this.#running.size >= MOST_RUNNING || this.#socket.writableLength >= MOST_WAITING;
    if (isFull === this.#socket.isPaused()) return;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }
}
