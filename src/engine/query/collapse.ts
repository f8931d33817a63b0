import type { MetricType } from "../model/collection.js";
import { smallerIsNearer } from "../model/types/metrics.js";
import type { QueryHits } from "./collect-hits.js";
import type { GroupValues } from "./group-key.js";
import { compareKeys, compareScores, type HitKey, pickHits } from "./ranked-hits.js";

/** What the score of a row is made of where several of its elements were found. */
export interface Collapse {
  readonly by: "max" | "sum" | "avg";
  /** Of the best ones only. */
  readonly most: number;
}

/** Hits that are rows, out of hits that are elements of rows: best first, ties by primary key. */
export function collapsed({ by, most }: Collapse, metric: MetricType, { hits, groups }: QueryHits): QueryHits {
  const scoresOf = new Map<number, number[]>();
  const firsts: number[] = [];
  for (const [i, rowId] of hits.rowIds.entries()) {
    const known = scoresOf.get(rowId);
    if (known !== undefined) known.push(hits.scores[i] as number);
    else {
      scoresOf.set(rowId, [hits.scores[i] as number]);
      firsts.push(i);
    }
  }
  const { rowIds, keys } = pickHits(hits, firsts);
  const scores = rowIds.map((rowId) => combined(by, scoresOf.get(rowId)?.slice(0, most) ?? [], metric));
  const order = Array.from(rowIds.keys()).sort(
    (a, b) =>
      compareScores(metric, scores[a] as number, scores[b] as number) ||
      compareKeys(keys[a] as HitKey, keys[b] as HitKey),
  );
  return {
    hits: pickHits({ rowIds, keys, scores }, order),
    groups: groups && order.map((i) => groups[firsts[i] as number] as GroupValues),
  };
}

/** @param scores best first */
function combined(by: Collapse["by"], scores: readonly number[], metric: MetricType): number {
  if (by === "max") return smallerIsNearer(metric) ? Math.min(...scores) : Math.max(...scores);
  const sum = scores.reduce((total, score) => Math.fround(total + score), 0);
  return by === "sum" ? sum : Math.fround(sum / scores.length);
}
