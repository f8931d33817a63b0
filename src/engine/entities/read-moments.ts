/** So long after its last page an iterator is taken to have ended. */
const IDLE_MS = 10 * 60_000;
/** So long rows that have expired are kept for iterators, however long those run. */
const LONGEST_MS = 24 * 3600_000;
/** Most moments that are kept in mind. */
const MOST_MOMENTS = 1000;

/**
 * The moments in the past as of which rows are read: all pages of an iterator show the rows that lived when it began, so these are not
 * taken away while it goes on.
 */
export class ReadMoments {
  readonly #now: () => number;
  /** When each moment was asked for last, the one longest ago first. */
  readonly #asked = new Map<number, number>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rows are read as of a moment. */
  note(moment: number): void {
    const now = this.#now();
    this.#asked.delete(moment);
    this.#asked.set(moment, now);
    for (const [other, asked] of this.#asked) {
      if (asked + IDLE_MS > now && this.#asked.size <= MOST_MOMENTS) break;
      this.#asked.delete(other);
    }
  }

  /** The earliest moment that an iterator may go on to read as of; now, where there is none. */
  earliest(): number {
    const now = this.#now();
    let earliest = now;
    for (const [moment, asked] of this.#asked) {
      if (asked + IDLE_MS > now) earliest = Math.min(earliest, moment);
    }
    return Math.max(earliest, now - LONGEST_MS);
  }
}
