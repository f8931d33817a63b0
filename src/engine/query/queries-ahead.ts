import { elapsed } from "../../values/clock.js";
import { FoundAhead } from "./found-ahead.js";
import type { QueryContext } from "./query-context.js";
import type { SearchPlan } from "./search-plan.js";

/** How long the queries of one piece should take: the event loop is held for that much longer at most. */
const PIECE_MS = 2;
const FIRST_PIECE = 4;
const LARGEST_PIECE = 256;

/**
 * The query vectors of one plan, whose searches are begun piece by piece, so that several threads share them. What has been
 * found before a write is not used after it.
 */
export class QueriesAhead {
  readonly #ctx: QueryContext;
  readonly #plan: SearchPlan;
  #length = FIRST_PIECE;
  #from = 0;
  #to = 0;
  #begun = 0;
  #version = 0;
  #piece: SearchPlan;

  constructor(ctx: QueryContext, plan: SearchPlan) {
    this.#ctx = ctx;
    this.#plan = plan;
    this.#piece = plan;
  }

  /** Nothing has been begun that would be lost by a pause before this query. */
  mayPause(query: number): boolean {
    return query >= this.#to;
  }

  /** The plan with what has been begun of a query; queries are asked for one after the other. */
  planFor(query: number): SearchPlan {
    const version = this.#plan.dataVersion();
    if (query < this.#from || query >= this.#to || version !== this.#version) {
      if (query >= this.#to && this.#to > this.#from) this.#fit(elapsed() - this.#begun);
      this.#begin(query, version);
    }
    return this.#piece;
  }

  end(): void {
    this.#piece.ahead?.end();
  }

  /** @param took the time of the last piece */
  #fit(took: number): void {
    if (took < PIECE_MS / 2) this.#length = Math.min(this.#length * 2, LARGEST_PIECE);
    else if (took > PIECE_MS) this.#length = Math.max(this.#length >> 1, 2);
  }

  #begin(query: number, version: number): void {
    this.end();
    const { vectors } = this.#plan;
    this.#from = query;
    this.#to = Math.min(query + this.#length, vectors.length);
    this.#begun = elapsed();
    this.#version = version;
    const coming = vectors
      .slice(this.#from, this.#to)
      .flatMap((vector) => (vector === null ? [] : this.#ctx.search.coming(this.#plan, vector)));
    // The first query of a new filter finds its rows; the others wait for that.
    if (coming.length === 0) this.#to = query + 1;
    const ahead = coming.length < 2 ? undefined : new FoundAhead(coming, this.#ctx.vectors.searchAhead(coming));
    this.#piece = ahead === undefined ? this.#plan : { ...this.#plan, ahead };
  }
}
