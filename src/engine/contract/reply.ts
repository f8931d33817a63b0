import type { RecordBatch, SearchHits } from "./column.js";
import type { Explanation } from "./explanation.js";

/** What an operation answers. */
export interface Reply<Data, Facts = never> {
  readonly data: Data;
  /** What is known of the items that `data` names, in the same order; no part of the result. */
  readonly facts?: readonly Facts[];
  /** How it was done; where the caller has asked for it. */
  readonly explanation?: Explanation;
  /** The state of the request's collection that the call saw, as a number; where the caller has asked for it. */
  readonly revision?: number;
}

/** The data of an operation that answers entities. */
export type EntityData = RecordBatch | SearchHits;
