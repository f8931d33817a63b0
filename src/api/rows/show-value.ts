import type { StoredColumn, StoredValue } from "../../engine/contract/column.js";
import type { DenseCodec, FieldType, ListFieldType, Shown, SparseCodec } from "../../engine/model/types/field-type.js";
import { FIELD_TYPES } from "../../engine/model/types/table.js";

/** How Int64 values are shown: as numbers (`bigint` where a number is not exact), or as decimal strings. */
export type Int64Form = "number" | "text";

/** How values are shown. */
export interface ShowOptions {
  readonly int64: Int64Form;
  /** Zone of Timestamptz values; undefined: UTC. */
  readonly timeZone?: string | undefined;
}

/**
 * The values of a column as plain JavaScript values, row by row: JSON and arrays parsed, vectors as their type has them.
 * Every call makes values of its own.
 */
export function plainReader(column: StoredColumn, options: ShowOptions): (row: number) => unknown {
  const type = typeOf(column);
  if (type.family !== "scalar") return vectorReader(column, type.codec, (codec, bytes) => codec.decode(bytes), null);
  // Only JSON text has the strings that stand for Int64.
  const text = options.int64 === "text" && (column.type === "Int64" || column.elementType === "Int64");
  if (text) {
    const read = textReader(column, options);
    return (row) => JSON.parse(read(row));
  }
  const shown = shownBy(column, options);
  return scalarReader(column, (stored) => type.decode(stored, shown), null);
}

/** The values of a column as JSON text, row by row. */
export function textReader(column: StoredColumn, options: ShowOptions): (row: number) => string {
  const type = typeOf(column);
  if (type.family !== "scalar") return vectorReader(column, type.codec, (codec, bytes) => codec.json(bytes), "null");
  const shown = shownBy(column, options);
  return scalarReader(column, (stored) => type.json(stored, shown), "null");
}

/** Lists of vectors are shown with the struct that they belong to: see `struct-values.ts`. */
function typeOf(column: StoredColumn): Exclude<FieldType, ListFieldType> {
  const type = FIELD_TYPES[column.type];
  if (type.family === "list") throw new Error(`${column.name} stands alone`);
  return type;
}

function shownBy(column: StoredColumn, options: ShowOptions): Shown {
  return {
    elementType: column.elementType,
    timeZone: options.timeZone,
    int64AsText: options.int64 === "text",
  };
}

function scalarReader<T>(
  column: StoredColumn,
  show: (stored: NonNullable<StoredValue>) => T,
  absent: T,
): (row: number) => T {
  const values = column.values as readonly StoredValue[];
  return (row) => {
    const stored = values[row];
    return stored === null || stored === undefined ? absent : show(stored);
  };
}

function vectorReader<T>(
  column: StoredColumn,
  codec: DenseCodec | SparseCodec,
  show: (codec: DenseCodec | SparseCodec, bytes: Uint8Array) => T,
  absent: T,
): (row: number) => T {
  const { values, valid } = column;
  if (!(values instanceof Uint8Array)) {
    return (row) => {
      const bytes = values[row];
      return bytes instanceof Uint8Array ? show(codec, bytes) : absent;
    };
  }
  const width = vectorWidth(column);
  return (row) =>
    valid !== undefined && valid[row] === 0 ? absent : show(codec, values.subarray(row * width, (row + 1) * width));
}

/** Bytes per vector of a dense column. */
function vectorWidth(column: StoredColumn): number {
  const type = FIELD_TYPES[column.type];
  return type.family === "dense" ? type.bytesPerVector(column.dimension ?? 0) : 0;
}
