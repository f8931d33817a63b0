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

/** Some of them, beside each other. */
interface ListPiece extends Omit<PartLists, "rowIds"> {
  readonly search: PartSearch;
  /** Position of the first of them among the lists of the block. */
  readonly first: number;
}

/** Lists that are compared with all vectors of a query before the next ones. */
interface ListBlock {
  /** Position of the first of them among all. */
  readonly first: number;
  size: number;
  readonly pieces: ListPiece[];
}

/** The vectors of a block, about: less than a processor's own cache. */
const BLOCK_BYTES = 256 * 1024;

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
    const parts = this.elements.parts.map((part) => {
      const allowed = (filter as RowFilter | undefined)?.forPart(part).ordinals;
      const lists = allowed === undefined ? this.#listsOf(part) : listsAmong(part, liveAmong(part, allowed));
      return { search: this.#searchOf(part), lists };
    });
    const rowIds: number[] = [];
    const blocks: ListBlock[] = [];
    const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / this.options.vectorBytes));
    for (const { search, lists } of parts) {
      for (let from = 0; from < lists.rowIds.length; ) {
        const to = blockEnd(lists, from, perBlock);
        const piece = pieceOf(search, lists, from, to);
        // The vectors of one list may lie in two parts.
        if (rowIds.at(-1) === lists.rowIds[from] && rowIds.length > 0) {
          const before = blocks.at(-1) as ListBlock;
          before.pieces.push({ ...piece, first: before.size - 1 });
          before.size += to - from - 1;
          from++;
        } else {
          blocks.push({ first: rowIds.length, size: to - from, pieces: [piece] });
        }
        for (; from < to; from++) rowIds.push(lists.rowIds[from] as number);
      }
    }
    const distances = new Float64Array(rowIds.length);
    for (const block of blocks) this.#sum(block, query, distances.subarray(block.first, block.first + block.size));
    return { rowIds, distances };
  }

  /** The distances of the lists of one block, whose vectors stay in the processor's cache meanwhile. */
  #sum({ pieces, size }: ListBlock, query: Uint8Array, sums: Float64Array): void {
    const { vectorBytes } = this.options;
    const nearest = new Float64Array(size);
    for (let at = 0; at < query.length; at += vectorBytes) {
      nearest.fill(Number.POSITIVE_INFINITY);
      for (const { search, ordinals, starts, first } of pieces) {
        if (!search.setQuery(query.subarray(at, at + vectorBytes))) {
          throw failure("InvalidParameter", { text: "query vector has a value that is not a finite number" });
        }
        takeNearest(search.measure(ordinals), starts, nearest, first);
      }
      for (let i = 0; i < size; i++) sums[i] = (sums[i] as number) + (nearest[i] as number);
    }
    for (let i = 0; i < size; i++) sums[i] = Math.fround(sums[i] as number);
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

/** Behind the lists from `from` on that have `vectors` vectors at most, or behind that one list. */
function blockEnd({ rowIds, starts }: PartLists, from: number, vectors: number): number {
  const most = (starts[from] as number) + vectors;
  let to = from + 1;
  while (to < rowIds.length && (starts[to + 1] as number) <= most) to++;
  return to;
}

function pieceOf(search: PartSearch, { ordinals, starts }: PartLists, from: number, to: number): ListPiece {
  const begin = starts[from] as number;
  return {
    search,
    ordinals: ordinals.subarray(begin, starts[to] as number),
    starts: starts.slice(from, to + 1).map((start) => start - begin),
    first: 0,
  };
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
