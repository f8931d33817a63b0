import type { CallLimits } from "../contract/call-limits.js";
import type { SearchHits } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import { bucketsOf, shownHits, withHits } from "./aggregation/buckets.js";
import type { SearchAggregation } from "./aggregation/search-aggregation.js";
import { runChain } from "./chain/chain.js";
import { HitColumns } from "./chain/hit-columns.js";
import { byScore } from "./chain/sort.js";
import { checkHits } from "./check-limits.js";
import { collectHits, type Presentation, type QueryHits } from "./collect-hits.js";
import type { GroupValues } from "./group-key.js";
import { groupedSearch } from "./grouping.js";
import type { Output } from "./output.js";
import { checkStillLoaded } from "./plan-search.js";
import { QueriesAhead } from "./queries-ahead.js";
import type { QueryContext } from "./query-context.js";
import { NO_HITS, pickHits, type RankedHits, skipHits } from "./ranked-hits.js";
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
    groupedBy: plan.aggregation === undefined ? grouping?.by.map(({ head }) => head) : undefined,
    levels: plan.aggregation?.map(({ shown: level }) => level),
    highlights,
    score: decimals === undefined ? finite : (score: number) => roundScore(finite(score), decimals),
  };
  const still = () => checkStillLoaded(plan);
  if (vectors.length === 1) {
    const one = (ready: SearchPlan) =>
      collectHits(ctx, { count: 1, hitsOf: (query) => hitsOf(ctx, ready, query) }, presentation, limits, still);
    return ctx.sideBySide.run(plan, one, still);
  }
  const ahead = new QueriesAhead(ctx, plan);
  const queries = {
    count: vectors.length,
    hitsOf: (query: number) => hitsOf(ctx, ahead.planFor(query), query),
    mayPause: (query: number) => ahead.mayPause(query),
  };
  const hits = collectHits(ctx, queries, presentation, limits, still);
  return hits instanceof Promise ? hits.finally(() => ahead.end()) : hits;
}

/** The hits of one query vector of a plan. */
export function hitsOf(ctx: QueryContext, plan: SearchPlan, query: number): QueryHits {
  const vector = plan.vectors[query] as QueryVector;
  const { table, grouping, stages } = plan;
  if (vector === null) return { hits: NO_HITS, groups: grouping && [], buckets: [] };
  if (grouping === undefined) {
    const best = runChain(table, stages.best, bestHits(ctx, plan, vector, plan.k));
    return { hits: runChain(table, stages.page, skipHits(best, plan.offset)), groups: undefined };
  }
  const found = groupedSearch(
    plan,
    grouping,
    (k) => bestHits(ctx, plan, vector, k),
    () => ctx.groupSizes.of(plan, grouping),
    ctx.deadline,
  );
  const page = runChain(table, stages.page, found.hits);
  if (plan.aggregation !== undefined) return inBuckets(table, plan.aggregation, page);
  if (page === found.hits) return found;
  const groups = new Map(found.hits.rowIds.map((rowId, i) => [rowId, found.groups[i] as GroupValues]));
  return { hits: page, groups: page.rowIds.map((rowId) => groups.get(rowId) as GroupValues) };
}

/** The hits that buckets show, and the buckets. */
function inBuckets(table: EntityTable, levels: SearchAggregation, hits: RankedHits): QueryHits {
  const buckets = bucketsOf(HitColumns.of(table, hits), levels);
  const positions = [...new Set(buckets.flatMap(shownHits))];
  const places = new Map(positions.map((position, place) => [position, place]));
  return {
    hits: pickHits(hits, positions),
    groups: undefined,
    buckets: withHits(buckets, (hit) => places.get(hit)),
  };
}

/** The best `k` of all partitions. */
function bestHits(ctx: QueryContext, plan: SearchPlan, vector: Uint8Array, k: number): RankedHits {
  const { table, metric, stages } = plan;
  if (stages.parts.length === 0) return ctx.search.run(plan, vector, k);
  const parts = plan.partitions.map((partition) =>
    runChain(table, stages.parts, ctx.search.run(inPartition(plan, partition), vector, k)),
  );
  return runChain(
    table,
    [
      { kind: "sort", keys: byScore(metric) },
      { kind: "limit", limit: k, offset: 0 },
    ],
    joined(parts),
  );
}

function inPartition(plan: SearchPlan, partition: LoadedPartition): SearchPlan {
  const selection = plan.selection && { ...plan.selection, partitions: [partition.id] };
  return { ...plan, partitions: [partition], selection };
}

function joined(parts: readonly RankedHits[]): RankedHits {
  return {
    rowIds: parts.flatMap(({ rowIds }) => rowIds),
    keys: parts.flatMap(({ keys }) => keys),
    scores: parts.flatMap(({ scores }) => scores),
    ...(parts[0]?.elements === undefined ? {} : { elements: parts.flatMap(({ elements }) => elements ?? []) }),
  };
}

const MAX_FLOAT = 3.4028234663852886e38;

/** Scores beyond the float32 range, which JSON could not say, are those at its end; a score that a chain has lost is 0. */
function finite(score: number): number {
  if (Number.isNaN(score)) return 0;
  return Math.min(Math.max(score, -MAX_FLOAT), MAX_FLOAT);
}
