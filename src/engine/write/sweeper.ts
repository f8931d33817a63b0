import { after, nextTurn, type Timer } from "../../values/clock.js";
import type { Collection } from "../model/collection.js";
import type { WriteScope } from "./change.js";
import { removeExpired } from "./remove-expired.js";

/** After the opening, and between two looks. */
const FIRST_MS = 10_000;
const NEXT_MS = 60_000;
/** Between two looks whether anybody else has something to do. */
const BUSY_MS = 100;

interface SweeperOptions {
  readonly scope: WriteScope;
  readonly collections: () => readonly Collection[];
  /** Nobody waits for an answer. */
  readonly isIdle: () => boolean;
}

/** Takes away rows that have expired, which nobody sees, in slices and while nobody wants anything else. */
export class Sweeper {
  readonly #options: SweeperOptions;
  #timer: Timer;
  #sweep: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#timer = this.#in(FIRST_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer();
    await this.#sweep;
  }

  #in(milliseconds: number): Timer {
    const begin = () => {
      this.#sweep = this.sweep().finally(() => {
        if (!this.#closed) this.#timer = this.#in(NEXT_MS);
      });
    };
    return after(milliseconds, begin, { keepsAlive: false });
  }

  /** Never fails: what cannot be taken away now is taken away later. */
  async sweep(): Promise<void> {
    const { scope, collections } = this.#options;
    for (const { id } of collections()) {
      const current = () => (this.#closed ? undefined : collections().find((collection) => collection.id === id));
      try {
        while (await this.#idle()) {
          const collection = current();
          if (collection === undefined || !removeExpired(scope, collection)) break;
          await nextTurn();
        }
      } catch {
        // A full disk, a file that was taken away: whoever writes next is told.
      }
    }
  }

  /** Waits until nobody wants anything. @returns whether the sweep goes on */
  async #idle(): Promise<boolean> {
    while (!this.#closed && !this.#options.isIdle()) {
      await new Promise<void>((resolve) => after(BUSY_MS, resolve));
    }
    return !this.#closed;
  }
}
