import { now as currentTime } from "../../values/clock.js";
import { type HybridTime, hybridTime, millisecondsOf } from "../../values/hybrid-time.js";
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

/** Guarantees below it are no points in time: 1 and 2 stand for levels of consistency. */
const FIRST_TIME = hybridTime(Date.UTC(2000));

/** The one moment that the pages of an iterator see. */
export interface IteratorMoment {
  /** For the client, which sends it along with the next pages. */
  readonly session: HybridTime;
  /** Milliseconds since the epoch. */
  readonly asOf: number;
}

/** The moment that a client was told with the first page; that of the call, where it names none or one to come. */
export function iteratorMoment(clock: HybridClock, guarantee: Int64): IteratorMoment {
  const now = clock.next();
  const told = BigInt(guarantee);
  const session = told >= FIRST_TIME && told < now ? told : now;
  return { session, asOf: millisecondsOf(session) };
}
