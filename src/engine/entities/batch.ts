import type { StoredScalar } from "../model/types/field-type.js";

/** What SQLite binds and gives back for a column that is no vector. */
export type SqlValue = StoredScalar | null;

/** The vectors of one dense field, row-major, little-endian, in the width of their type. */
export interface DenseVectors {
  /** `size` bytes per row of the batch, all zeros where the row has no vector. */
  readonly bytes: Uint8Array;
  /** Bytes per vector. */
  readonly size: number;
  /** 1 per row that has a vector, 0 per null; absent: all rows have one. */
  readonly valid?: Uint8Array | undefined;
}

/** Rows in stored form, by column, ready to be written. */
export interface EncodedBatch {
  readonly count: number;
  /** One array of `count` values per column of the entity table, in the order of `EntityTable.columns`. */
  readonly columns: readonly SqlValue[][];
  /** The column of the primary key. */
  readonly keys: readonly SqlValue[];
  /** By field id. */
  readonly vectors: ReadonlyMap<number, DenseVectors>;
}

/** A stored row that a partial upsert builds on. */
export interface StoredRow {
  /** In the order of `EntityTable.columns`. */
  readonly columns: readonly SqlValue[];
  /** By field id; null where the row has no vector. */
  readonly vectors: ReadonlyMap<number, Uint8Array | null>;
}

/** Whether the row at a position has a vector. */
export function hasVector({ valid }: DenseVectors, position: number): boolean {
  return valid === undefined || valid[position] !== 0;
}

/** Rows and vectors that go to one segment: those that have a vector, of all rows or of those at `positions`. */
export function pickVectors(
  { bytes, size, valid }: DenseVectors,
  rowIds: readonly number[],
  positions: readonly number[],
): { readonly rowIds: Float64Array; readonly bytes: Uint8Array } {
  const whole = positions.length * size === bytes.length;
  if (whole && valid === undefined) return { rowIds: Float64Array.from(rowIds), bytes };
  const kept = valid === undefined ? positions : positions.filter((position) => valid[position] !== 0);
  const picked = new Uint8Array(kept.length * size);
  for (let i = 0; i < kept.length; i++) {
    const from = (kept[i] as number) * size;
    picked.set(bytes.subarray(from, from + size), i * size);
  }
  if (kept === positions) return { rowIds: Float64Array.from(rowIds), bytes: picked };
  const ids = new Float64Array(kept.length);
  for (let i = 0, next = 0; i < positions.length; i++) {
    if (positions[i] === kept[next]) ids[next++] = rowIds[i] as number;
  }
  return { rowIds: ids, bytes: picked };
}
