import { elapsed, nextTurn } from "./clock.js";

/** Longest stretch of work without a turn of the event loop, in milliseconds. */
export const SLICE_MS = 8;

/**
 * Long work in slices, between which timers and sockets get their turn:
 * `if (slices.over) { await slices.next(); ... }` after each step, and a look at what may have changed meanwhile.
 */
export class Slices {
  readonly #length: number;
  readonly #clock: () => number;
  #end: number;

  /** @param clock milliseconds that only ever rise */
  constructor(milliseconds: number = SLICE_MS, clock: () => number = elapsed) {
    this.#length = milliseconds;
    this.#clock = clock;
    this.#end = clock() + milliseconds;
  }

  /** Has the slice been used up? */
  get over(): boolean {
    return this.#clock() >= this.#end;
  }

  /** Lets the event loop come round and begins a new slice. */
  async next(): Promise<void> {
    await nextTurn();
    this.#end = this.#clock() + this.#length;
  }
}
