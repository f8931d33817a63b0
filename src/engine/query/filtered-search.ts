import type { ColumnTest } from "../../expr/index.js";
import { BoundedMap } from "../../values/bounded-map.js";
import { type SelectedElements, selectElementsByPartition } from "../entities/read-elements.js";
import { type Selection, selectRowIds, selectRowIdsByPartition } from "../entities/read-rows.js";
import type { ComingSearch, PreparedFilter } from "../vector/contract.js";
import { elementId } from "../vector/lists/element-ids.js";
import { rowIdsOf } from "../vector/masked-rows.js";
import { confirm, firstSearch, gather, nearest, pick, settle, type Target } from "./nearest.js";
import { NO_HITS, type RankedHits } from "./ranked-hits.js";
import type { SearchPlan } from "./search-plan.js";

/** Filters that leave at most this many rows are searched exactly over a list. */
const LIST_ROWS = 5000;
const LIST_SHARE = 0.05;
/** Candidates beyond which checking one by one in SQL is slower than bringing the whole list. */
const MAX_VERIFY = 2048;

/** Vectors that are compared in a few microseconds, in which no other thread wakes up. */
const LEAST_SHARED_BYTES = 256 * 1024;

/** Filters of late that are known when they come again. */
const SEEN_FILTERS = 64;

/**
 * Searches loaded partitions under a filter, by the way that fits the filter's selectivity:
 * few rows: their list is scanned exactly; many rows: the graph proposes and SQL verifies; a filter that comes again:
 * its rows are kept as a mask for the graph walk. Selectivity is guessed from earlier filters of the same form.
 */
export class FilteredSearch {
  /** Filters of late whose rows were not worth keeping then; few, else masks would be built in vain. */
  readonly #seen = new BoundedMap<string, number>({ entries: SEEN_FILTERS });
  readonly #selectivity = new BoundedMap<string, number>({ entries: 512 });

  /**
   * The hits of one query vector: best first, ties by ascending primary key, complete where exact search would be.
   * @param k most hits that are wanted
   */
  run(plan: SearchPlan, vector: Uint8Array, k: number = plan.k): RankedHits {
    const targets = targetsOf(plan);
    if (targets.length === 0) return NO_HITS;
    const { selection } = plan;
    const masked = selection === undefined || this.#chooseMask(plan, selection, targets);
    const hits = masked ? nearest(plan, targets, vector, k) : this.#verified(plan, selection, targets, vector, k);
    plan.notes?.hits(vector, hits.rowIds);
    return hits;
  }

  /**
   * What `run` asks of the segments first, where that can be told before it runs and is worth being shared out: there are
   * enough rows, and those of the filter are known.
   */
  coming(plan: SearchPlan, vector: Uint8Array): readonly ComingSearch[] {
    if (!isSharable(plan)) return [];
    const targets = targetsOf(plan);
    if (plan.selection !== undefined && !giveKnown(plan, targets)) return [];
    return targets.map((target) => firstSearch(plan, target, vector, plan.k));
  }

  /**
   * Gives the targets the rows that may be hits, where that is the better way.
   * @returns false when candidates should be verified instead
   */
  #chooseMask(plan: SearchPlan, selection: Selection, targets: Target[]): boolean {
    const { selectionKey } = plan;
    if (giveKnown(plan, targets)) {
      plan.notes?.filtered(plan.known === undefined ? "kept" : "pieces", targets);
      return true;
    }
    const dataVersion = plan.dataVersion();
    if (plan.elements !== undefined) {
      prepareElements(plan, selection, plan.elements, targets);
      plan.notes?.filtered("elements", targets);
      keep(targets, selectionKey, dataVersion);
      return true;
    }
    const key = `${targets.map((t) => t.partition.id).join(",")} ${selectionKey}`;
    // What costs so little is kept for those only that do come again.
    const isKept = plan.vectors.length > 1 || plan.notes !== undefined || this.#seen.get(key) === dataVersion;
    if (plan.test !== undefined && selectByColumns(plan, plan.test, targets, isKept)) {
      if (isKept) keep(targets, selectionKey, dataVersion);
      else this.#seen.set(key, dataVersion);
      plan.notes?.filtered("columns", targets);
      return true;
    }
    const total = sizeOf(targets);
    const form = formOf(plan);
    const guess = this.#selectivity.get(form) ?? 0;
    const again = this.#seen.get(key) === dataVersion;
    const few = Math.min(LIST_ROWS, Math.max(Math.floor(total * LIST_SHARE), 64));
    const ranged = plan.radius !== undefined;
    if (!again && !ranged && guess * total > few && total > few) {
      this.#seen.set(key, dataVersion);
      return false;
    }
    const bounded = !again && !ranged && targets.length === 1 && total > few;
    const rows = bounded ? selectRowIds(plan.table, selection, few + 1) : undefined;
    if (rows !== undefined && rows.length > few) {
      this.#seen.set(key, dataVersion);
      this.#selectivity.set(form, Math.max(guess, (2 * few) / total));
      return false;
    }
    const count = prepareAll(plan, selection, targets, rows);
    this.#selectivity.set(form, count / total);
    keep(targets, selectionKey, dataVersion);
    plan.notes?.filtered("rows", targets);
    return true;
  }

  /** Asks the graph for more than is wanted and keeps what SQL confirms; widens until enough is confirmed. */
  #verified(plan: SearchPlan, selection: Selection, targets: Target[], vector: Uint8Array, k: number): RankedHits {
    const total = sizeOf(targets);
    const wanted = k + 1;
    const form = formOf(plan);
    const guess = Math.max(this.#selectivity.get(form) ?? 0.25, 0.01);
    let width = Math.ceil(Math.max(plan.ef, (1.6 * wanted) / guess));
    while (width <= MAX_VERIFY && width < total / 2) {
      const candidates = gather(plan, targets, vector, width, Math.max(width, plan.ef));
      const confirmed = confirm(plan, candidates.rowIds);
      const share = confirmed.size / Math.max(1, candidates.rowIds.length);
      const before = this.#selectivity.get(form);
      this.#selectivity.set(form, before === undefined ? share : before * 0.75 + share * 0.25);
      if (confirmed.size >= wanted) {
        plan.notes?.filtered("confirmed");
        const kept = pick(candidates, (rowId) => confirmed.has(rowId));
        return settle(plan, targets, vector, k, kept, true);
      }
      width = Math.ceil(width * Math.max(2, Math.min(8, (1.6 * wanted) / Math.max(1, confirmed.size))));
    }
    const count = prepareAll(plan, selection, targets, undefined);
    this.#selectivity.set(form, count / total);
    plan.notes?.filtered("rows", targets);
    return nearest(plan, targets, vector, k);
  }
}

