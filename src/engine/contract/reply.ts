import type { RecordBatch, SearchHits } from "./column.js";

/** What an operation answers: `data` and the few things some endpoints put beside it. */
export interface Reply<Data> {
  readonly data: Data;
  readonly message?: string;
  readonly cost?: number;
  /** Ids of the items that `data` names, in the same order. Only the 9091 surface shows them. */
  readonly ids?: readonly number[];
}

/** The data of an operation that answers entities. */
export type EntityData = RecordBatch | SearchHits;
