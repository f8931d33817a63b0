import { BoundedMap } from "../../values/bounded-map.js";
import type { EntityTable } from "../entities/entity-table.js";
import {
  type Condition,
  fetchKeys,
  type Selection,
  selectRowIds,
  selectRowIdsByPartition,
  verifyRowIds,
} from "../entities/read-rows.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import type { MetricType } from "../model/collection.js";
import type { PreparedFilter, SegmentHits, SegmentSearch, VectorSegment } from "../vector/contract.js";
import { compareKeys, compareScores, type Hit, type HitKey } from "./merge-hits.js";

/** Filters that leave at most this many rows are searched exactly over a list. */
const LIST_ROWS = 5000;
const LIST_SHARE = 0.05;
/** Candidates beyond which checking one by one in SQL is slower than bringing the whole list. */
const MAX_VERIFY = 2048;

/** Filters of late that are known when they come again. */
const SEEN_FILTERS = 64;

export interface VectorQuery {
  readonly collectionId: number;
  readonly fieldId: number;
  readonly metric: MetricType;
  readonly partitions: readonly LoadedPartition[];
  /** Hits wanted per query vector. */
  readonly k: number;
  readonly ef: number;
  readonly radius?: number;
  readonly rangeFilter?: number;
  /** Rows that may be hits; undefined: all. */
  readonly selection?: Selection;
  /** Names the selection: the same text selects the same rows while `dataVersion` stays. */
  readonly selectionKey?: string;
  readonly dataVersion: number;
  /** Rows are drawn at random: never remember them. */
  readonly volatile?: readonly number[];
}

interface Target {
  readonly segment: VectorSegment;
  readonly partition: LoadedPartition;
  filter?: PreparedFilter;
}

/**
 * Searches loaded partitions under a filter, by the way that fits the filter's selectivity:
 * few rows: their list is scanned exactly; many rows: the graph proposes and SQL verifies; a filter that comes again:
 * its rows are kept as a mask for the graph walk. Selectivity is guessed from earlier filters of the same form.
 */
export class FilteredSearch {
  /** Filters of late whose rows were not worth keeping then; few, else masks would be built in vain. */
  readonly #seen = new BoundedMap<string, number>({ entries: SEEN_FILTERS });
  readonly #selectivity = new BoundedMap<string, number>({ entries: 512 });

  /** The hits of a query vector: best first, ties by ascending primary key, complete where exact search would be. */
  run(table: EntityTable, query: VectorQuery, floats: Float32Array): Hit[] {
    const vector = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
    const targets: Target[] = [];
    for (const partition of query.partitions) {
      const segment = partition.segments.get(query.fieldId);
      if (segment !== undefined && segment.size > 0) targets.push({ segment, partition });
    }
    if (targets.length === 0) return [];
    if (query.selection !== undefined && !this.#prepareEarly(table, query, targets)) {
      return this.#verified(table, query, targets, vector);
    }
    return searchTargets(table, query, targets, vector);
  }

  /**
   * Gives the targets their row sets where that is the better way.
   * @returns false when candidates should be verified instead
   */
  #prepareEarly(table: EntityTable, query: VectorQuery, targets: Target[]): boolean {
    if (query.volatile !== undefined) {
      const rows = Float64Array.from(query.volatile);
      for (const target of targets) target.filter = target.segment.prepare(rows);
      return true;
    }
    const key = `${query.fieldId} ${targets.map((t) => t.partition.id).join(",")} ${query.selectionKey}`;
    // The loaded partitions keep the rows of their filters: they go when the partition goes.
    const selection = `${query.fieldId} ${query.selectionKey}`;
    const known = targets.map(({ partition }) => partition.filters.get(selection, query.dataVersion));
    if (!known.includes(undefined)) {
      for (let i = 0; i < targets.length; i++) (targets[i] as Target).filter = known[i] as PreparedFilter;
      return true;
    }
    const total = targets.reduce((sum, target) => sum + target.segment.size, 0);
    const form = formOf(query);
    const guess = this.#selectivity.get(form) ?? 0;
    const again = this.#seen.get(key) === query.dataVersion;
    const few = Math.min(LIST_ROWS, Math.max(Math.floor(total * LIST_SHARE), 64));
    const ranged = query.radius !== undefined;
    if (!again && !ranged && guess * total > few && total > few) {
      this.#seen.set(key, query.dataVersion);
      return false;
    }
    const bounded = !again && !ranged && targets.length === 1 && total > few;
    const rows = bounded ? selectRowIds(table, query.selection as Selection, few + 1) : undefined;
    if (rows !== undefined && rows.length > few) {
      this.#seen.set(key, query.dataVersion);
      this.#selectivity.set(form, Math.max(guess, (2 * few) / total));
      return false;
    }
    const count = prepareAll(table, query.selection as Selection, targets, rows);
    this.#selectivity.set(form, count / total);
    for (const { partition, filter } of targets) {
      partition.filters.set(selection, query.dataVersion, filter as PreparedFilter);
    }
    return true;
  }

  /** Asks the graph for more than is wanted and keeps what SQL confirms; widens until enough is confirmed. */
  #verified(table: EntityTable, query: VectorQuery, targets: Target[], vector: Uint8Array): Hit[] {
    const total = targets.reduce((sum, target) => sum + target.segment.size, 0);
    const wanted = query.k + 1;
    const form = formOf(query);
    const guess = Math.max(this.#selectivity.get(form) ?? 0.25, 0.01);
    let width = Math.ceil(Math.max(query.ef, (1.6 * wanted) / guess));
    while (width <= MAX_VERIFY && width < total / 2) {
      const candidates = gather(query, targets, vector, width, Math.max(width, query.ef));
      const confirmed = verifyRowIds(
        table,
        query.selection as Selection,
        candidates.map((c) => c.rowId),
      );
      const share = confirmed.size / Math.max(1, candidates.length);
      const before = this.#selectivity.get(form);
      this.#selectivity.set(form, before === undefined ? share : before * 0.75 + share * 0.25);
      if (confirmed.size >= wanted) {
        const kept = candidates.filter((c) => confirmed.has(c.rowId));
        return finish(table, query, targets, vector, kept, confirmed);
      }
      width = Math.ceil(width * Math.max(2, Math.min(8, (1.6 * wanted) / Math.max(1, confirmed.size))));
    }
    const count = prepareAll(table, query.selection as Selection, targets, undefined);
    this.#selectivity.set(form, count / total);
    return searchTargets(table, query, targets, vector);
  }
}

