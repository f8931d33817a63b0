import type { DataType, ItemType } from "../model/data-type.js";
import type { StoredScalar } from "../model/types/field-type.js";

/**
 * Columns are how entities enter and leave the engine when speed matters: gRPC sends and wants them, and every other
 * surface prints its rows from them. Everything here is plain data that crosses threads by structured clone. Each field of a
 * struct is a column of its own, `struct[field]`, which has in a row what all elements hold there; those of a struct stand side by side.
 */

/** What a column is called and made of. */
export interface ColumnSchema {
  /** Name of the field; `$meta` for the dynamic field. */
  readonly name: string;
  readonly type: DataType;
  /** Array and ArrayOfVector columns only. */
  readonly elementType?: ItemType;
  /** Dense vectors and lists of them: components per vector (bits for BinaryVector). */
  readonly dimension?: number;
  /** The struct that the field belongs to; `name` is `struct[field]` then. */
  readonly struct?: string;
  /** True for `$meta`. */
  readonly dynamic?: boolean;
  /** True where a row may have no value. */
  readonly nullable?: boolean;
}

/** Query vectors as bytes, in the width of their own type. */
export interface QueryVectors {
  /** Another type than the field's is refused; FloatVector is converted for fields of 16-bit floats. */
  readonly type: DataType;
  readonly values: readonly Uint8Array[];
  /** Each value is a list of vectors, one after the other, to be compared with lists. */
  readonly lists?: boolean;
}

/** One scalar in stored form, `null` for a null: see `StoredScalar`. */
export type StoredValue = StoredScalar | null;

/**
 * The values of one column.
 *
 * - Scalars: one entry per row, `null` for a null.
 * - Fixed-width vectors: one `Uint8Array`, row-major, little-endian, in the type's own width; a null row is all zeros
 *   and marked in `valid`.
 * - Sparse vectors: one `Uint8Array` per row (pairs of uint32 index and float32 value, little-endian, ascending by
 *   index), `null` for a null.
 * - Lists of vectors: one `Uint8Array` per row, its vectors one after the other, `null` for a null.
 */
export type ColumnValues<Scalar = StoredValue> = readonly Scalar[] | Uint8Array | readonly (Uint8Array | null)[];

/**
 * A column of an insert or upsert as a surface hands it over. Scalars come as the sender wrote them: booleans, numbers,
 * bigints, texts; JSON and `$meta` as JSON text not yet checked (a string); an Array row as an array of its elements;
 * Timestamptz as ISO 8601 text or microseconds (bigint); Geometry as WKT. The write path checks everything.
 */
export interface InputColumn extends ColumnSchema {
  readonly values: ColumnValues<unknown>;
  /**
   * Fixed-width vectors of a nullable field: 1 per row that has a vector, 0 per null, for which `values` may leave out the zeros.
   * Absent: all rows have one.
   */
  readonly valid?: Uint8Array;
}

/** The entities of a write, by column. Columns may come in any order; absent ones take default or null. */
export interface InputColumns {
  readonly rowCount: number;
  readonly columns: readonly InputColumn[];
  /**
   * The state of the schema that they were made for (`CollectionFacts.schemaTimestamp`): refused when it has changed.
   * Absent: whatever it is.
   */
  readonly schemaTimestamp?: number | bigint;
}

/**
 * A column of a result, in stored form: Bool as 0 or 1; Int8 to Int64 as number where exact, else bigint; Float (already
 * rounded to float32) and Double as number; VarChar and Geometry (WKT) as text; Timestamptz as microseconds since 1970
 * UTC; JSON, Array and `$meta` as JSON text. The codec of the type (`model/types/`) turns them into what a surface shows.
 */
export interface StoredColumn extends ColumnSchema {
  /** 100 and up; 1 for `$meta`. */
  readonly fieldId: number;
  readonly primaryKey: boolean;
  readonly values: ColumnValues;
  /** Fixed-width vectors of a nullable field only. */
  readonly valid?: Uint8Array;
}

/** The columns of a struct. */
export interface StructColumns {
  readonly name: string;
  readonly parts: readonly StoredColumn[];
}

/** Columns in their order, those of a struct together. */
export function groupedColumns(columns: readonly StoredColumn[]): readonly (StoredColumn | StructColumns)[] {
  const groups: (StoredColumn | StructColumns)[] = [];
  const structs = new Map<string, StoredColumn[]>();
  for (const column of columns) {
    if (column.struct === undefined) {
      groups.push(column);
      continue;
    }
    const known = structs.get(column.struct);
    if (known !== undefined) known.push(column);
    else {
      const parts = [column];
      structs.set(column.struct, parts);
      groups.push({ name: column.struct, parts });
    }
  }
  return groups;
}

/** Rows of a result, by column; all columns have `rowCount` rows, also when that is 0. */
export interface RecordBatch {
  readonly rowCount: number;
  /**
   * In schema order, the primary key where it stands. Where `$meta` is among them, each value is a JSON object that holds
   * only the dynamic keys that were asked for.
   */
  readonly columns: readonly StoredColumn[];
  /** Names as the caller asked for them, `*` expanded, dynamic keys by their own name. */
  readonly outputFields: readonly string[];
  /** Zone in which Timestamptz values are shown; undefined: UTC. */
  readonly timeZone?: string;
  /** Where single elements of a struct array are meant: the positions of those of each row. */
  readonly elements?: readonly (readonly number[])[];
}

/** Parts of the texts of one field, with words marked. */
export interface HighlightedTexts {
  readonly name: string;
  /** One list per hit. */
  readonly fragments: readonly (readonly string[])[];
}

/** What the buckets of a level show. */
export interface BucketLevel {
  readonly fields: readonly BucketColumn[];
  /** By alias. */
  readonly metrics: readonly BucketColumn[];
}

/** `fieldId` 0: a metric. */
export type BucketColumn = Pick<StoredColumn, "name" | "type" | "fieldId">;

/** Hits of one query that share the values of the fields of a level. */
export interface Bucket {
  /** A value per field of the level. */
  readonly key: readonly StoredValue[];
  readonly count: number;
  /** A value per metric of the level; null where there was nothing to compute. */
  readonly metrics: readonly StoredValue[];
  /** Positions of the hits that are shown, among those of the whole result. */
  readonly hits: readonly number[];
  readonly subGroups: readonly Bucket[];
}

/** The facets of a search. */
export interface Aggregated {
  readonly levels: readonly BucketLevel[];
  /** One list per query. */
  readonly buckets: readonly (readonly Bucket[])[];
}

/** What a search answers: hits of all query vectors one after the other, best first. */
export interface SearchHits {
  /** Hits per query vector; the lengths of the other arrays are their sum. */
  readonly topks: readonly number[];
  readonly ids: readonly (number | bigint | string)[];
  /** In the metric's own orientation, float32 values. */
  readonly scores: readonly number[];
  /** Where single elements of a struct array are found: which one of the row. A row may come several times. */
  readonly elements?: readonly number[];
  /** The output fields of the hits; no columns when none were asked for. */
  readonly fields: RecordBatch;
  readonly primaryKey: ColumnSchema;
  /** Grouping searches: what names the group of each hit, a column per field that they are grouped by. */
  readonly groups?: readonly StoredColumn[];
  /** Facets in place of hits: these are then the hits that buckets show. */
  readonly aggregated?: Aggregated;
  /** Where words are marked: the fragments of each hit's text, by field. */
  readonly highlights?: readonly HighlightedTexts[];
}
