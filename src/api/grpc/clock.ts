import { now as currentTime } from "../../values/clock.js";
import { type HybridTime, hybridTime } from "../../values/hybrid-time.js";
import type { Int64 } from "./wire/field-table.js";

/** Gives every caller a later time, also within one millisecond and when the system's clock is put back. */
export class HybridClock {
  readonly #now: () => number;
  #last: HybridTime = 0n;

  constructor(now: () => number = currentTime) {
    this.#now = now;
  }

  next(): HybridTime {
    const current = hybridTime(this.#now());
    this.#last = current > this.#last ? current : this.#last + 1n;
    return this.#last;
  }
}

/** Whether a timestamp that a client sent was set. */
export function isSet(timestamp: Int64): boolean {
  return timestamp !== 0 && timestamp !== 0n;
}