/** Filters that differ only in their values: the SQL text, without them. */
function formOf(query: VectorQuery): string {
  return `${query.collectionId} ${(query.selection?.filter as Condition | undefined)?.text ?? ""}`;
}

function prepareAll(
  table: EntityTable,
  selection: Selection,
  targets: Target[],
  rows: readonly number[] | undefined,
): number {
  if (targets.length === 1) {
    const ids = Float64Array.from(rows ?? selectRowIds(table, selection));
    const [target] = targets as [Target];
    target.filter = target.segment.prepare(ids);
    return ids.length;
  }
  let count = 0;
  const byPartition = selectRowIdsByPartition(table, selection);
  for (const target of targets) {
    const ids = Float64Array.from(byPartition.get(target.partition.id) ?? []);
    target.filter = target.segment.prepare(ids);
    count += ids.length;
  }
  return count;
}

interface Candidate {
  readonly rowId: number;
  readonly score: number;
  readonly partition: LoadedPartition;
}

/** The best `k` of all targets, best first, ties by row id. */
function gather(
  query: VectorQuery,
  targets: readonly Target[],
  vector: Uint8Array,
  k: number,
  ef: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const { segment, partition, filter } of targets) {
    const request: SegmentSearch = {
      k,
      ef,
      ...(filter === undefined ? {} : { filter }),
      ...(query.radius === undefined ? {} : { radius: query.radius }),
      ...(query.rangeFilter === undefined ? {} : { rangeFilter: query.rangeFilter }),
    };
    addHits(candidates, segment.search(vector, request), partition);
  }
  if (targets.length > 1) {
    candidates.sort((a, b) => compareScores(query.metric, a.score, b.score) || a.rowId - b.rowId);
    if (candidates.length > k) candidates.length = k;
  }
  return candidates;
}

function addHits(into: Candidate[], hits: SegmentHits, partition: LoadedPartition): void {
  for (let i = 0; i < hits.rowIds.length; i++) {
    into.push({ rowId: hits.rowIds[i] as number, score: hits.scores[i] as number, partition });
  }
}

function searchTargets(table: EntityTable, query: VectorQuery, targets: readonly Target[], vector: Uint8Array): Hit[] {
  const candidates = gather(query, targets, vector, query.k + 1, query.ef);
  return finish(table, query, targets, vector, candidates, undefined);
}

/** Settles ties by primary key; when a tie crosses the last place, all rows of that score take part. */
function finish(
  table: EntityTable,
  query: VectorQuery,
  targets: readonly Target[],
  vector: Uint8Array,
  candidates: Candidate[],
  confirmed: ReadonlySet<number> | undefined,
): Hit[] {
  const { k } = query;
  let pool = candidates;
  const last = candidates[k - 1];
  if (candidates.length > k && last !== undefined && candidates[k]?.score === last.score) {
    pool = [];
    for (const { segment, partition, filter } of targets) {
      addHits(pool, segment.within(vector, last.score, filter), partition);
    }
    if (query.rangeFilter !== undefined) {
      // All of that score or better: also those that the inner bound keeps out.
      const inner = Math.fround(query.rangeFilter);
      pool = pool.filter((c) => compareScores(query.metric, c.score, inner) >= 0);
    }
    if (confirmed !== undefined) {
      const valid = verifyRowIds(
        table,
        query.selection as Selection,
        pool.map((c) => c.rowId),
      );
      pool = pool.filter((c) => valid.has(c.rowId));
    }
  }
  const keys = keysOf(table, pool);
  const hits = pool.map((c, i): Hit => ({ rowId: c.rowId, key: keys[i] as HitKey, score: c.score }));
  let ordered = true;
  for (let i = 1; i < hits.length && ordered; i++)
    ordered = compareHits(query.metric, hits[i - 1] as Hit, hits[i] as Hit) <= 0;
  if (!ordered) hits.sort((a, b) => compareHits(query.metric, a, b));
  if (hits.length > k) hits.length = k;
  return hits;
}

function compareHits(metric: MetricType, a: Hit, b: Hit): number {
  return compareScores(metric, a.score, b.score) || compareKeys(a.key, b.key);
}

function keysOf(table: EntityTable, candidates: readonly Candidate[]): HitKey[] {
  const keys = candidates.map((c): HitKey | undefined => c.partition.keys.find(c.rowId));
  if (keys.includes(undefined)) {
    const missing = candidates.filter((_, i) => keys[i] === undefined).map((c) => c.rowId);
    const fetched = fetchKeys(table, missing);
    for (let i = 0; i < keys.length; i++) keys[i] ??= fetched.get((candidates[i] as Candidate).rowId);
  }
  return keys as HitKey[];
}
