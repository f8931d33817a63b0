import type { CallLimits } from "../contract/call-limits.js";
import type { SearchHits } from "../contract/column.js";
import type { MetricType } from "../model/collection.js";
import { type Chain, runChain } from "./chain/chain.js";
import { combined, decayed } from "./chain/expressions.js";
import { SCORE_COLUMN } from "./chain/hit-columns.js";
import { BY_KEY } from "./chain/sort.js";
import { checkHits } from "./check-limits.js";
import { type Collapse, collapsed } from "./collapse.js";
import { collectHits, type QueryHits } from "./collect-hits.js";
import { fieldKey, type GroupValues, groupIdentity } from "./group-key.js";
import { type GroupScorer, rankGroups } from "./hybrid-groups.js";
import type { Output } from "./output.js";
import { checkStillLoaded } from "./plan-search.js";
import type { QueryContext } from "./query-context.js";
import { compareKeys, compareScores, type HitKey, pickHits, type RankedHits } from "./ranked-hits.js";
import { type FusedHit, fuse } from "./rerank/fuse.js";
import { rankedByModel } from "./rerank/model-rerank.js";
import { type DecayRanker, fusionOf, type ModelRanker, type Ranker } from "./rerank/ranker.js";
import { roundFusedScore } from "./rerank/scores.js";
import { hitsOf, type Shown } from "./search.js";
import { liveRows, type SearchPlan } from "./search-plan.js";

/** What becomes of the hits of several searches over one collection. */
export interface HybridPlan extends Shown {
  /** All have as many query vectors, and the same grouping. */
  readonly searches: readonly [SearchPlan, ...SearchPlan[]];
  /** How elements that a search finds become rows; undefined where it finds rows, or where elements stay what they are. */
  readonly collapses: readonly (Collapse | undefined)[];
  readonly ranker: Ranker;
  /** Hits (groups) that are shown per query, and left out in front. */
  readonly limit: number;
  readonly offset: number;
  readonly output: Output;
  readonly groupScorer: GroupScorer;
}

/**
 * Runs the searches query by query and ranks what they find together.
 *
 * @throws ReplyTooLarge, Timeout, CollectionNotLoaded when it was released meanwhile
 */
export function runHybrid(ctx: QueryContext, plan: HybridPlan, limits: CallLimits): SearchHits | Promise<SearchHits> {
  const { searches, output, decimals } = plan;
  const [first] = searches;
  const queries = first.vectors.length;
  for (const search of searches) {
    checkHits(queries, search.k * (search.grouping?.size ?? 1), liveRows(search), output, limits);
  }
  const presentation = {
    collection: first.collection,
    table: first.table,
    output,
    groupedBy: first.grouping?.by.map(({ head }) => head),
    highlights: plan.highlights,
    score: decimals === undefined ? (score: number) => score : (score: number) => roundFusedScore(score, decimals),
  };
  return collectHits(
    ctx,
    { count: queries, hitsOf: (query) => ranked(ctx, plan, query, limits) },
    presentation,
    limits,
    () => {
      for (const search of searches) checkStillLoaded(search);
    },
  );
}

interface FoundRow {
  readonly rowId: number;
  readonly key: HitKey;
  /** Which element of the row, where single elements are found. */
  readonly element: number | undefined;
  readonly group: GroupValues | undefined;
}

/** What makes two hits the same. */
function identityOf({ key, element }: FoundRow): HitKey {
  return element === undefined ? key : `${key} ${element}`;
}

function compareFound(a: FoundRow, b: FoundRow): number {
  return compareKeys(a.key, b.key) || (a.element ?? 0) - (b.element ?? 0);
}

function ranked(
  ctx: QueryContext,
  plan: HybridPlan,
  query: number,
  limits: CallLimits,
): QueryHits | Promise<QueryHits> {
  const { searches, collapses, ranker } = plan;
  const found = searches.map((search, s) => {
    const hits = hitsOf(ctx, search, query);
    const collapse = collapses[s];
    return collapse === undefined ? hits : collapsed(collapse, search.metric, hits);
  });
  if (ranker.kind !== "model") return fusedHits(plan, ranker, found);
  const lists = found.map(({ hits }) => hits);
  return rankedByModel(ctx, searches[0], ranker, query, lists, plan, limits);
}

function fusedHits(plan: HybridPlan, ranker: Exclude<Ranker, ModelRanker>, all: readonly QueryHits[]): QueryHits {
  const { searches, limit, offset, groupScorer } = plan;
  const { grouping } = searches[0];
  const lists = searches.map((search, s) => {
    const { hits, groups } = byScore(all[s] as QueryHits, search.metric);
    const found = hits.rowIds.map(
      (rowId, i): FoundRow => ({
        rowId,
        key: hits.keys[i] as HitKey,
        element: hits.elements?.[i],
        group: groups?.[i],
      }),
    );
    return { metric: search.metric, hits: found, scores: hits.scores };
  });
  const fusion = fusionOf(
    ranker,
    searches.map((search) => search.metric),
    grouping !== undefined,
  );
  let fused = fuse(lists, fusion, identityOf, compareFound);
  if (ranker.kind === "decay") fused = chained(searches[0], fading(ranker), fused);
  if (grouping === undefined) return { hits: asRanked(fused.slice(offset, offset + limit)), groups: undefined };
  const groups = rankGroups(fused, (row) => groupIdentity(row.group as GroupValues), grouping.size, groupScorer);
  const shown = groups.slice(offset, offset + limit).flat();
  return { hits: asRanked(shown), groups: shown.map(({ hit }) => hit.group as GroupValues) };
}

/** A rank is that among all hits of a search, also where they come group by group. */
function byScore({ hits, groups }: QueryHits, metric: MetricType): QueryHits {
  if (groups === undefined) return { hits, groups };
  const { scores, keys } = hits;
  const order = Array.from(scores.keys()).sort(
    (a, b) =>
      compareScores(metric, scores[a] as number, scores[b] as number) ||
      compareKeys(keys[a] as HitKey, keys[b] as HitKey),
  );
  return { hits: pickHits(hits, order), groups: order.map((i) => groups[i] as GroupValues) };
}

/** Scores times how near the field's value is, best first. */
function fading({ decay, field }: DecayRanker): Chain {
  return [
    { kind: "map", output: "factor", inputs: [fieldKey(field)], compute: decayed(decay) },
    { kind: "map", output: SCORE_COLUMN, inputs: [SCORE_COLUMN, "factor"], compute: combined("multiply") },
    { kind: "sort", keys: [{ by: SCORE_COLUMN, descending: true, nullsFirst: false }, BY_KEY] },
  ];
}

/** What was fused, after a chain. */
function chained(plan: SearchPlan, chain: Chain, fused: readonly FusedHit<FoundRow>[]): FusedHit<FoundRow>[] {
  const rows = new Map(fused.map(({ hit }) => [identityOf(hit), hit]));
  const { rowIds, keys, scores, elements } = runChain(plan.table, chain, asRanked(fused));
  return rowIds.map((rowId, i) => {
    const found = { rowId, key: keys[i] as HitKey, element: elements?.[i], group: undefined };
    return { hit: rows.get(identityOf(found)) as FoundRow, score: scores[i] as number };
  });
}

function asRanked(hits: readonly FusedHit<FoundRow>[]): RankedHits {
  return {
    rowIds: hits.map(({ hit }) => hit.rowId),
    keys: hits.map(({ hit }) => hit.key),
    scores: hits.map(({ score }) => score),
    ...(hits[0]?.hit.element === undefined ? {} : { elements: hits.map(({ hit }) => hit.element as number) }),
  };
}
