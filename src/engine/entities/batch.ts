import type { StoredScalar } from "../model/types/field-type.js";

/** What SQLite binds and gives back for a column that is no vector. */
export type SqlValue = StoredScalar | null;

/** Vectors of a fixed width, of which every row has one: row-major, little-endian, in the width of their type. */
export interface DenseVectors {
  /** `size` bytes per row of the batch. */
  readonly bytes: Uint8Array;
  /** Bytes per vector. */
  readonly size: number;
}

/** Vectors that differ in length, or that not every row has: one per row, null where the row has none. */
export interface RowVectors {
  readonly rows: readonly (Uint8Array | null)[];
}

/** The vectors of one field. */
export type BatchVectors = DenseVectors | RowVectors;

/** Rows in stored form, by column, ready to be written. */
export interface EncodedBatch {
  readonly count: number;
  /** One array of `count` values per column of the entity table, in the order of `EntityTable.columns`. */
  readonly columns: readonly SqlValue[][];
  /** The column of the primary key. */
  readonly keys: readonly SqlValue[];
  /** By field id. */
  readonly vectors: ReadonlyMap<number, BatchVectors>;
}

/** What a batch takes in the tables, about. */
export function batchBytes({ count, columns, vectors }: EncodedBatch): number {
  let bytes = count * columns.length * 8;
  for (const values of columns) {
    for (const value of values) {
      if (typeof value === "string") bytes += value.length;
    }
  }
  for (const of of vectors.values()) {
    if (!("rows" in of)) bytes += of.bytes.length;
    else for (const vector of of.rows) bytes += vector?.length ?? 0;
  }
  return bytes;
}

/** A stored row that a partial upsert builds on. */
export interface StoredRow {
  /** In the order of `EntityTable.columns`. */
  readonly columns: readonly SqlValue[];
  /** By field id; null where the row has no vector. */
  readonly vectors: ReadonlyMap<number, Uint8Array | null>;
}

/** The vector of the row at a position, without a copy; null where it has none. */
export function vectorAt(vectors: BatchVectors, position: number): Uint8Array | null {
  if ("rows" in vectors) return vectors.rows[position] as Uint8Array | null;
  const { bytes, size } = vectors;
  return Buffer.from(bytes.buffer, bytes.byteOffset + position * size, size);
}

/** Rows that go to one segment, with their vectors: those at `positions` that have one. */
export interface PickedVectors {
  readonly rowIds: Float64Array;
  /** Row-major in one array, or one array per row. */
  readonly vectors: Uint8Array | readonly Uint8Array[];
}

/** @param rowIds one per position */
export function pickVectors(
  vectors: BatchVectors,
  rowIds: readonly number[],
  positions: readonly number[],
): PickedVectors {
  // The usual case: every row of the batch, each with a vector.
  if (!("rows" in vectors) && positions.length * vectors.size === vectors.bytes.length) {
    return { rowIds: Float64Array.from(rowIds), vectors: vectors.bytes };
  }
  const kept: number[] = [];
  const picked: Uint8Array[] = [];
  for (let i = 0; i < positions.length; i++) {
    const vector = vectorAt(vectors, positions[i] as number);
    if (vector === null) continue;
    kept.push(rowIds[i] as number);
    picked.push(vector);
  }
  return { rowIds: Float64Array.from(kept), vectors: picked };
}
