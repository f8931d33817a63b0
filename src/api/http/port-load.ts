import { type ElanusError, failure } from "../../errors.js";
import { MadeAnswers, type OneTurn } from "./made-answers.js";
import { PendingAnswers } from "./pending-answers.js";

/** Bodies that are being received, or wait for their turn, may take this many times the limit of one together. */
const BUFFERED_BODIES = 4;
/** So may answers that are on their way out. */
const BUFFERED_ANSWERS = 4;
/** Calls that may wait for their turn. */
const MAX_WAITING = 1024;

/** What the requests of one port take together: how many are at work, how many bytes of bodies and of answers are held. */
export class PortLoad {
  /** Requests at work at one time. */
  readonly maxRunning: number;
  /** Largest body of one request. */
  readonly maxBodyBytes: number;
  readonly answers: PendingAnswers;
  readonly #made: MadeAnswers;
  #running = 0;
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  /** @param writeTimeoutMs longest time in which a client takes no part of its answer */
  constructor(maxRunning: number, maxBodyBytes: number, writeTimeoutMs: number) {
    this.maxRunning = maxRunning;
    this.maxBodyBytes = maxBodyBytes;
    this.answers = new PendingAnswers(maxBodyBytes * BUFFERED_ANSWERS, writeTimeoutMs);
    this.#made = new MadeAnswers(this.answers, {
      pause: () => this.leave(),
      // There is one at a time: none is refused for it.
      resume: () => {
        this.#running++;
      },
    });
  }

  /** The turn of a request at work. While it waits for a large answer its place is free. @param gone whether the client has left */
  turn(gone: () => boolean): OneTurn {
    return this.#made.turn(gone);
  }

  /** Whether a newcomer would be refused. */
  get full(): boolean {
    return this.#running >= this.maxRunning;
  }

  /** Takes a place if one is free. Give it back with `leave`. */
  tryEnter(): boolean {
    if (this.full) return false;
    this.#running++;
    return true;
  }

  /** Waits for a place, in turn; false when too many wait already, or when the caller gives up. */
  wait(givenUp: AbortSignal): Promise<boolean> {
    if (this.#waiting.size >= MAX_WAITING || givenUp.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const enter = () => resolve(true);
      this.#waiting.add(enter);
      givenUp.addEventListener("abort", () => {
        if (this.#waiting.delete(enter)) resolve(false);
      });
    });
  }

  leave(): void {
    // The place goes on to the first who waits: a newcomer cannot take it in between.
    const [next] = this.#waiting;
    if (next === undefined) this.#running--;
    else {
      this.#waiting.delete(next);
      next();
    }
  }

  /** Books bytes that have arrived; false when all bodies together have become too many. Booked they are either way. */
  book(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.maxBodyBytes * BUFFERED_BODIES;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export function tooMany(detail: string): ElanusError {
  return failure("RejectedByLimiter", { detail });
}
