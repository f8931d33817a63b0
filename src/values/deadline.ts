import { failure } from "../errors.js";
import { elapsed, now } from "./clock.js";

/** What long synchronous work asks now and then. */
export interface Deadline {
  /** @throws Timeout when the time is up */
  check(): void;
}

/** Work that was to be short is not: it is given up, to be done in another way. Never reaches a caller. */
export class TakesLong extends Error {
  override readonly name = "TakesLong";
}

export const NO_DEADLINE: Deadline = { check: () => {} };

/** Work that is to be short. */
interface ShortWork {
  /** Milliseconds that it may still spend. */
  left: number;
  /** When it last looked. */
  last: number | undefined;
}

/** Milliseconds between two looks; what takes longer is something else. */
const LONGEST_STEP = 2;

/**
 * The deadline of whatever runs at the moment. SQLite calls functions that know nothing of the call they work for: they
 * ask this, which is told before the statement runs. One per engine.
 */
export class RunningDeadline implements Deadline {
  #at: number | undefined;
  #short: ShortWork | undefined;

  /** When the work that is under way must have ended, in milliseconds since the epoch; undefined: never. */
  get at(): number | undefined {
    return this.#at;
  }

  /** Runs `work`, which must not await, with an end. Work inside of work keeps the earlier end. */
  during<T>(at: number | undefined, work: () => T): T {
    const outer = this.#at;
    if (at !== undefined && (outer === undefined || at < outer)) this.#at = at;
    try {
      return work();
    } finally {
      this.#at = outer;
    }
  }

  /**
   * Runs `work`, which may spend so many milliseconds on what looks at the deadline. What it does after an `await` is not
   * counted.
   * @throws TakesLong, and what `work` throws
   */
  briefly<T>(milliseconds: number, work: () => T): T {
    const outer = this.#short;
    this.#short = { left: milliseconds, last: undefined };
    try {
      return work();
    } finally {
      this.#short = outer;
    }
  }

  /** The same, but undefined where it takes longer. @param work must not await */
  unlessLong<T>(milliseconds: number, work: () => T): T | undefined {
    try {
      return this.briefly(milliseconds, work);
    } catch (error) {
      if (error instanceof TakesLong) return undefined;
      throw error;
    }
  }

  check(): void {
    if (this.#at !== undefined && now() > this.#at) throw failure("Timeout");
    const short = this.#short;
    if (short === undefined) return;
    const time = elapsed();
    short.left -= Math.min(time - (short.last ?? time), LONGEST_STEP);
    short.last = time;
    if (short.left < 0) throw new TakesLong();
  }
}
