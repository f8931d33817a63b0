/** How a search or a query was done, for who asks with `explain: true`. */

/**
 * How the rows of a filter were found:
 *
 * - `kept`: an earlier call with the same filter has left them;
 * - `columns`: columns in memory were scanned;
 * - `rows`: SQLite listed them; `pieces`: the same, piece by piece, for a filter that takes long;
 * - `elements`: SQLite listed single elements of struct arrays;
 * - `confirmed`: the vectors nearest were looked for first, and SQLite asked of which the filter lets through;
 * - `key`, `index`, `scan`: of a query, how SQLite came to them.
 */
export type FilterWay = "kept" | "columns" | "rows" | "pieces" | "elements" | "confirmed" | "key" | "index" | "scan";

export interface FilterExplanation {
  readonly way: FilterWay;
  /** Rows that it lets through, where they were counted on the way. */
  readonly selected?: number;
  /** Name of the scalar index that led to them. */
  readonly index?: string;
}

/** How vectors were compared: `graph` walks to the nearest, `exact` compares all, `lists` goes by the terms of sparse vectors. */
export type VectorsWay = "graph" | "exact" | "lists";

export interface VectorsExplanation {
  readonly partition: string;
  readonly way: VectorsWay;
  /** Live rows of the partition. */
  readonly rows: number;
  /** Rows whose vectors are compared for one query; of a graph, about. */
  readonly lookedAt: number;
}

/** Of one search among those of a hybrid search: it is told of as if it stood alone. */
export interface PartExplanation extends Omit<Explanation, "steps" | "searches"> {
  /** The vector field. */
  readonly annsField: string;
}

export interface Explanation {
  /** Rows of the partitions that were asked. */
  readonly rows: number;
  /** Absent without a filter. */
  readonly filter?: FilterExplanation;
  /** Of a search: by partition, for its first query. */
  readonly vectors?: readonly VectorsExplanation[];
  /** Of a search: share of the true nearest rows that was found, measured with its first queries. 1 where all are compared. */
  readonly recall?: number;
  /** Of a query: what SQLite says of its way, step by step. */
  readonly steps?: readonly string[];
  /** Of a hybrid search: its searches, in their order; filters, vectors and recall are theirs. */
  readonly searches?: readonly PartExplanation[];
}
