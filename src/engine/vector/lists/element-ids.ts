import { MAX_ARRAY_CAPACITY } from "../../model/limits.js";
import type { VectorSource } from "../contract.js";
import { lowerBound, type Part } from "../part.js";

/**
 * The vectors of lists are rows of a segment like others, named by the row and their position in its list. The names ascend
 * as row ids do.
 */
const PER_ROW = MAX_ARRAY_CAPACITY;

export function elementId(rowId: number, position: number): number {
  return rowId * PER_ROW + position;
}

export function rowOfElement(id: number): number {
  return Math.floor(id / PER_ROW);
}

export function positionOfElement(id: number): number {
  return id % PER_ROW;
}

/** Names and bytes of the vectors of some lists. */
export interface Elements {
  readonly rowIds: Float64Array;
  readonly vectors: Uint8Array[];
}

/** @param size bytes of one vector */
export function elementsOf(rowIds: ArrayLike<number>, lists: readonly Uint8Array[], size: number): Elements {
  const ids: number[] = [];
  const vectors: Uint8Array[] = [];
  for (const [row, list] of lists.entries()) {
    for (let position = 0; position * size < list.length; position++) {
      ids.push(elementId(rowIds[row] as number, position));
      vectors.push(list.subarray(position * size, (position + 1) * size));
    }
  }
  return { rowIds: Float64Array.from(ids), vectors };
}

/** The elements that some rows have in the parts of a segment, deleted ones among them. */
export function elementsOfRows(parts: readonly Part[], rowIds: ArrayLike<number>): Float64Array {
  const found: number[] = [];
  for (const { ids, rows } of parts) {
    for (let i = 0; i < rowIds.length; i++) {
      const rowId = rowIds[i] as number;
      const end = elementId(rowId + 1, 0);
      for (let at = lowerBound(ids, rows, elementId(rowId, 0), 0); at < rows && (ids[at] as number) < end; at++) {
        found.push(ids[at] as number);
      }
    }
  }
  return Float64Array.from(found);
}

/** Reads lists as the vectors in them. */
export class ElementSource implements VectorSource {
  readonly #lists: VectorSource;
  readonly #size: number;
  /** What of the last rows that were read has not been given away, and the name before it. */
  #rest: Elements = NONE;
  #after = Number.NaN;
  #lastRow = -1;
  #ended = false;
  /** Rows and elements that have been read: lists may be long, and a piece should not be. */
  #rowsRead = 0;
  #elementsRead = 0;

  /** @param size bytes of one vector */
  constructor(lists: VectorSource, size: number) {
    this.#lists = lists;
    this.#size = size;
  }

  /** Of the rows: good enough to tell of progress. */
  count(): number {
    return this.#lists.count();
  }

  rowIds(after: number, limit: number): Float64Array {
    return this.read(after, limit).rowIds;
  }

  read(after: number, limit: number): Elements {
    if (after !== this.#after) this.#goTo(after);
    while (this.#rest.rowIds.length < limit && !this.#ended) this.#readOn(limit - this.#rest.rowIds.length);
    const { rowIds, vectors } = this.#rest;
    const given = { rowIds: rowIds.slice(0, limit), vectors: vectors.slice(0, limit) };
    this.#rest = { rowIds: rowIds.slice(limit), vectors: vectors.slice(limit) };
    this.#after = given.rowIds.at(-1) ?? after;
    return given;
  }

  #goTo(after: number): void {
    this.#rest = NONE;
    this.#ended = false;
    // The row of the last element may have more of them.
    this.#lastRow = rowOfElement(after) - 1;
    this.#after = after;
  }

  /** @param wanted elements */
  #readOn(wanted: number): void {
    const perRow = this.#elementsRead / Math.max(1, this.#rowsRead);
    const rows =
      this.#rowsRead === 0 ? FIRST_ROWS : Math.min(wanted, Math.max(1, Math.ceil(wanted / Math.max(1, perRow))));
    const { rowIds, vectors } = this.#lists.read(this.#lastRow, rows);
    this.#ended = rowIds.length < rows;
    this.#lastRow = rowIds.at(-1) ?? this.#lastRow;
    const read = elementsOf(rowIds, vectors as readonly Uint8Array[], this.#size);
    this.#rowsRead += rowIds.length;
    this.#elementsRead += read.rowIds.length;
    const from = lowerBound(read.rowIds, read.rowIds.length, this.#after + 1, 0);
    this.#rest = {
      rowIds: Float64Array.from([...this.#rest.rowIds, ...read.rowIds.subarray(from)]),
      vectors: [...this.#rest.vectors, ...read.vectors.slice(from)],
    };
  }
}

/** Read before it is known how long lists are. */
const FIRST_ROWS = 16;

const NONE: Elements = { rowIds: new Float64Array(0), vectors: [] };
