import { compareText } from "../../../values/text-order.js";
import type { StoredValue } from "../../contract/column.js";
import type { MetricType } from "../../model/collection.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import { compareKeys } from "../ranked-hits.js";
import { type ColumnSource, type HitColumns, KEY_COLUMN, SCORE_COLUMN } from "./hit-columns.js";

/** What hits are sorted by. */
export interface SortKey {
  readonly by: ColumnSource;
  /** The values are JSON texts. */
  readonly json?: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Ascending primary keys: between hits of which nothing else says which is better. */
export const BY_KEY: SortKey = { by: KEY_COLUMN, descending: false, nullsFirst: false };

/** Best score first, ties by primary key. */
export function byScore(metric: MetricType): readonly SortKey[] {
  return [{ by: SCORE_COLUMN, descending: !smallerIsNearer(metric), nullsFirst: false }, BY_KEY];
}

/** Positions of hits, sorted by the first key, where that is equal by the second, and so on; equal hits keep their order. */
export function sortedPositions(hits: HitColumns, keys: readonly SortKey[]): number[] {
  const columns = keys.map((key) => ({ key, values: hits.column(key.by) }));
  return Array.from(hits.rowIds.keys()).sort((a, b) => {
    for (const { key, values } of columns) {
      const compared = compareValues(key, values[a] ?? null, values[b] ?? null);
      if (compared !== 0) return compared;
    }
    return a - b;
  });
}

function compareValues({ json, descending, nullsFirst }: SortKey, a: StoredValue, b: StoredValue): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
  const compared = json === true ? compareJson(a as string, b as string) : compareKeys(a, b);
  return descending ? -compared : compared;
}

/** Numbers as such, texts by their bytes, false before true; what is of two kinds, and lists and objects, by the JSON itself. */
function compareJson(a: string, b: string): number {
  const [x, y]: unknown[] = [JSON.parse(a), JSON.parse(b)];
  if (typeof x === typeof y && typeof x !== "object") {
    return compareKeys(x as number | string, y as number | string);
  }
  return compareText(a, b);
}
