import { after, elapsed, type Timer } from "../../values/clock.js";
import type { GoneTables } from "../entities/gone-tables.js";
import type { Purges } from "../entities/purges.js";
import { ownTurn } from "../entities/row-slices.js";
import { failpoint } from "../failpoints.js";

/** After the opening, and after what could not be done. */
const FIRST_MS = 1000;
const AGAIN_MS = 60_000;
/** Between two slices while somebody wants something else. */
const BUSY_MS = 20;
/** How long a slice should take. */
const SLICE_MS = 3;
const FIRST_ROWS = 32;
const MOST_ROWS = 10_000;

interface PurgerOptions {
  readonly purges: Purges;
  readonly gone: GoneTables;
  /** Runs a slice, which need not be waited for. */
  readonly slice: <T>(work: () => T) => T;
  /** Nobody waits for an answer. */
  readonly isIdle: () => boolean;
  /** Another thread writes until this resolves. */
  readonly busy: () => Promise<void> | undefined;
}

/** Frees what is gone and still takes space, in slices behind the calls that have removed it. */
export class Purger {
  readonly #options: PurgerOptions;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #rows = FIRST_ROWS;
  #closed = false;

  constructor(options: PurgerOptions) {
    this.#options = options;
  }

  /** Rows whose vectors are still there. */
  get rows(): number {
    return this.#options.purges.pending;
  }

  /** Tables that are still there. */
  get tables(): number {
    return this.#options.gone.pending;
  }

  /** What a process before has left is purged soon. */
  resume(): void {
    if (this.rows > 0 || this.tables > 0) this.#in(FIRST_MS);
  }

  /** Call when there is something to be purged. */
  wake(): void {
    if (!this.#closed) this.#running ??= this.#purge();
  }

  /** Purges what a collection has at once, in slices. @param goesOn asked between them @throws what writing throws */
  async finish(collectionId: number, goesOn: () => boolean): Promise<void> {
    while (goesOn() && this.#slice(collectionId) > 0) await ownTurn();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#running;
  }

  #in(milliseconds: number): void {
    this.#timer?.();
    this.#timer = after(milliseconds, () => this.wake(), { keepsAlive: false });
  }

  /** Never fails: what cannot be purged now is purged later. */
  async #purge(): Promise<void> {
    try {
      for (;;) {
        await this.#pause();
        if (this.#closed || this.#slice() === 0) break;
      }
    } catch {
      // A full disk, a file that was taken away: whoever writes next is told.
      if (!this.#closed) this.#in(AGAIN_MS);
    } finally {
      this.#running = undefined;
    }
  }

  async #pause(): Promise<void> {
    const { isIdle, busy } = this.#options;
    await ownTurn();
    if (!this.#closed && !isIdle()) await new Promise<void>((resolve) => after(BUSY_MS, resolve));
    // Last: a write that has begun meanwhile would be ended, or spoilt, by a slice.
    for (let writing = busy(); writing !== undefined; writing = busy()) await writing;
  }

  /** @returns how many rows there were */
  #slice(collectionId?: number): number {
    const { purges, gone, slice } = this.#options;
    const began = elapsed();
    const rows = slice(() => {
      const purged = purges.purge(this.#rows, collectionId) || gone.purge(this.#rows, collectionId);
      failpoint("mid-purge");
      return purged;
    });
    const took = elapsed() - began;
    if (took > SLICE_MS) this.#rows = Math.max(1, Math.floor((this.#rows * SLICE_MS) / took));
    else if (rows === this.#rows && took < SLICE_MS / 2) this.#rows = Math.min(this.#rows * 2, MOST_ROWS);
    return rows;
  }
}
