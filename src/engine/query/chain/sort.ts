import { compareText } from "../../../values/text-order.js";
import type { MetricType } from "../../model/collection.js";
import type { StoredScalar } from "../../model/types/field-type.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import { compareValues, type SortDirection } from "../compare-values.js";
import { compareKeys } from "../ranked-hits.js";
import { type ColumnSource, type HitColumns, KEY_COLUMN, SCORE_COLUMN } from "./hit-columns.js";

/** What hits are sorted by. */
export interface SortKey extends SortDirection {
  readonly by: ColumnSource;
  /** The values are JSON texts. */
  readonly json?: boolean;
}

/** Ascending primary keys: between hits of which nothing else says which is better. */
export const BY_KEY: SortKey = { by: KEY_COLUMN, descending: false, nullsFirst: false };

/** Best score first, ties by primary key. */
export function byScore(metric: MetricType): readonly SortKey[] {
  return [{ by: SCORE_COLUMN, descending: !smallerIsNearer(metric), nullsFirst: false }, BY_KEY];
}

/** Positions of hits, sorted by the first key, where that is equal by the second, and so on; equal hits keep their order. */
export function sortedPositions(hits: HitColumns, keys: readonly SortKey[]): number[] {
  const columns = keys.map((key) => ({
    key,
    values: hits.column(key.by),
    compare: key.json === true ? compareJson : compareKeys,
  }));
  return Array.from(hits.rowIds.keys()).sort((a, b) => {
    for (const { key, values, compare } of columns) {
      const compared = compareValues(key, values[a] ?? null, values[b] ?? null, compare);
      if (compared !== 0) return compared;
    }
    return a - b;
  });
}

/** Numbers as such, texts by their bytes, false before true; what is of two kinds, and lists and objects, by the JSON itself. */
function compareJson(a: StoredScalar, b: StoredScalar): number {
  const [x, y]: unknown[] = [JSON.parse(a as string), JSON.parse(b as string)];
  if (typeof x === typeof y && typeof x !== "object") {
    return compareKeys(x as number | string, y as number | string);
  }
  return compareText(a as string, b as string);
}
