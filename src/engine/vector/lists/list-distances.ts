import { failure } from "../../../errors.js";
import type { PartSearch } from "../part-search.js";

/** Lists of one part: their vectors, list by list. */
export interface PartLists {
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
export interface ListDistances {
  readonly rowIds: readonly number[];
  readonly distances: Float64Array;
}

/** A part, and those of its lists that are compared. */
export interface SearchedLists {
  readonly search: PartSearch;
  readonly lists: PartLists;
}

/**
 * The distances of lists to that of a query, step by step: some milliseconds of work at most lie between two steps.
 *
 * @param parts must stay as they are until the end
 */
export function* measureLists(
  parts: readonly SearchedLists[],
  query: Uint8Array,
  vectorBytes: number,
): Generator<void, ListDistances> {
  const rowIds: number[] = [];
  const blocks: ListBlock[] = [];
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / vectorBytes));
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
      yield;
    }
  }
  const distances = new Float64Array(rowIds.length);
  for (const block of blocks) {
    yield;
    sumOf(block, query, vectorBytes, distances.subarray(block.first, block.first + block.size));
  }
  return { rowIds, distances };
}

/** The distances of the lists of one block, whose vectors stay in the processor's cache meanwhile. */
function sumOf({ pieces, size }: ListBlock, query: Uint8Array, vectorBytes: number, sums: Float64Array): void {
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