/** Whether several threads can do the searches of a plan, and would gain by it. */
export function isSharable({ partitions, fieldId, grouping }: SearchPlan): boolean {
  // How many hits a grouping search asks for is found out on the way.
  if (grouping !== undefined) return false;
  let bytes = 0;
  for (const { segments } of partitions) {
    const segment = segments.get(fieldId);
    if (segment === undefined) continue;
    if (segment.isShared !== true) return false;
    bytes += segment.size * segment.options.vectorBytes;
  }
  return bytes >= LEAST_SHARED_BYTES;
}

/** The segments that a plan looks at. */
function targetsOf(plan: SearchPlan): Target[] {
  const targets: Target[] = [];
  for (const partition of plan.partitions) {
    const segment = partition.segments.get(plan.fieldId);
    if (segment !== undefined && segment.size > 0) targets.push({ segment, partition, filter: undefined });
  }
  return targets;
}

/** Gives the targets the rows of the plan's selection, if they are known: found before, or of a filter that comes again. */
function giveKnown({ known: found, selectionKey, dataVersion }: SearchPlan, targets: readonly Target[]): boolean {
  if (found !== undefined) {
    for (const target of targets) target.filter = found.in(target.segment);
    return true;
  }
  // The loaded partitions keep the rows of their filters: they go when the partition goes.
  const known = targets.map(({ partition }) => partition.filters.get(selectionKey, dataVersion()));
  if (known.includes(undefined)) return false;
  for (let i = 0; i < targets.length; i++) (targets[i] as Target).filter = known[i];
  return true;
}

/** The loaded partitions keep the rows of a filter that may come again. */
function keep(targets: readonly Target[], selectionKey: string, dataVersion: number): void {
  for (const { partition, filter } of targets) {
    partition.filters.set(selectionKey, dataVersion, filter as PreparedFilter);
  }
}

/**
 * Gives the targets the rows that may be hits, by columns in memory.
 * @param isKept the filters are used after this search
 * @returns false where one of them has no such columns, or not yet
 */
function selectByColumns(
  { table }: SearchPlan,
  test: ColumnTest,
  targets: readonly Target[],
  isKept: boolean,
): boolean {
  const filters: PreparedFilter[] = [];
  for (const { partition, segment } of targets) {
    const found = partition.columns.select(table, test);
    if (found === undefined) return false;
    const mask = isKept ? { ...found, bits: found.bits.slice() } : found;
    filters.push(segment.prepareMask?.(mask) ?? segment.prepare(rowIdsOf(mask)));
  }
  for (let i = 0; i < targets.length; i++) (targets[i] as Target).filter = filters[i];
  return true;
}

/** Gives the targets the elements that may be hits. */
function prepareElements(
  plan: SearchPlan,
  selection: Selection,
  elements: SelectedElements,
  targets: readonly Target[],
): void {
  const found = selectElementsByPartition(plan.table, selection, elements, elementId(1, 0));
  for (const target of targets) {
    const ids = new Float64Array(found.get(target.partition.id) ?? []);
    target.filter = target.segment.prepareElements?.(ids) ?? target.segment.prepare(new Float64Array(0));
  }
}

function sizeOf(targets: readonly Target[]): number {
  let size = 0;
  for (const { segment } of targets) size += segment.size;
  return size;
}

/** Filters that differ only in their values: the SQL text, without them. */
function formOf(plan: SearchPlan): string {
  return `${plan.collection.id} ${plan.selection?.filter?.text ?? ""}`;
}

/**
 * Gives the targets the rows of a selection.
 * @param rows where they are known already
 * @returns how many there are
 */
function prepareAll(
  plan: SearchPlan,
  selection: Selection,
  targets: readonly Target[],
  rows: readonly number[] | undefined,
): number {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    const ids = new Float64Array(rows ?? selectRowIds(plan.table, selection));
    only.filter = only.segment.prepare(ids);
    return ids.length;
  }
  let count = 0;
  const byPartition = selectRowIdsByPartition(plan.table, selection);
  for (const target of targets) {
    const ids = new Float64Array(byPartition.get(target.partition.id) ?? []);
    target.filter = target.segment.prepare(ids);
    count += ids.length;
  }
  return count;
}
