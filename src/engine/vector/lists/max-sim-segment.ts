import { nextTurn } from "../../../values/clock.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import type { LookedAt, PreparedFilter, SegmentHits, SegmentSearch, VectorSource } from "../contract.js";
import type { Part } from "../part.js";
import { PartSearch } from "../part-search.js";
import type { RowFilter } from "../row-filter.js";
import { distanceOfScore } from "../scores.js";
import { rowOfElement } from "./element-ids.js";
import { type ListDistances, measureLists, type PartLists, type SearchedLists } from "./list-distances.js";
import { ListSegment } from "./list-segment.js";
import { LongMeasure } from "./long-measure.js";
import { WholeLists } from "./whole-lists.js";

/** What one stretch may compare, in bytes of vectors: it takes some milliseconds. */
const AT_ONCE_BYTES = 32 * 1024 * 1024;

/** What was measured of a query, while the search that asked for it goes on. */
interface Measured {
  readonly query: Uint8Array;
  readonly parts: readonly MeasuredPart[];
  readonly distances: ListDistances;
}

/** A part as it was then, and which of its vectors were compared. */
interface MeasuredPart {
  readonly part: Part;
  readonly rows: number;
  readonly tombstones: number;
  readonly ordinals: Uint32Array;
}

/**
 * Compares lists with lists, exactly: for each vector of the query the nearest one of the list, and the sum of all. Rows without
 * a vector are never found.
 */
export class MaxSimSegment extends ListSegment {
  readonly alwaysExact = true;
  readonly #searches = new WeakMap<Part, PartSearch>();
  readonly #whole = new WholeLists();
  #measured: readonly Measured[] = [];
  /** Searches that measure at once, however long that takes: those of these queries. */
  #patient = new WeakSet<Uint8Array>();

  /** Lists that have a vector. */
  get size(): number {
    return this.elements.parts.reduce((sum, part) => sum + this.#whole.of(part).rowIds.length, 0);
  }

  override async load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    await super.load(source, signal, progress);
    for (const part of this.elements.parts) while (!signal.aborted && this.#whole.follow(part)) await nextTurn();
  }

  override looksAt(request: SegmentSearch): LookedAt {
    return super.looksAt({ ...request, exact: true });
  }

  search(query: Uint8Array, { k, filter }: SegmentSearch): SegmentHits {
    const found = this.#measure(query, filter);
    return this.#ranked(found, nearestOf(found, k));
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    const found = this.#measure(query, filter);
    const worst = distanceOfScore(this.options.metric, score);
    return this.#ranked(found, inOrder(found, positionsWithin(found, worst)));
  }

  #ranked({ rowIds, distances }: ListDistances, positions: readonly number[]): SegmentHits {
    const ascending = smallerIsNearer(this.options.metric);
    return {
      rowIds: positions.map((i) => rowIds[i] as number),
      scores: positions.map((i) => (ascending ? (distances[i] as number) : 0 - (distances[i] as number))),
    };
  }

  /** @throws LongMeasure where it would take long, and has not been done before */
  #measure(query: Uint8Array, filter: PreparedFilter | undefined): ListDistances {
    const parts = this.elements.parts.map((part) => {
      const allowed = (filter as RowFilter | undefined)?.forPart(part).ordinals;
      const lists = allowed === undefined ? this.#whole.of(part) : listsAmong(part, liveAmong(part, allowed));
      return { search: this.#searchOf(part), lists };
    });
    const known = this.#measured.find((measured) => measured.query === query && isOf(measured.parts, parts));
    if (known !== undefined) return known.distances;
    const vectors = parts.reduce((sum, { lists }) => sum + lists.ordinals.length, 0);
    const steps = measureLists(parts, query, this.options.vectorBytes);
    if (vectors * query.length > AT_ONCE_BYTES && !this.#patient.has(query)) throw this.#tooLong(query, parts, steps);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  #tooLong(query: Uint8Array, lists: readonly SearchedLists[], steps: ReturnType<typeof measureLists>): LongMeasure {
    const parts = lists.map(({ search: { part }, lists: { ordinals } }) => {
      return { part, rows: part.rows, tombstones: part.tombstones, ordinals };
    });
    return new LongMeasure(this, {
      inSlices: async (pause) => {
        for (;;) {
          const { done, value } = steps.next();
          if (done === true) {
            this.#measured = [...this.#measured, { query, parts, distances: value }];
            return;
          }
          // The memory that is compared must not have moved meanwhile.
          if (!(await pause()) || !parts.every((then, i) => isSame(then, this.elements.parts[i]))) return;
        }
      },
      atOnce: () => {
        this.#patient.add(query);
      },
      done: () => {
        this.#measured = this.#measured.filter((measured) => measured.query !== query);
        this.#patient.delete(query);
      },
    });
  }

  #searchOf(part: Part): PartSearch {
    let search = this.#searches.get(part);
    if (search === undefined) {
      search = new PartSearch(part);
      this.#searches.set(part, search);
    }
    return search;
  }
}

function liveAmong(part: Part, ordinals: Uint32Array): Uint32Array {
  return part.tombstones === 0 ? ordinals : ordinals.filter((ordinal) => !part.isRemoved(ordinal));
}

/** @param ordinals ascending */
function listsAmong({ ids }: Part, ordinals: Uint32Array): PartLists {
  const rowIds: number[] = [];
  const starts: number[] = [];
  for (let i = 0; i < ordinals.length; i++) {
    const rowId = rowOfElement(ids[ordinals[i] as number] as number);
    if (rowIds.at(-1) === rowId) continue;
    rowIds.push(rowId);
    starts.push(i);
  }
  starts.push(ordinals.length);
  return { ordinals, rowIds, starts };
}

function isSame({ part, rows, tombstones }: MeasuredPart, now: Part | undefined): boolean {
  return part === now && rows === now.rows && tombstones === now.tombstones;
}

/** Whether it was of these lists that something was measured. */
function isOf(measured: readonly MeasuredPart[], parts: readonly SearchedLists[]): boolean {
  return (
    measured.length === parts.length &&
    parts.every(({ search, lists }, i) => {
      const then = measured[i] as MeasuredPart;
      return isSame(then, search.part) && isEqual(then.ordinals, lists.ordinals);
    })
  );
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a === b || (a.length === b.length && a.every((ordinal, i) => ordinal === b[i]));
}

function inOrder({ rowIds, distances }: ListDistances, positions: number[]): readonly number[] {
  return positions.sort(
    (a, b) => (distances[a] as number) - (distances[b] as number) || (rowIds[a] as number) - (rowIds[b] as number),
  );
}

function positionsWithin({ distances }: ListDistances, worst: number): number[] {
  const positions: number[] = [];
  for (let i = 0; i < distances.length; i++) if ((distances[i] as number) <= worst) positions.push(i);
  return positions;
}

/** Positions of the `k` nearest lists. */
function nearestOf(found: ListDistances, k: number): readonly number[] {
  const { distances } = found;
  const worst = distances.length <= k ? Number.POSITIVE_INFINITY : smallest(distances, k);
  return inOrder(found, positionsWithin(found, worst)).slice(0, k);
}

/** The number of that place, the first one being 1, among some in ascending order. */
function smallest(numbers: Float64Array, place: number): number {
  // A heap of the smallest so far, the largest of them on top.
  const heap = numbers.slice(0, place).sort().reverse();
  for (let i = place; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (number < (heap[0] as number)) sink(heap, number);
  }
  return heap[0] as number;
}

/** Puts a number in the place of the one on top. */
function sink(heap: Float64Array, number: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) > (heap[child] as number)) child++;
    if ((heap[child] as number) <= number) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = number;
}
