import type { TransferProgress } from "../engine/contract/transfers.js";
import type { WriteId } from "../engine/index.js";
import { failure, isElanusError } from "../errors.js";
import { thrownText } from "../values/shown-text.js";
import { fromWire, type WireError } from "../worker/protocol.js";
import { type Asked, frameOfMessage } from "./messages.js";

export interface CallKind {
  readonly signal?: AbortSignal | undefined;
  readonly progressed?: ((progress: TransferProgress) => void) | undefined;
  /** It is done once, however often it is asked for. */
  readonly writes?: boolean;
  /** It is not asked for again when the owner ends: what it is called. */
  readonly once?: string | undefined;
}

/** A call that waits for its answer: whoever owns the file by then gives it. */
export interface PendingCall extends CallKind {
  readonly id: number;
  /** As it was asked, whatever has happened to the arguments since: in the form of this runtime. */
  readonly frame: Buffer;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Its stack leads to who made the call. */
  readonly caller: { readonly stack?: string };
}

/** The calls of one process that an owner has to answer. */
export class PendingCalls {
  readonly #session: string;
  readonly #calls = new Map<number, PendingCall>();
  /** Numbers of writes that wait, in their order, by the ids of their calls. */
  readonly #writes = new Map<number, number>();
  readonly #changed: (waits: boolean) => void;
  #lastId = 0;
  #lastWrite = 0;
  #idle: (() => void)[] = [];

  /** @param changed told when the first call begins to wait, and when none does any more */
  constructor(session: string, changed: (waits: boolean) => void) {
    this.#session = session;
    this.#changed = changed;
  }

  get size(): number {
    return this.#calls.size;
  }

  all(): readonly PendingCall[] {
    return [...this.#calls.values()];
  }

  /**
   * @param describe throws what the request is refused for
   * @param send is given the call once it waits
   */
  ask(
    describe: (write: WriteId | undefined) => Asked,
    kind: CallKind,
    send: (call: PendingCall) => void,
  ): Promise<unknown> {
    const id = ++this.#lastId;
    const caller: { readonly stack?: string } = {};
    Error.captureStackTrace(caller, this.ask);
    const number = kind.writes === true ? ++this.#lastWrite : undefined;
    let frame: Buffer;
    try {
      frame = framed(id, describe(number === undefined ? undefined : this.#writeId(number)));
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      const call: PendingCall = { ...kind, id, frame, caller, resolve, reject };
      this.#calls.set(id, call);
      if (number !== undefined) this.#writes.set(id, number);
      if (this.#calls.size === 1) this.#changed(true);
      send(call);
    });
  }

  progressed(id: number, progress: TransferProgress): void {
    this.#calls.get(id)?.progressed?.(progress);
  }

  answer(id: number, value: unknown): void {
    this.#take(id)?.resolve(value);
  }

  fail(id: number, error: WireError): void {
    const call = this.#take(id);
    call?.reject(fromWire(error, call.caller));
  }

  /** @param error also that of an engine in this process */
  reject(id: number, error: unknown): void {
    this.#take(id)?.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const id of [...this.#calls.keys()]) this.reject(id, error);
  }

  /** The owner has ended: what is not asked for again has failed. */
  ownerEnded(): void {
    for (const { id, once } of this.all())
      if (once !== undefined) this.reject(id, failure("OwnerLost", { what: once }));
  }

  /** Resolves when no call waits. */
  idle(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #writeId(number: number): WriteId {
    const [first = number] = this.#writes.values();
    return { session: this.#session, number, answeredBefore: first };
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined;
    this.#calls.delete(id);
    this.#writes.delete(id);
    if (this.#calls.size > 0) return call;
    this.#changed(false);
    const waiting = this.#idle;
    this.#idle = [];
    for (const wake of waiting) wake();
    return call;
  }
}

function framed(id: number, asked: Asked): Buffer {
  try {
    return frameOfMessage({ kind: "ask", id, asked }, "own");
  } catch (cause) {
    throw malformed(cause);
  }
}

/** What cannot be cloned (a function, a symbol) cannot be JSON either. */
export function malformed(cause: unknown): unknown {
  return isElanusError(cause) ? cause : failure("MalformedRequest", { detail: thrownText(cause) }, cause);
}
