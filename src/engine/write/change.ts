import type { Steps } from "../../values/steps.js";
import { atOnce } from "../../values/steps.js";
import type { EntityStore } from "../entities/entity-store.js";
import { EntityTable } from "../entities/entity-table.js";
import { RowChanges } from "../entities/row-changes.js";
import { failpoint } from "../failpoints.js";
import type { Loader } from "../load/loader.js";
import type { Collection } from "../model/collection.js";
import type { ChangeLog } from "../storage/change-log.js";
import type { Connection } from "../storage/driver.js";
import type { SlicedWrites } from "../storage/sliced-writes.js";
import type { BoundStatement } from "../storage/write-job.js";
import type { Purger } from "./purger.js";

/** What writing takes numbers from. */
export interface TakenNumbers {
  reserveRowIds(collectionId: number, count: number): number;
  reserveAutoIds(count: number): bigint;
}

/** What the write path uses of the engine; the context has it all. */
export interface WriteScope {
  readonly entities: EntityStore;
  readonly loader: Loader;
  readonly purger: Purger;
  readonly catalog: {
    byId(collectionId: number): Collection | undefined;
    readonly sequences: TakenNumbers & {
      rowIdsElsewhere(
        collectionId: number,
        count: number,
      ): { readonly first: number; readonly statement: BoundStatement };
      over(sql: Connection): TakenNumbers;
    };
  };
  /** Tells readers beside this writer. */
  readonly changeLog: ChangeLog;
  /** Long transactions in slices; undefined for a database in memory. */
  readonly slicedWrites: SlicedWrites | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly transaction: <T>(work: () => T) => T;
  /** The same for `work` that makes room, which may be run twice. */
  readonly removal: <T>(work: () => T) => T;
}

/** What one transaction writes with. */
export interface Writing {
  readonly table: EntityTable;
  readonly changes: RowChanges;
  readonly sequences: TakenNumbers;
}

export interface Change<T> {
  /** Called inside the transaction, perhaps twice: what an attempt has done before is undone. */
  readonly work: (writing: Writing) => Steps<T>;
  /** Lets memory follow; default: the segments. */
  readonly follow?: (changes: RowChanges) => void;
  readonly transaction?: WriteScope["transaction"];
}

/**
 * The one way rows come and go: one transaction, and right after it, without an await between, what is in memory follows.
 * Nobody sees rows that the segments lack.
 */
export function change<T>(scope: WriteScope, collection: Collection, wanted: Change<T>): T {
  const { transaction = scope.transaction } = wanted;
  const { sequences } = scope.catalog;
  let changes: RowChanges | undefined;
  // What the transaction gives is what is kept of a write of another process: the result alone.
  const result = transaction(() => {
    const writing = writingWith(scope.entities.table(collection), sequences);
    changes = writing.changes;
    return atOnce(changed(collection, scope.changeLog, writing, wanted));
  });
  followed(scope, collection, wanted, changes);
  return result;
}

/**
 * The same in slices between which the event loop runs.
 * @param still called after each pause, before anything is written; throws when the work cannot be done any more
 */
export async function changeInSlices<T>(
  scope: WriteScope,
  slicedWrites: SlicedWrites,
  collection: Collection,
  wanted: Change<T>,
  still: () => void,
): Promise<T> {
  let changes: RowChanges | undefined;
  const done = await slicedWrites.run(
    () => {
      still();
      return (sql) => {
        const writing = writingWith(new EntityTable(sql, collection), scope.catalog.sequences.over(sql));
        changes = writing.changes;
        return changed(collection, scope.changeLog.over(sql), writing, wanted);
      };
    },
    () => followed(scope, collection, wanted, changes),
  );
  if (done !== undefined) return done.result;
  still();
  return change(scope, collection, wanted);
}

function writingWith(table: EntityTable, sequences: TakenNumbers): Writing {
  return { table, sequences, changes: new RowChanges(table) };
}

function* changed<T>(collection: Collection, changeLog: ChangeLog, writing: Writing, { work }: Change<T>): Steps<T> {
  const result = yield* work(writing);
  const { changes } = writing;
  // A partition that is dropped is told of by the catalogue.
  if (changes.isAllCleared) changeLog.removed(collection.id, "all");
  else if (changes.removed.size > 0) changeLog.removed(collection.id, [...changes.removed.values()].flat());
  return result;
}

function followed<T>(
  scope: WriteScope,
  collection: Collection,
  { follow }: Change<T>,
  changes: RowChanges | undefined,
): void {
  failpoint("after-commit-before-index");
  if (changes === undefined || changes.isEmpty) return;
  scope.entities.rowsChanged(collection.id);
  if (follow === undefined) scope.loader.apply(collection.id, changes);
  else follow(changes);
  if (changes.leavesVectors) scope.purger.wake();
}
