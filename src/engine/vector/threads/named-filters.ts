import { bitsOf, type PartFilter } from "../part-search.js";
import type { PartJob } from "./part-job.js";

/** Filters of jobs that come together, fewer than a thread keeps. */
const MOST_FILTERS = 8;

/** A filter as it is told to threads. */
export interface NamedFilter {
  readonly id: number;
  readonly bits: SharedArrayBuffer;
  readonly count: number;
}

/** The filters that threads can have: those that come a second time, each a copy. */
export class NamedFilters {
  readonly #named = new WeakMap<PartFilter, NamedFilter>();
  readonly #met = new WeakSet<PartFilter>();
  #last = 0;

  /** Those of some jobs. */
  of(jobs: readonly PartJob[]): Map<PartFilter, NamedFilter> {
    const found = new Map<PartFilter, NamedFilter>();
    for (const { search, request } of jobs) {
      const { filter } = request;
      if (filter === undefined || found.has(filter) || found.size >= MOST_FILTERS) continue;
      let known = this.#named.get(filter);
      if (known === undefined && this.#met.has(filter)) {
        const bits = bitsOf(filter, search.part.rows);
        const copy = new Uint32Array(new SharedArrayBuffer(bits.byteLength));
        copy.set(bits);
        known = { id: ++this.#last, bits: copy.buffer as SharedArrayBuffer, count: filter.count };
        this.#named.set(filter, known);
      }
      if (known !== undefined) found.set(filter, known);
      this.#met.add(filter);
    }
    return found;
  }
}
