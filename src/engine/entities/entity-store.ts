import type { Collection, IndexDescription } from "../model/collection.js";
import type { FieldSchema } from "../model/schema.js";

/** What the DDL operations need of the tables of rows. Call inside `ctx.transaction`. */
export interface EntityStore {
  createTables(collection: Collection): void;
  dropTables(collection: Collection): void;
  addColumn(collection: Collection, field: FieldSchema): void;
  /** Removes the rows of one partition; the caller has checked that it is released. */
  deletePartition(collection: Collection, partitionId: number): void;
  /** Removes all rows of all partitions. */
  truncate(collection: Collection): void;
  /** Makes a SQLite index for a scalar index (also for a JSON path); nothing for vector fields. */
  createScalarIndex(collection: Collection, index: IndexDescription): void;
  dropScalarIndex(collection: Collection, index: IndexDescription): void;
  /** Live rows, expired ones (TTL) excluded. */
  countRows(collection: Collection, partitionId?: number): number;
}
