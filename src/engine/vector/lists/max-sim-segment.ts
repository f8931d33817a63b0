import { failure } from "../../../errors.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import type { PreparedFilter, SegmentHits, SegmentSearch } from "../contract.js";
import type { Part } from "../part.js";
import { PartSearch } from "../part-search.js";
import type { RowFilter } from "../row-filter.js";
import { distanceOfScore } from "../scores.js";
import { rowOfElement } from "./element-ids.js";
import { ListSegment } from "./list-segment.js";

/** Lists of one part: their vectors, list by list. */
interface PartLists {
  readonly ordinals: Uint32Array;
  /** One per list. */
  readonly rowIds: readonly number[];
  /** Where the vectors of each list begin, and behind them the end of the last one. */
  readonly starts: readonly number[];
}

/** The distance of each list to that of a query. */
interface ListDistances {
  readonly rowIds: readonly number[];
  readonly distances: Float64Array;
}

/**
 * Compares lists with lists, exactly: for each vector of the query the nearest one of the list, and the sum of all. Rows without
 * a vector are never found.
 */
export class MaxSimSegment extends ListSegment {
  readonly alwaysExact = true;
  readonly #searches = new WeakMap<Part, PartSearch>();
  readonly #whole = new WeakMap<
    Part,
    { readonly rows: number; readonly tombstones: number; readonly lists: PartLists }
  >();

  /** Lists that have a vector. */
  get size(): number {
    return this.elements.parts.reduce((sum, part) => sum + this.#listsOf(part).rowIds.length, 0);
  }

  search(query: Uint8Array, { k, filter }: SegmentSearch): SegmentHits {
    const found = this.#measure(query, filter);
    return this.#ranked(found, nearestOf(found, k));
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    const found = this.#measure(query, filter);
    const worst = distanceOfScore(this.options.metric, score);
    const positions = Array.from(found.rowIds.keys()).filter((i) => (found.distances[i] as number) <= worst);
    return this.#ranked(found, inOrder(found, positions));
  }

  #ranked({ rowIds, distances }: ListDistances, positions: readonly number[]): SegmentHits {
    const ascending = smallerIsNearer(this.options.metric);
    return {
      rowIds: positions.map((i) => rowIds[i] as number),
      scores: positions.map((i) => (ascending ? (distances[i] as number) : 0 - (distances[i] as number))),
    };
  }

  #measure(query: Uint8Array, filter: PreparedFilter | undefined): ListDistances {
    const { vectorBytes } = this.options;
    const parts = this.elements.parts.map((part) => {
      const allowed = (filter as RowFilter | undefined)?.forPart(part).ordinals;
      const live = allowed === undefined ? this.#listsOf(part) : listsAmong(part, liveAmong(part, allowed));
      return { search: this.#searchOf(part), lists: live };
    });
    const rowIds: number[] = [];
    // Where the lists of each part begin among all; the vectors of one list may lie in two parts.
    const firsts = parts.map(({ lists }) => {
      const goesOn = rowIds.length > 0 && rowIds.at(-1) === lists.rowIds[0];
      const first = rowIds.length - Number(goesOn);
      for (const rowId of goesOn ? lists.rowIds.slice(1) : lists.rowIds) rowIds.push(rowId);
      return first;
    });
    const distances = new Float64Array(rowIds.length);
    const nearest = new Float64Array(rowIds.length);
    for (let at = 0; at < query.length; at += vectorBytes) {
      nearest.fill(Number.POSITIVE_INFINITY);
      for (const [p, { search, lists }] of parts.entries()) {
        if (lists.rowIds.length === 0) continue;
        if (!search.setQuery(query.subarray(at, at + vectorBytes))) {
          throw failure("InvalidParameter", { text: "query vector has a value that is not a finite number" });
        }
        takeNearest(search.measure(lists.ordinals), lists.starts, nearest, firsts[p] as number);
      }
      for (let i = 0; i < distances.length; i++) distances[i] = (distances[i] as number) + (nearest[i] as number);
    }
    for (let i = 0; i < distances.length; i++) distances[i] = Math.fround(distances[i] as number);
    return { rowIds, distances };
  }

  #searchOf(part: Part): PartSearch {
    let search = this.#searches.get(part);
    if (search === undefined) {
      search = new PartSearch(part);
      this.#searches.set(part, search);
    }
    return search;
  }

  #listsOf(part: Part): PartLists {
    const { rows, tombstones } = part;
    const known = this.#whole.get(part);
    if (known?.rows === rows && known.tombstones === tombstones) return known.lists;
    const lists = listsAmong(part, part.liveOrdinals(0, rows));
    this.#whole.set(part, { rows, tombstones, lists });
    return lists;
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

/** The least distance of each list, where that is below what is known of it. */
function takeNearest(distances: Float32Array, starts: readonly number[], nearest: Float64Array, first: number): void {
  for (let list = 0; list + 1 < starts.length; list++) {
    const end = starts[list + 1] as number;
    let least = nearest[first + list] as number;
    for (let i = starts[list] as number; i < end; i++) {
      if ((distances[i] as number) < least) least = distances[i] as number;
    }
    nearest[first + list] = least;
  }
}

function inOrder({ rowIds, distances }: ListDistances, positions: number[]): readonly number[] {
  return positions.sort(
    (a, b) => (distances[a] as number) - (distances[b] as number) || (rowIds[a] as number) - (rowIds[b] as number),
  );
}

/** Positions of the `k` nearest lists. */
function nearestOf(found: ListDistances, k: number): readonly number[] {
  const { distances } = found;
  const positions = Array.from(distances.keys());
  if (distances.length <= k) return inOrder(found, positions);
  const worst = distances.slice().sort()[k - 1] as number;
  return inOrder(
    found,
    positions.filter((i) => (distances[i] as number) <= worst),
  ).slice(0, k);
}
