import { smallerIsNearer } from "../../model/types/metrics.js";
import type { ComingSearch, SearchesAhead, SegmentHits } from "../contract.js";
import { mergeHits } from "../scores.js";
import type { Segment } from "../segment.js";
import type { PartJob } from "./part-job.js";
import type { SearchThreads } from "./search-threads.js";
import type { SharedJobs } from "./shared-jobs.js";

/** Searches of segments as jobs, one for each of their parts. */
export class SegmentsAhead implements SearchesAhead {
  readonly #searches: readonly ComingSearch[];
  readonly #jobs: SharedJobs;
  /** The first job of each search; the last number is that of all jobs. */
  readonly #first: number[] = [0];

  constructor(threads: SearchThreads, searches: readonly ComingSearch[]) {
    this.#searches = searches;
    const jobs: PartJob[] = [];
    for (const { segment, query, request } of searches) {
      if (segment.isShared === true) jobs.push(...(segment as Segment).jobs(query, request));
      this.#first.push(jobs.length);
    }
    this.#jobs = threads.begin(jobs);
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
