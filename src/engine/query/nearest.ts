import type { EntityTable } from "../entities/entity-table.js";
import { fetchKeys, verifyRowIds } from "../entities/read-rows.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import type { ComingSearch, PreparedFilter, SegmentHits, SegmentSearch, VectorSegment } from "../vector/contract.js";
import {
  compareKeys,
  compareScores,
  type HitKey,
  NO_HITS,
  pickElements,
  pickHits,
  type RankedHits,
} from "./ranked-hits.js";
import type { SearchPlan } from "./search-plan.js";

/** One segment that a search looks at, and the rows of it that may be hits. */
export interface Target {
  readonly segment: VectorSegment;
  readonly partition: LoadedPartition;
  filter: PreparedFilter | undefined;
}

/** Rows and scores, best first, ties by row id: not yet known by their keys. The arrays are nobody else's. */
export interface Candidates {
  readonly rowIds: number[];
  readonly scores: number[];
  /** Which element of each row, where single elements are searched. */
  readonly elements?: number[] | undefined;
  /** Whose rows they are; one for all, or one each. */
  readonly owners: LoadedPartition | readonly LoadedPartition[];
}

/** The `k` best hits of all targets: ties by ascending primary key, complete where exact search would be. */
export function nearest(plan: SearchPlan, targets: readonly Target[], vector: Uint8Array, k: number): RankedHits {
  return settle(plan, targets, vector, k, gather(plan, targets, vector, withNext(k), plan.ef), false);
}

/** What `nearest` asks of a target. */
export function firstSearch(plan: SearchPlan, target: Target, vector: Uint8Array, k: number): ComingSearch {
  const { segment, filter } = target;
  return { segment, query: vector, request: segmentSearch(plan, withNext(k), plan.ef, filter) };
}

/** One more than wanted, to see whether a tie crosses the last place. */
function withNext(k: number): number {
  return k + 1;
}

/** The best `k` of all targets. */
export function gather(
  plan: SearchPlan,
  targets: readonly Target[],
  vector: Uint8Array,
  k: number,
  ef: number,
): Candidates {
  plan.notes?.looking(targets, segmentSearch(plan, k, ef, undefined));
  return joined(
    plan,
    targets.map((target) => hitsIn(plan, target, vector, k, ef)),
    targets,
    k,
  );
}

function hitsIn(plan: SearchPlan, { segment, filter }: Target, vector: Uint8Array, k: number, ef: number): SegmentHits {
  const request = segmentSearch(plan, k, ef, filter);
  return plan.ahead?.take(segment, vector, request) ?? segment.search(vector, request);
}

function segmentSearch(plan: SearchPlan, k: number, ef: number, filter: PreparedFilter | undefined): SegmentSearch {
  const plain = plan.radius === undefined && plan.averageLength === undefined && plan.exact !== true;
  if (filter === undefined && plain) return { k, ef };
  return {
    k,
    ef,
    ...(plan.exact === true ? { exact: true } : {}),
    ...(filter === undefined ? {} : { filter }),
    ...(plan.averageLength === undefined ? {} : { averageLength: plan.averageLength }),
    ...(plan.radius === undefined ? {} : { radius: plan.radius }),
    ...(plan.rangeFilter === undefined ? {} : { rangeFilter: plan.rangeFilter }),
  };
}

/** The best of what was found in each target. */
function joined(plan: SearchPlan, found: readonly SegmentHits[], targets: readonly Target[], k: number): Candidates {
  const [only] = found;
  if (found.length !== 1 || only === undefined) return merged(plan, found, targets, k);
  const { rowIds, scores, elements } = only;
  return { rowIds, scores, elements, owners: (targets[0] as Target).partition };
}

function merged(plan: SearchPlan, found: readonly SegmentHits[], targets: readonly Target[], k: number): Candidates {
  const all: {
    readonly rowId: number;
    readonly score: number;
    readonly element: number | undefined;
    readonly owner: LoadedPartition;
  }[] = [];
  for (let t = 0; t < found.length; t++) {
    const { rowIds, scores, elements } = found[t] as SegmentHits;
    const owner = (targets[t] as Target).partition;
    for (let i = 0; i < rowIds.length; i++) {
      all.push({ rowId: rowIds[i] as number, score: scores[i] as number, element: elements?.[i], owner });
    }
  }
  all.sort((a, b) => compareScores(plan.metric, a.score, b.score) || a.rowId - b.rowId);
  if (all.length > k) all.length = k;
  return {
    rowIds: all.map((one) => one.rowId),
    scores: all.map((one) => one.score),
    ...(found[0]?.elements === undefined ? {} : { elements: all.map((one) => one.element as number) }),
    owners: all.map((one) => one.owner),
  };
}

/**
 * Makes hits of candidates: settles ties by primary key, and where a tie crosses the last place, among all rows of that
 * score.
 *
 * @param verified the candidates are rows that SQL has confirmed, so that those of a tie must be, too
 */
