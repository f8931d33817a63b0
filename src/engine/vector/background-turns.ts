import { after, elapsed } from "../../values/clock.js";

/**
 * Lets long work on the calling thread go in slices: the event loop runs between them, and the process may end in the
 * middle unless somebody waits for the work.
 */
export class BackgroundTurns {
  readonly #sliceMs: number;
  #sliceEnd = 0;
  #held = false;
  #wait: (() => void) | undefined;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** The slice has been used up. */
  get isOver(): boolean {
    return elapsed() >= this.#sliceEnd;
  }

  /** Undefined while the slice lasts; else a promise of the next one. */
  turn(): Promise<void> | undefined {
    return this.isOver ? this.next() : undefined;
  }

  /** The next slice, in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const begin = () => {
        this.#wait = undefined;
        this.#sliceEnd = elapsed() + this.#sliceMs;
        resolve();
      };
      let forget = () => {};
      // A timer, not the next turn: one that does not keep the process alive still ends the wait for sockets.
      this.#wait = () => {
        forget();
        forget = after(0, begin, { keepsAlive: this.#held });
      };
      this.#wait();
    });
  }

  /** From now on the process stays alive while a slice is waited for. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#wait?.();
  }
}
