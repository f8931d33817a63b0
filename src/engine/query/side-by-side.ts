import { afterAll, soon, soonest } from "../../values/clock.js";
import { Slices } from "../../values/slices.js";
import type { VectorStore } from "../vector/contract.js";
import { type FilteredSearch, isSharable } from "./filtered-search.js";
import { FoundAhead } from "./found-ahead.js";
import type { SearchPlan } from "./search-plan.js";

/** Searches that are begun together; more wait for the next turn of the event loop once a slice is over. */
const BATCH = 32;

interface Waiting {
  readonly plan: SearchPlan;
  /** Of the rows when it came. */
  readonly dataVersion: number;
  /** Runs it and tells its caller; never throws. */
  readonly run: (plan: SearchPlan) => void;
}

/**
 * Searches of several callers who do not wait for each other. While one comes at a time it is run at once. Where others come
 * in the same turn of the event loop they wait for its end, and are begun together, so that several threads share them. Those that one
 * stretch has brought about need not wait: all are there when it ends. Where that was so of late, other threads begin with each as it
 * comes.
 */
export class SideBySide {
  readonly #search: FilteredSearch;
  readonly #vectors: Pick<VectorStore, "searchAhead">;
  #waiting: Waiting[] = [];
  /** So many came together of late. */
  #lately = 1;
  /** What has been begun of those that wait: of the first ones, and how many these are. */
  #ahead: FoundAhead | undefined;
  #begun = 0;
  /** Searches whose answers have not reached their callers. */
  #answering = 0;
  /** Stretches of this turn that searches came in: each ends when nothing that it has brought about is left to be done. */
  #stretches = 0;
  #inStretch = false;
  /** Searches of this stretch that wait. */
  #ofStretch = 0;
  #inTurn = false;

  constructor(search: FilteredSearch, vectors: Pick<VectorStore, "searchAhead">) {
    this.#search = search;
    this.#vectors = vectors;
  }

  /**
   * Runs the search of one query vector, now or a moment later.
   *
   * @param still called before it, if it has waited; throws when what it needs has gone
   */
  run<T>(plan: SearchPlan, work: (plan: SearchPlan) => T | Promise<T>, still: () => void): T | Promise<T> {
    if (plan.vectors.length !== 1 || !isSharable(plan)) return work(plan);
    const alone = this.#arrives();
    if (alone) {
      this.#answering++;
      soonest(() => this.#answering--);
      return work(plan);
    }
    return new Promise<T>((resolve, reject) => {
      const run = (ready: SearchPlan): void => {
        try {
          still();
          resolve(work(ready));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ plan, dataVersion: plan.dataVersion(), run });
      this.#ofStretch++;
      if (this.#lately > 1) this.#begin(Math.min(this.#lately, BATCH));
      if (this.#waiting.length === 1) soon(() => this.#turn());
    });
  }

  /** Runs all that wait: what comes after them must find them done. */
  flush(): void {
    while (this.#waiting.length > 0) this.#batch();
  }

  /** Notes that a search has come. @returns whether it is the only one */
  #arrives(): boolean {
    if (!this.#inTurn) {
      this.#inTurn = true;
      this.#stretches = 0;
      soon(() => {
        this.#inTurn = false;
      });
    }
    if (!this.#inStretch) {
      this.#inStretch = true;
      this.#stretches++;
      this.#ofStretch = 0;
      afterAll(() => {
        this.#inStretch = false;
        if (this.#ofStretch > 1) this.#turn();
      });
    }
    return this.#lately < 2 && this.#answering === 0 && this.#stretches < 2 && this.#waiting.length === 0;
  }

  #turn(): void {
    if (this.#waiting.length === 0) return;
    this.#lately = this.#waiting.length;
    const slices = new Slices();
    do this.#batch();
    while (this.#waiting.length > 0 && !slices.over);
    if (this.#waiting.length > 0) soon(() => this.#turn());
  }

  #batch(): void {
    this.#begin(Math.min(this.#waiting.length, BATCH));
    const ahead = this.#ahead;
    const batch = this.#waiting.splice(0, this.#begun);
    this.#ahead = undefined;
    this.#begun = 0;
    for (const { plan, dataVersion, run } of batch) {
      run(ahead === undefined || plan.dataVersion() !== dataVersion ? plan : { ...plan, ahead });
    }
    ahead?.end();
  }

  /** Begins with those that wait, as many as make a batch. @param expected so many will there be */
  #begin(expected: number): void {
    const next = this.#waiting.slice(this.#begun, BATCH);
    this.#begun += next.length;
    const coming = next.flatMap(({ plan }) => this.#search.coming(plan, plan.vectors[0] as Uint8Array));
    if (coming.length === 0) return;
    const parts = Math.ceil((coming.length * expected) / next.length);
    if (this.#ahead !== undefined) this.#ahead.add(coming);
    else if (parts > 1) this.#ahead = new FoundAhead(coming, this.#vectors.searchAhead(coming, parts));
  }
}
