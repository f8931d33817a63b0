import { smallerIsNearer } from "../../model/types/metrics.js";
import type { ComingSearch, SearchesAhead, SegmentHits } from "../contract.js";
import { mergeHits } from "../scores.js";
import type { Segment } from "../segment.js";
import type { PartJob } from "./part-job.js";
import type { SearchThreads } from "./search-threads.js";
import type { SharedJobs } from "./shared-jobs.js";

/** Searches of segments as jobs, one for each of their parts. */
export class SegmentsAhead implements SearchesAhead {
  readonly #threads: SearchThreads;
  readonly #searches: ComingSearch[];
  readonly #jobs: SharedJobs;
  /** The first job of each search; the last number is that of all jobs. */
  readonly #first: number[] = [0];

  /** @param expected so many searches will there be, those that are added later too */
  constructor(threads: SearchThreads, searches: readonly ComingSearch[], expected: number) {
    this.#threads = threads;
    this.#searches = [...searches];
    const jobs = this.#jobsOf(searches);
    this.#jobs = threads.begin(jobs, Math.ceil((jobs.length * expected) / searches.length));
  }

  add(searches: readonly ComingSearch[]): void {
    this.#searches.push(...searches);
    this.#threads.add(this.#jobs, this.#jobsOf(searches));
  }

  #jobsOf(searches: readonly ComingSearch[]): PartJob[] {
    const jobs: PartJob[] = [];
    const before = this.#first.at(-1)!;
    for (const { segment, query, request } of searches) {
      if (segment.isShared === true) jobs.push(...(segment as Segment).jobs(query, request));
      this.#first.push(before + jobs.length);
    }
    return jobs;
  }

  take(i: number): SegmentHits | undefined {
    const { segment, request } = this.#searches[i]!;
    const ascending = smallerIsNearer(segment.options.metric);
    let hits: SegmentHits | undefined;
    for (let job = this.#first[i]!; job < this.#first[i + 1]!; job++) {
      const more = this.#jobs.take(job);
      if (more === undefined) return undefined;
      hits = hits === undefined ? more : mergeHits(hits, more, request.k, ascending);
    }
    return hits;
  }

  end(): void {
    this.#jobs.end();
  }
}
