import { compareText } from "../../values/text-order.js";
import type { MetricType } from "../model/collection.js";

/** A primary key as results show it. */
export type HitKey = number | bigint | string;

export interface Hit {
  readonly rowId: number;
  readonly key: HitKey;
  readonly score: number;
}

/** Negative when score `a` is better than `b`. */
export function compareScores(metric: MetricType, a: number, b: number): number {
  return metric === "L2" ? a - b : b - a;
}

/** Ascending primary keys; strings by code points, as SQLite and Milvus order them. */
export function compareKeys(a: HitKey, b: HitKey): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
