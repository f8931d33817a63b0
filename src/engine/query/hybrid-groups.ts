import type { FusedHit } from "./rerank/fuse.js";

/** What stands for a group: its best score, the sum or the average of those that are kept. */
export type GroupScorer = "max" | "sum" | "avg";

/**
 * Groups of fused hits, best group first; ties: the larger group, then the one that comes first.
 *
 * @param size hits that are kept of each group, the best ones
 */
export function rankGroups<Hit, Value>(
  fused: readonly FusedHit<Hit>[],
  groupOf: (hit: Hit) => Value,
  size: number,
  scorer: GroupScorer,
): FusedHit<Hit>[][] {
  const groups = new Map<Value, FusedHit<Hit>[]>();
  for (const one of fused) {
    const value = groupOf(one.hit);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [one]);
    else if (group.length < size) group.push(one);
  }
  return [...groups.values()]
    .map((group) => ({ group, score: groupScore(group, scorer) }))
    .sort((a, b) => b.score - a.score || b.group.length - a.group.length)
    .map(({ group }) => group);
}

function groupScore(group: readonly FusedHit<unknown>[], scorer: GroupScorer): number {
  const sum = group.reduce((total, { score }) => Math.fround(total + score), 0);
  if (scorer === "sum") return sum;
  if (scorer === "avg") return Math.fround(sum / group.length);
  // As on the server, the largest begins at 0: groups of negative scores are all alike.
  return group.reduce((largest, { score }) => Math.max(largest, score), 0);
}
