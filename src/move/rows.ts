import { isDenseType } from "../api/grpc/columns/types.js";
import type { CollectionDescription } from "../engine/contract/collections.js";
import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import { denseType } from "../engine/model/types/table.js";
import type { Key } from "./side.js";

/** Bytes of the values that are written at a time. */
const BATCH_BYTES = 4 * 1024 * 1024;
const MAX_BATCH_ROWS = 8192;
const FIRST_BATCH_ROWS = 256;
/** Of whatever has no fixed width, as a first guess. */
const GUESSED_BYTES = 64;

/** How many rows are to be moved at a time: few, until it is known how large they are. */
export class BatchSize {
  #rows: number;

  constructor({ fields }: CollectionDescription) {
    const perRow = fields.reduce((sum, { type, params }) => {
      const dimension = Number(params?.find(({ key }) => key === "dim")?.value ?? 0);
      return sum + (isDenseType(type) ? denseType(type).bytesPerVector(dimension) : GUESSED_BYTES);
    }, 0);
    this.#rows = Math.max(1, Math.min(FIRST_BATCH_ROWS, Math.floor(BATCH_BYTES / perRow)));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Learns from rows that were read. */
  learn(batch: RecordBatch): void {
    if (batch.rowCount === 0) return;
    const fitting = Math.floor((BATCH_BYTES * batch.rowCount) / Math.max(1, bytesOf(batch)));
    this.#rows = Math.max(1, Math.min(MAX_BATCH_ROWS, 4 * this.#rows, fitting));
  }

  /** They were too many. @returns whether there can be fewer */
  halve(): boolean {
    const before = this.#rows;
    this.#rows = Math.max(1, Math.floor(before / 2));
    return this.#rows < before;
  }
}

function bytesOf({ columns }: RecordBatch): number {
  let bytes = 0;
  for (const { values } of columns) {
    if (values instanceof Uint8Array) bytes += values.length;
    else
      for (const value of values)
        bytes += typeof value === "string" || value instanceof Uint8Array ? value.length + 8 : 8;
  }
  return bytes;
}

/** Hits of all queries as lists of their own. */
export function hitsByQuery(ids: readonly Key[], counts: readonly number[]): readonly (readonly Key[])[] {
  let end = 0;
  return counts.map((count) => {
    end += count;
    return ids.slice(end - count, end);
  });
}

/** The rows from one position up to another. */
export function sliceRows(batch: RecordBatch, from: number, to: number): RecordBatch {
  return { ...batch, rowCount: to - from, columns: batch.columns.map((column) => sliceColumn(column, from, to)) };
}

function sliceColumn(column: StoredColumn, from: number, to: number): StoredColumn {
  const { values, valid, type, dimension = 0 } = column;
  if (!(values instanceof Uint8Array) || !isDenseType(type)) {
    return { ...column, values: values.slice(from, to) as StoredColumn["values"] };
  }
  const size = denseType(type).bytesPerVector(dimension);
  const part = values.subarray(from * size, to * size);
  return { ...column, values: part, ...(valid !== undefined && { valid: valid.subarray(from, to) }) };
}
