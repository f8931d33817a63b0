import type { Metric } from "../model/types/field-type.js";
import { smallerIsNearer } from "../model/types/metrics.js";
import type { SegmentHits } from "./contract.js";

/** Distances between `low` and `high`, both inclusive, in the kernel's orientation (smaller is nearer). */
export interface DistanceRange {
  readonly low: number;
  readonly high: number;
}

/** The distance that a score stands for: similarities turn their sign. */
export function distanceOfScore(metric: Metric, score: number): number {
  return Math.fround(smallerIsNearer(metric) ? score : -score);
}

/** The bounds of a range search as an interval of distances; undefined when there are none. */
export function rangeOf(metric: Metric, radius?: number, rangeFilter?: number): DistanceRange | undefined {
  if (radius === undefined && rangeFilter === undefined) return undefined;
  return {
    low: rangeFilter === undefined ? Number.NEGATIVE_INFINITY : distanceOfScore(metric, rangeFilter),
    high: radius === undefined ? Number.POSITIVE_INFINITY : nextDown(distanceOfScore(metric, radius)),
  };
}

/** Merges two lists, best first, ties by row id; every row id of `a` is below those of `b`. */
export function mergeHits(a: SegmentHits, b: SegmentHits, k: number, ascending: boolean): SegmentHits {
  const n = Math.min(k, a.rowIds.length + b.rowIds.length);
  const rowIds: number[] = [];
  const scores: number[] = [];
  for (let i = 0, x = 0, y = 0; i < n; i++) {
    const left = x < a.rowIds.length ? a.scores[x]! : undefined;
    const right = y < b.rowIds.length ? b.scores[y]! : undefined;
    const first = right === undefined || (left !== undefined && (ascending ? left <= right : left >= right));
    rowIds.push(first ? a.rowIds[x]! : b.rowIds[y]!);
    scores.push(first ? a.scores[x++]! : b.scores[y++]!);
  }
  return { rowIds, scores };
}

const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The largest float32 below `x` (a float32, not NaN). */
export function nextDown(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  if (x === 0) return -1.401298464324817e-45;
  value[0] = x;
  bits[0] = bits[0]! + (x > 0 ? -1 : 1);
  return value[0]!;
}
