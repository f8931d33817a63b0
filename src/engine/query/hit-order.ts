import { compareText } from "../../values/text-order.js";
import type { StoredValue } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { GroupKey } from "./group-key.js";
import { compareKeys, pickHits, type RankedHits } from "./ranked-hits.js";

/** What the page of hits that a search found is sorted by, the first one first; equal hits stay in order of their score. */
export type HitOrder = readonly HitOrderItem[];

export interface HitOrderItem {
  readonly by: GroupKey;
  /** The values are JSON texts. */
  readonly json: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Positions of rows, sorted. @param rowIds best hit first */
function sortedPositions(table: EntityTable, order: HitOrder, rowIds: readonly number[]): number[] {
  const columns = order.map((item) => ({ item, values: item.by.valuesOf(table, rowIds) }));
  return Array.from(rowIds.keys()).sort((a, b) => {
    for (const { item, values } of columns) {
      const compared = compareValues(item, values[a] ?? null, values[b] ?? null);
      if (compared !== 0) return compared;
    }
    return a - b;
  });
}

/** The hits in another order. */
export function sortedHits(table: EntityTable, order: HitOrder, hits: RankedHits): RankedHits {
  return pickHits(hits, sortedPositions(table, order, hits.rowIds));
}

/** Groups, as positions of hits, sorted by their first hits. */
export function sortedGroups(
  table: EntityTable,
  order: HitOrder,
  hits: RankedHits,
  groups: readonly (readonly number[])[],
): (readonly number[])[] {
  const firsts = groups.map(([first]) => hits.rowIds[first as number] as number);
  return sortedPositions(table, order, firsts).map((i) => groups[i] as readonly number[]);
}

function compareValues({ json, descending, nullsFirst }: HitOrderItem, a: StoredValue, b: StoredValue): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
  const compared = json ? compareJson(a as string, b as string) : compareKeys(a, b);
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
