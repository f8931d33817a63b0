import { elapsed } from "../../../values/clock.js";
import { WATCH_MS } from "./board.js";
import type { SpentOnJobs } from "./shared-jobs.js";

/** Work of a batch for which another thread is woken: waking it takes a good part of that. */
const WAKING_MS = 0.15;
/** Work of a batch that is shared where no thread has to be woken for it, or one that is woken will be there for the next too. */
const SHARING_MS = 0.02;
/** After a thread has lost its core the calling one searches alone for a while, each time longer. */
const LEAST_ALONE_MS = 5;
const MOST_ALONE_MS = 500;
/** How much of what is known is kept with each batch. */
const REMEMBERED = 0.9;

/** Tells whether a batch is worth sharing, from what became of those before it. */
export class WorthSharing {
  /** When the last batch of several searches ended. */
  #endedAt = Number.NEGATIVE_INFINITY;
  /** What a search takes on this thread, of late. */
  #searchMs = 0;
  /** Until then this thread searches alone, and for how long it did the last time. */
  #aloneUntil = 0;
  #aloneMs = 0;

  /** Sharing is cheap as long as threads watch, and they do while one batch follows the other. */
  of(jobs: number, isWatched: () => boolean): boolean {
    const now = elapsed();
    const workMs = jobs * this.#searchMs;
    if (jobs < 2 || workMs < SHARING_MS || now < this.#aloneUntil) return false;
    return workMs >= WAKING_MS || now - this.#endedAt < WATCH_MS || isWatched();
  }

  /** Notes what a search takes; and where a thread has lost its core, that others want the cores more. */
  ended({ jobs, spentMs, elsewhere, lost }: SpentOnJobs): void {
    if (jobs > 1) this.#endedAt = elapsed();
    if (lost > 0) {
      this.#aloneMs = Math.min(Math.max(2 * this.#aloneMs, LEAST_ALONE_MS), MOST_ALONE_MS);
      this.#aloneUntil = elapsed() + this.#aloneMs;
    } else if (elsewhere > 0) this.#aloneMs *= REMEMBERED;
    if (spentMs === 0) return;
    const took = spentMs / Math.max(1, jobs - elsewhere);
    this.#searchMs = this.#searchMs === 0 ? took : this.#searchMs * REMEMBERED + took * (1 - REMEMBERED);
  }
}