export function settle(
  plan: SearchPlan,
  targets: readonly Target[],
  vector: Uint8Array,
  k: number,
  candidates: Candidates,
  verified: boolean,
): RankedHits {
  const { rowIds, scores } = candidates;
  if (rowIds.length === 0) return NO_HITS;
  const crosses = rowIds.length > k && scores[k] === scores[k - 1];
  if (crosses && !areInKeyOrder(targets))
    return inKeyOrder(plan, allAsGood(plan, targets, vector, scores[k - 1] as number, verified), k);
  if (rowIds.length > k) {
    rowIds.length = k;
    scores.length = k;
    if (candidates.elements !== undefined) candidates.elements.length = k;
  }
  return inKeyOrder(plan, candidates, k);
}

/** Whether ties come by ascending key already: a tie that crosses the last place has the right rows before it, then. */
function areInKeyOrder(targets: readonly Target[]): boolean {
  const [only] = targets;
  if (targets.length !== 1 || only?.segment.alwaysExact !== true) return false;
  return only.partition.keys.isAscending(only.segment.size);
}

/** All rows whose score is at least as good. */
function allAsGood(
  plan: SearchPlan,
  targets: readonly Target[],
  vector: Uint8Array,
  score: number,
  verified: boolean,
): Candidates {
  const all = joined(
    plan,
    targets.map(({ segment, filter }) => segment.within(vector, score, filter, plan.averageLength)),
    targets,
    Number.POSITIVE_INFINITY,
  );
  if (plan.rangeFilter === undefined && !verified) return all;
  // `within` knows no inner bound.
  const inner = plan.rangeFilter === undefined ? undefined : Math.fround(plan.rangeFilter);
  const valid = verified && plan.selection !== undefined ? confirm(plan, all.rowIds) : undefined;
  return pick(all, (rowId, itsScore) => {
    if (inner !== undefined && compareScores(plan.metric, itsScore, inner) < 0) return false;
    return valid === undefined || valid.has(rowId);
  });
}

/** Of some rows, those that the selection of a plan lets through. */
export function confirm(plan: SearchPlan, rowIds: readonly number[]): Set<number> {
  return plan.selection === undefined ? new Set(rowIds) : verifyRowIds(plan.table, plan.selection, rowIds);
}

/** Some of the candidates, in their order. */
export function pick(candidates: Candidates, wanted: (rowId: number, score: number) => boolean): Candidates {
  const { rowIds, scores } = candidates;
  const positions: number[] = [];
  for (let i = 0; i < rowIds.length; i++) if (wanted(rowIds[i] as number, scores[i] as number)) positions.push(i);
  return {
    rowIds: positions.map((i) => rowIds[i] as number),
    scores: positions.map((i) => scores[i] as number),
    ...pickElements(candidates, positions),
    owners: positions.map((i) => ownerOf(candidates, i)),
  };
}

function ownerOf({ owners }: Candidates, i: number): LoadedPartition {
  return isList(owners) ? (owners[i] as LoadedPartition) : owners;
}

function isList(owners: Candidates["owners"]): owners is readonly LoadedPartition[] {
  return Array.isArray(owners);
}

/** Candidates as hits, equal scores by ascending key, cut to `k`. */
function inKeyOrder(plan: SearchPlan, candidates: Candidates, k: number): RankedHits {
  const { rowIds, scores, elements } = candidates;
  const keys = keysOf(plan.table, candidates);
  const hits: RankedHits = elements === undefined ? { rowIds, keys, scores } : { rowIds, keys, scores, elements };
  const order = tiesByKey(scores, keys);
  if (order === undefined && rowIds.length <= k) return hits;
  return pickHits(hits, (order ?? rowIds.map((_, i) => i)).slice(0, k));
}

/** Positions of hits, equal scores by ascending key; undefined where they are in this order. @param scores best first */
function tiesByKey(scores: readonly number[], keys: readonly HitKey[]): readonly number[] | undefined {
  let order: number[] | undefined;
  const byKey = (a: number, b: number) => compareKeys(keys[a] as HitKey, keys[b] as HitKey);
  for (let from = 0; from < keys.length; ) {
    let end = from + 1;
    let ordered = true;
    for (; end < keys.length && scores[end] === scores[from]; end++) if (byKey(end - 1, end) > 0) ordered = false;
    if (!ordered) {
      order ??= keys.map((_, i) => i);
      for (const [i, position] of order.slice(from, end).sort(byKey).entries()) order[from + i] = position;
    }
    from = end;
  }
  return order;
}

/** Primary keys: most are in memory, the others come from SQLite. */
function keysOf(table: EntityTable, candidates: Candidates): HitKey[] {
  const { rowIds } = candidates;
  const keys: (HitKey | undefined)[] = [];
  let missing: number[] | undefined;
  for (let i = 0; i < rowIds.length; i++) {
    const rowId = rowIds[i] as number;
    const key = ownerOf(candidates, i).keys.find(rowId);
    keys.push(key);
    if (key !== undefined) continue;
    missing ??= [];
    missing.push(rowId);
  }
  if (missing !== undefined) {
    const fetched = fetchKeys(table, missing);
    for (let i = 0; i < keys.length; i++) keys[i] ??= fetched.get(rowIds[i] as number);
  }
  return keys as HitKey[];
}
