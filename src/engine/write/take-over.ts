import { adoptions, anyReplaced, READY } from "../entities/adopted-rows.js";
import { RowChanges } from "../entities/row-changes.js";
import type { Collection } from "../model/collection.js";
import type { WriteElsewhere } from "../storage/write-elsewhere.js";
import { change, type WriteScope } from "./change.js";

/** Rows that lie ready in another file. */
export interface ReadyFile {
  readonly path: string;
  /** How many row ids they need; there may be fewer rows. */
  readonly rowIds: number;
  /** Partitions that they are in. */
  readonly partitions: readonly number[];
}

export interface ReadyRows extends ReadyFile {
  /** Rows of the collection that they take the place of, by partition. Called inside the transaction. */
  replaced(): ReadonlyMap<number, readonly number[]>;
  /** Copies them into the tables, under ids from `firstRowId` on. Called inside the transaction. */
  copy(firstRowId: number): void;
}

/** So many rows are read into memory at once; more are read by the next search. */
const ROWS_AT_ONCE = 20_000;

/** Takes over rows that lie ready, all or none. */
export function takeOver(scope: WriteScope, collection: Collection, ready: ReadyRows): void {
  let firstRowId = 0;
  change(scope, collection, {
    *work({ changes, sequences }) {
      yield* changes.remove(ready.replaced());
      firstRowId = sequences.reserveRowIds(collection.id, ready.rowIds);
      ready.copy(firstRowId);
      changes.tookOver();
    },
    follow: (changes) => followReady(scope, collection, ready, changes, firstRowId),
  });
}

/**
 * Takes over many rows on another thread, all or none, while this one goes on.
 *
 * @returns false where that is not possible, as where rows would be replaced: nothing has happened
 */
export async function takeOverElsewhere(
  scope: WriteScope,
  elsewhere: WriteElsewhere,
  collection: Collection,
  ready: ReadyFile,
): Promise<boolean> {
  if (ready.rowIds <= ROWS_AT_ONCE) return false;
  let firstRowId = 0;
  return elsewhere.run(
    () => {
      const taken = scope.catalog.sequences.rowIdsElsewhere(collection.id, ready.rowIds);
      firstRowId = taken.first;
      const copies = adoptions(collection).map((text) => ({ text, params: [firstRowId - 1] }));
      return {
        attached: { path: ready.path, schema: READY },
        unless: anyReplaced(scope.entities.table(collection)),
        statements: [taken.statement, ...copies],
      };
    },
    () => {
      scope.entities.rowsChanged(collection.id);
      const changes = new RowChanges(scope.entities.table(collection));
      changes.tookOver();
      followReady(scope, collection, ready, changes, firstRowId);
    },
  );
}

function followReady(
  { loader, entities }: WriteScope,
  collection: Collection,
  { rowIds, partitions }: ReadyFile,
  changes: RowChanges,
  firstRowId: number,
): void {
  loader.apply(collection.id, changes);
  const table = rowIds <= ROWS_AT_ONCE ? entities.table(collection) : undefined;
  loader.partitionsGrown(collection.id, partitions, firstRowId - 1, table);
}
