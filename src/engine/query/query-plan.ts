import type { EntityTable } from "../entities/entity-table.js";
import type { RowOrder, Selection } from "../entities/read-rows.js";
import type { Collection, Partition } from "../model/collection.js";
import type { Output } from "./output.js";

/** What a query reads: rows of a selection in an order. */
export interface QueryPlan {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly partitions: readonly Partition[];
  readonly selection: Selection;
  readonly output: Output;
  /** Nothing: by primary key. */
  readonly order: RowOrder;
  /** Most rows; `Infinity` for all. */
  readonly limit: number;
  readonly offset: number;
  /** False: whatever it takes, it is read without letting the event loop run. */
  readonly mayPause: boolean;
}
