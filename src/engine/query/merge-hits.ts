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

function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // UTF-16 puts surrogate pairs below U+E000..U+FFFF; by code point they are above.
    const xHigh = x >= 0xd800 && x <= 0xdfff;
    const yHigh = y >= 0xd800 && y <= 0xdfff;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}
