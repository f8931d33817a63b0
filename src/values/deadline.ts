import { failure } from "../errors.js";
import { now } from "./clock.js";

/** What long synchronous work asks now and then. */
export interface Deadline {
  /** @throws Timeout when the time is up */
  check(): void;
}

export const NO_DEADLINE: Deadline = { check: () => {} };

/**
 * The deadline of whatever runs at the moment. SQLite calls functions that know nothing of the call they work for: they
 * ask this, which is told before the statement runs. One per engine.
 */
export class RunningDeadline implements Deadline {
  #at: number | undefined;

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

  check(): void {
    if (this.#at !== undefined && now() > this.#at) throw failure("Timeout");
  }
}
