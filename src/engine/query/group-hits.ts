import type { Hit } from "./merge-hits.js";

export interface Grouping {
  /** Groups wanted, best first. */
  readonly groups: number;
  /** Hits per group. */
  readonly size: number;
  /** Go on until every group is full. */
  readonly strict: boolean;
}

/**
 * The best hits of the best groups, out of a ranked list that grows until it is enough.
 * @param search the best `k` hits, best first; fewer than `k` means there are no more
 * @param valuesOf group value of each row id
 */
export function groupHits(
  grouping: Grouping,
  search: (k: number) => readonly Hit[],
  valuesOf: (rowIds: readonly number[]) => ReadonlyMap<number, unknown>,
  total: number,
): Hit[] {
  const wanted = grouping.groups * grouping.size;
  for (let k = Math.max(64, wanted * 4); ; k *= 4) {
    const hits = search(Math.min(k, total));
    const complete = hits.length < k || k >= total;
    const values = valuesOf(hits.map((h) => h.rowId));
    const groups = new Map<string, Hit[]>();
    for (const hit of hits) {
      const value = values.get(hit.rowId);
      const key = `${typeof value} ${String(value)}`;
      const group = groups.get(key);
      if (group === undefined) {
        if (groups.size < grouping.groups) groups.set(key, [hit]);
      } else if (group.length < grouping.size) group.push(hit);
    }
    const enough =
      groups.size === grouping.groups &&
      (!grouping.strict || [...groups.values()].every((g) => g.length === grouping.size));
    if (!complete && !enough) continue;
    const kept = new Set([...groups.values()].flat());
    return hits.filter((hit) => kept.has(hit));
  }
}
