import type { MetricType } from "../../model/collection.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import { closeness, normalised } from "./scores.js";

/** The hits of one sub-search for one query vector, best first. */
export interface RankedHits<Hit> {
  readonly metric: MetricType;
  readonly hits: readonly Hit[];
  readonly scores: readonly number[];
}

/** What a reranker makes of several lists: which hit, and its new score. Best first. */
export interface FusedHit<Hit> {
  readonly hit: Hit;
  readonly score: number;
}

/** Which way the fused list runs. */
export type FusedOrder = "descending" | "ascending";

export interface Fusion {
  /** Adds the share of one sub-search's hit. @param rank from 1 */
  readonly share: (list: number, metric: MetricType, score: number, rank: number) => number;
  /** What two shares of one entity make together; default: their sum. */
  readonly join?: (sum: number, share: number) => number;
  /** Divide by the number of sub-searches that found the entity. */
  readonly mean?: boolean;
  readonly order: FusedOrder;
}

export const DEFAULT_RRF_K = 60;

/** Reciprocal rank fusion: the sum of w / (k + rank). */
export function reciprocalRank(k: number, weights?: readonly number[]): Fusion {
  return {
    share: (list, _metric, _score, rank) => Math.fround((weights?.[list] ?? 1) / (k + rank)),
    order: "descending",
  };
}

/**
 * The weighted sum of scores.
 *
 * @param metrics of the sub-searches. Without `normalise`, when all of them are distances, the sum is a distance
 * too: the smallest is best, and a row that one sub-search did not return gets ahead. Callers should normalise.
 * @param grouping a grouped search always puts the largest first
 */
export function weightedSum(
  weights: readonly number[],
  normalise: boolean,
  metrics: readonly MetricType[],
  grouping = false,
): Fusion {
  const distances = metrics.filter(smallerIsNearer).length;
  const allDistances = distances === metrics.length;
  const value = (metric: MetricType, score: number): number => {
    if (normalise) return normalised(metric, score);
    return smallerIsNearer(metric) && !allDistances ? closeness(score) : score;
  };
  return {
    share: (list, metric, score) => Math.fround((weights[list] as number) * Math.fround(value(metric, score))),
    order: !normalise && allDistances && !grouping ? "ascending" : "descending",
  };
}

/**
 * Fuses the lists of the sub-searches by key, in float32, in the order of the sub-searches.
 *
 * @param identityOf what makes two hits the same entity
 * @param compare decides between equal scores
 */
export function fuse<Hit>(
  lists: readonly RankedHits<Hit>[],
  fusion: Fusion,
  identityOf: (hit: Hit) => unknown,
  compare: (a: Hit, b: Hit) => number,
): FusedHit<Hit>[] {
  const join = fusion.join ?? ((sum, share) => Math.fround(sum + share));
  const sums = new Map<unknown, { readonly hit: Hit; score: number; found: number }>();
  for (const [list, { metric, hits, scores }] of lists.entries()) {
    for (const [position, hit] of hits.entries()) {
      const share = fusion.share(list, metric, scores[position] as number, position + 1);
      const key = identityOf(hit);
      const known = sums.get(key);
      if (known === undefined) sums.set(key, { hit, score: share, found: 1 });
      else {
        known.score = join(known.score, share);
        known.found++;
      }
    }
  }
  if (fusion.mean === true) for (const sum of sums.values()) sum.score = Math.fround(sum.score / sum.found);
  const direction = fusion.order === "descending" ? -1 : 1;
  return [...sums.values()].sort((a, b) => direction * (a.score - b.score) || compare(a.hit, b.hit));
}
