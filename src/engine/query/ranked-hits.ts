import { compareText } from "../../values/text-order.js";
import type { MetricType } from "../model/collection.js";
import { smallerIsNearer } from "../model/types/metrics.js";

/** A primary key as results show it. */
export type HitKey = number | bigint | string;

/** The hits of one query vector, best first, ties by ascending primary key: parallel arrays. */
export interface RankedHits {
  readonly rowIds: readonly number[];
  readonly keys: readonly HitKey[];
  /** In the metric's own orientation, float32 values; NaN where a chain has lost the score. */
  readonly scores: readonly number[];
  /** Which element of the row, where single elements are found; a row may come several times. */
  readonly elements?: readonly number[];
}

export const NO_HITS: RankedHits = { rowIds: [], keys: [], scores: [] };

/** The hits behind the first `offset`. */
export function skipHits(hits: RankedHits, offset: number): RankedHits {
  if (offset === 0) return hits;
  return {
    rowIds: hits.rowIds.slice(offset),
    keys: hits.keys.slice(offset),
    scores: hits.scores.slice(offset),
    ...(hits.elements === undefined ? {} : { elements: hits.elements.slice(offset) }),
  };
}

/** The hits at some positions, in their order. */
export function pickHits(hits: RankedHits, positions: readonly number[]): RankedHits {
  return {
    rowIds: positions.map((i) => hits.rowIds[i] as number),
    keys: positions.map((i) => hits.keys[i] as HitKey),
    scores: positions.map((i) => hits.scores[i] as number),
    ...pickElements(hits, positions),
  };
}

/** The elements at some positions, where there are any. */
export function pickElements(
  { elements }: { readonly elements?: readonly number[] | undefined },
  positions: readonly number[],
): { readonly elements?: number[] } {
  return elements === undefined ? {} : { elements: positions.map((i) => elements[i] as number) };
}

/** Negative when score `a` is better than `b`. */
export function compareScores(metric: MetricType, a: number, b: number): number {
  return smallerIsNearer(metric) ? a - b : b - a;
}

/** Ascending primary keys; strings by code points, as SQLite and Milvus order them. */
export function compareKeys(a: HitKey, b: HitKey): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
