import { after, now } from "../../values/clock.js";

/** The longest delay a timer can hold. */
const MAX_DELAY_MS = 2 ** 31 - 1;

interface Waiting {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly late: () => void;
}

/** Deadlines of many that wait, under one timer: most are over long before. */
export class Deadlines {
  readonly #waiting = new Set<Waiting>();
  #timer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** @param late called once it is later than `at` @returns stops waiting */
  wait(at: number, late: () => void): () => void {
    const waiting = { at, late };
    this.#waiting.add(waiting);
    if (at < this.#timerAt) this.#look(at);
    return () => {
      if (this.#waiting.delete(waiting) && this.#waiting.size === 0) this.#rest();
    };
  }

  #look(at: number): void {
    this.#rest();
    this.#timerAt = at;
    this.#timer = after(Math.min(Math.max(0, at - now()), MAX_DELAY_MS), () => this.#due());
  }

  #rest(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #due(): void {
    this.#rest();
    let next = Number.POSITIVE_INFINITY;
    const at = now();
    for (const waiting of this.#waiting) {
      if (waiting.at > at) next = Math.min(next, waiting.at);
      else {
        this.#waiting.delete(waiting);
        waiting.late();
      }
    }
    if (this.#waiting.size > 0) this.#look(next);
  }
}
