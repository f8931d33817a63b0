import type { CallLimits } from "../contract/call-limits.js";
import type { SearchHits } from "../contract/column.js";
import { checkHits } from "./check-limits.js";
import { collectHits, type Presentation, type QueryHits } from "./collect-hits.js";
import { groupedSearch } from "./grouping.js";
import { sortedHits } from "./hit-order.js";
import type { Output } from "./output.js";
import { checkStillLoaded } from "./plan-search.js";
import type { QueryContext } from "./query-context.js";
import { NO_HITS, type RankedHits, skipHits } from "./ranked-hits.js";
import { boosted } from "./rerank/boost.js";
import { roundScore } from "./round-score.js";
import { liveRows, type QueryVector, type SearchPlan } from "./search-plan.js";

/** How the hits of a search are shown, beside their fields. */
export interface Shown {
  /** Of the scores; undefined: all. */
  readonly decimals: number | undefined;
  readonly highlights: Presentation["highlights"];
}

/**
 * Runs a plan for all of its query vectors.
 *
 * @throws ReplyTooLarge, Timeout, CollectionNotLoaded when it was released meanwhile
 */
export function runSearch(
  ctx: QueryContext,
  plan: SearchPlan,
  output: Output,
  shown: Shown,
  limits: CallLimits,
): SearchHits | Promise<SearchHits> {
  const { grouping, vectors } = plan;
  const { decimals, highlights } = shown;
  checkHits(vectors.length, plan.k * (grouping?.size ?? 1), liveRows(plan), output, limits);
  const presentation = {
    collection: plan.collection,
    table: plan.table,
    output,
    groupedBy: grouping?.by.head,
    highlights,
    score: decimals === undefined ? finite : (score: number) => roundScore(finite(score), decimals),
  };
  return collectHits(
    ctx,
    vectors.length,
    (query) => hitsOf(ctx, plan, query),
    presentation,
    limits,
    () => checkStillLoaded(plan),
  );
}

/** The hits of one query vector of a plan. */
export function hitsOf(ctx: QueryContext, plan: SearchPlan, query: number): QueryHits {
  const vector = plan.vectors[query] as QueryVector;
  if (vector === null) return { hits: NO_HITS, groups: plan.grouping && [] };
  if (plan.grouping === undefined) {
    const found = ctx.search.run(plan, vector);
    return { hits: skipHits(arranged(plan, found), plan.offset), groups: undefined };
  }
  const { hits, values } = groupedSearch(plan, plan.grouping, (k) => ctx.search.run(plan, vector, k), ctx.deadline);
  return { hits, groups: values };
}

/** What was found, in the order in which it is shown. */
function arranged({ table, metric, boosting, order }: SearchPlan, found: RankedHits): RankedHits {
  if (boosting !== undefined) return boosted(table, metric, boosting, found);
  return order === undefined ? found : sortedHits(table, order, found);
}

const MAX_FLOAT = 3.4028234663852886e38;

/** Vectors near the end of the float32 range have scores beyond it, which JSON could not say. */
function finite(score: number): number {
  return Math.min(Math.max(score, -MAX_FLOAT), MAX_FLOAT);
}
