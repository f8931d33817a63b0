import type { Deadline } from "../../values/deadline.js";
import { runChain } from "./chain/chain.js";
import { type GroupValues, groupIdentity, groupsOf } from "./group-key.js";
import type { SizeByGroup } from "./group-sizes.js";
import { NO_HITS, pickHits, type RankedHits } from "./ranked-hits.js";
import { type Grouping, liveRows, type SearchPlan } from "./search-plan.js";

/** Hits group by group, groups by their best hit, within a group best first. */
export interface GroupedHits {
  readonly hits: RankedHits;
  /** The group of each hit. */
  readonly groups: readonly GroupValues[];
}

/**
 * The best hits of the best groups, out of a ranked list that grows until it is enough. The plan's `k` and `offset`
 * count groups.
 *
 * @param search the best `k` hits; fewer than `k` means there are no more
 * @param sizesOf how large the groups are, where that is known; asked when the first hits are not enough
 * @param deadline looked at before each round
 */
export function groupedSearch(
  plan: SearchPlan,
  grouping: Grouping,
  search: (k: number) => RankedHits,
  sizesOf: () => SizeByGroup | undefined,
  deadline: Deadline,
): GroupedHits {
  const total = liveRows(plan);
  if (total === 0) return { hits: NO_HITS, groups: [] };
  const { within = Number.POSITIVE_INFINITY } = grouping;
  for (let k = Math.max(64, plan.k * grouping.size * 4); ; k *= 4) {
    deadline.check();
    const hits = search(Math.min(k, total));
    const complete = hits.rowIds.length < k || k >= total;
    const values = groupsOf(plan.table, grouping.by, hits.rowIds);
    const identities = values.map(groupIdentity);
    const groups = positionsByGroup(identities, plan.k, grouping.size);
    const isEnough = (sizes?: SizeByGroup) => {
      const full = (positions: readonly number[]) => {
        const there = sizes?.get(identities[positions[0] as number] ?? null) ?? grouping.size;
        return positions.length >= Math.min(grouping.size, there);
      };
      if (groups.length < Math.min(plan.k, sizes?.size ?? plan.k)) return false;
      return !grouping.strict || k >= within || groups.every(full);
    };
    if (!complete && !isEnough() && !isEnough(sizesOf())) continue;
    const positions = arranged(plan, hits, groups).slice(plan.offset).flat();
    return { hits: pickHits(hits, positions), groups: positions.map((i) => values[i] as GroupValues) };
  }
}

/** Groups, as positions of hits, in the order of their first hits. */
function arranged(plan: SearchPlan, hits: RankedHits, groups: readonly (readonly number[])[]): (readonly number[])[] {
  const firsts = groups.map(([first]) => first as number);
  const byFirst = new Map(groups.map((group, i) => [hits.rowIds[firsts[i] as number], group]));
  const sorted = runChain(plan.table, plan.stages.best, pickHits(hits, firsts));
  return sorted.rowIds.map((rowId) => byFirst.get(rowId) as readonly number[]);
}

/** Positions of ranked hits by group: at most `most` groups, at most `size` hits each. */
function positionsByGroup(values: readonly unknown[], most: number, size: number): number[][] {
  const groups = new Map<unknown, number[]>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const group = groups.get(value);
    if (group === undefined) {
      if (groups.size < most) groups.set(value, [i]);
    } else if (group.length < size) group.push(i);
  }
  return [...groups.values()];
}
