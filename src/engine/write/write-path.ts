import { compactInteger } from "../../values/int64.js";
import { requireWanted } from "../../values/wanted.js";
import type { InputColumns } from "../contract/column.js";
import { adoptions, anyReplaced, READY } from "../entities/adopted-rows.js";
import type { SqlValue } from "../entities/batch.js";
import type { EntityStore } from "../entities/entity-store.js";
import { oldestLiving } from "../entities/expiry.js";
import { type KeyValue, locateKeys, storedRow } from "../entities/find-rows.js";
import { RowChanges } from "../entities/row-changes.js";
import { failpoint } from "../failpoints.js";
import type { Loader } from "../load/loader.js";
import type { Collection } from "../model/collection.js";
import type { ChangeLog } from "../storage/change-log.js";
import type { WriteElsewhere } from "../storage/write-elsewhere.js";
import type { BoundStatement } from "../storage/write-job.js";
import type { ArrayChanges } from "./array-changes.js";
import type { EmbeddedTexts } from "./embedded-texts.js";
import { encodeColumns } from "./encode-columns.js";
import { encodeRows } from "./encode-rows.js";
import { encodedAtOnce, encodedInSlices } from "./encoding.js";
import { Outdated } from "./outdated.js";
import type { EncodeOptions, PreparedBatch } from "./prepared-batch.js";
import type { Purger } from "./purger.js";
import { routeRows } from "./route.js";

/** What the write path uses of the engine; the context has it all. */
export interface WriteScope {
  readonly entities: EntityStore;
  readonly loader: Loader;
  readonly purger: Purger;
  readonly catalog: {
    byId(collectionId: number): Collection | undefined;
    readonly sequences: {
      reserveRowIds(collectionId: number, count: number): number;
      rowIdsElsewhere(
        collectionId: number,
        count: number,
      ): { readonly first: number; readonly statement: BoundStatement };
      reserveAutoIds(count: number): bigint;
    };
  };
  /** Tells readers beside this writer. */
  readonly changeLog: ChangeLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly transaction: <T>(work: () => T) => T;
  /** The same for `work` that makes room, which may be run twice. */
  readonly removal: <T>(work: () => T) => T;
}

/** Entities to be written, by row or by column. */
export type Entities = { readonly rows: readonly unknown[] } | { readonly columns: InputColumns };

export interface WriteTarget {
  /** What models have made of the texts that are written. */
  readonly embedded: EmbeddedTexts;
  readonly collection: Collection;
  /** Undefined or empty: the default partition, or the partition of each row's partition key. */
  readonly partitionName: string | undefined;
  /** A long batch is encoded in slices; Outdated tells that it must be begun anew. */
  readonly mayPause?: boolean;
  /** Looked at after each pause. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Inserts a batch, all or nothing; visible to every later call when it is done. Known keys are overwritten. A promise where the batch
 * is encoded in slices.
 *
 * @returns the keys in input order, as callers see them
 * @throws PartitionNotFound, PartitionKeyNames, TextsWanted, Outdated, and what `encodeRows` and `encodeColumns` refuse
 */
export function insert(
  scope: WriteScope,
  target: WriteTarget,
  entities: Entities,
): readonly KeyValue[] | Promise<readonly KeyValue[]> {
  const { collection, embedded } = target;
  const route = routeRows(collection, target.partitionName);
  // Before the transaction: a bad batch never takes the write lock.
  return encoded(scope, target, entities, { operation: "insert", embedded }, (prepared) =>
    change(scope, collection, (changes) => writePrepared(scope, collection, prepared, route, changes)),
  );
}

/**
 * Replaces entities by key, or inserts them, all or nothing. Where the collection draws the keys, a row that is named is
 * replaced under a fresh key.
 *
 * @param partial only the given fields change; what a new key lacks must have a default
 * @param changes of arrays in a partial upsert
 * @returns the keys in input order, fresh ones where they are drawn
 * @throws as `insert`, and InvalidParameter for a key that is named twice
 */
export function upsert(
  scope: WriteScope,
  target: WriteTarget,
  entities: Entities,
  partial: boolean,
  changes?: ArrayChanges,
): readonly KeyValue[] | Promise<readonly KeyValue[]> {
  const { collection, embedded } = target;
  const route = routeRows(collection, target.partitionName);
  const table = scope.entities.table(collection);
  const newerThan = oldestLiving(collection, scope.now());
  const options: EncodeOptions = {
    operation: "upsert",
    embedded,
    ...(partial ? { existing: (key: KeyValue) => storedRow(table, key, newerThan) } : {}),
    ...(changes === undefined ? {} : { changes }),
  };
  return encoded(scope, target, entities, options, (prepared) =>
    change(scope, collection, (rows) => {
      if (prepared.replaced.length > 0) rows.remove(locateKeys(table, prepared.replaced));
      return writePrepared(scope, collection, prepared, route, rows);
    }),
  );
}

/**
 * Deletes rows, all or none.
 *
 * @param find called inside the transaction: row ids by partition
 * @returns how many there were
 */
export function remove(
  scope: WriteScope,
  collection: Collection,
  find: () => ReadonlyMap<number, readonly number[]>,
): number {
  const removed = (changes: RowChanges): number => {
    changes.remove(find());
    return changes.removedCount;
  };
  return change(scope, collection, removed, { transaction: scope.removal });
}

/** Deletes all rows of all partitions. */
export function truncate(scope: WriteScope, collection: Collection): void {
  const empty = (changes: RowChanges): void => {
    scope.entities.empty(collection);
    changes.clear(collection.partitions.map((p) => p.id));
  };
  change(scope, collection, empty, {
    follow: () => scope.loader.collectionTruncated(collection.id),
    transaction: scope.removal,
  });
  scope.purger.wake();
}

/**
 * Deletes the rows of a released partition with the partition itself.
 *
 * @param drop takes it out of the catalogue; called inside the transaction
 */
export function removePartition(
  scope: WriteScope,
  collection: Collection,
  partitionId: number,
  drop: () => void,
): void {
  change(
    scope,
    collection,
    (changes) => {
      changes.clearPartition(partitionId);
      drop();
    },
    {
      follow: () => {
        failpoint("after-drop-before-files");
        scope.loader.partitionDropped(collection.id, partitionId);
      },
      transaction: scope.removal,
    },
  );
}

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
  change(
    scope,
    collection,
    (changes) => {
      changes.remove(ready.replaced());
      firstRowId = scope.catalog.sequences.reserveRowIds(collection.id, ready.rowIds);
      ready.copy(firstRowId);
      changes.tookOver();
    },
    { follow: (changes) => followReady(scope, collection, ready, changes, firstRowId) },
  );
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

/** So many rows are never long work. */
const FEW_ROWS = 8;

/** @param ready writes the batch; called when nothing has changed since that it was made from */
function encoded<T>(
  scope: WriteScope,
  { collection, mayPause, signal }: WriteTarget,
  entities: Entities,
  options: EncodeOptions,
  ready: (batch: PreparedBatch) => T,
): T | Promise<T> {
  const [encoding, count] =
    "rows" in entities
      ? [encodeRows(collection, entities.rows, options), entities.rows.length]
      : [encodeColumns(collection, entities.columns, options), entities.columns.rowCount];
  if (mayPause !== true || count < FEW_ROWS) return ready(encodedAtOnce(encoding));
  const version = scope.entities.version(collection.id);
  const still = () => {
    requireWanted(signal);
    // A partial batch builds on the rows that are stored.
    const rowsAsBefore = options.existing === undefined || scope.entities.version(collection.id) === version;
    if (scope.catalog.byId(collection.id) !== collection || !rowsAsBefore) throw new Outdated();
  };
  return encodedInSlices(encoding, still, ready);
}

/** Draws what is to be drawn and writes. Inside a transaction. */
function writePrepared(
  { catalog, entities, now }: WriteScope,
  collection: Collection,
  { batch, keyless }: PreparedBatch,
  route: ReturnType<typeof routeRows>,
  changes: RowChanges,
): readonly KeyValue[] {
  const table = entities.table(collection);
  const keys = batch.keys as SqlValue[];
  if (keyless.length > 0) {
    const first = catalog.sequences.reserveAutoIds(keyless.length);
    const text = table.key.type === "VarChar";
    for (let i = 0; i < keyless.length; i++) {
      const fresh = first + BigInt(i);
      keys[keyless[i] as number] = text ? String(fresh) : compactInteger(fresh);
    }
  }
  changes.write(batch, catalog.sequences.reserveRowIds(collection.id, batch.count), now(), route(batch));
  return keys as readonly KeyValue[];
}

interface ChangeOptions {
  /** Lets memory follow; default: the segments. */
  readonly follow?: (changes: RowChanges) => void;
  readonly transaction?: WriteScope["transaction"];
}

/**
 * The one way rows come and go: one transaction, and right after it, without an await between, what is in memory follows.
 * Nobody sees rows that the segments lack.
 */
function change<T>(
  scope: WriteScope,
  collection: Collection,
  work: (changes: RowChanges) => T,
  {
    follow = (changes) => scope.loader.apply(collection.id, changes),
    transaction = scope.transaction,
  }: ChangeOptions = {},
): T {
  let changes = new RowChanges(scope.entities.table(collection));
  const result = transaction(() => {
    changes = new RowChanges(scope.entities.table(collection));
    const done = work(changes);
    // A partition that is dropped is told of by the catalogue.
    if (changes.isAllCleared) scope.changeLog.removed(collection.id, "all");
    else if (changes.removed.size > 0) scope.changeLog.removed(collection.id, [...changes.removed.values()].flat());
    return done;
  });
  failpoint("after-commit-before-index");
  if (changes.isEmpty) return result;
  scope.entities.rowsChanged(collection.id);
  follow(changes);
  if (changes.leavesVectors) scope.purger.wake();
  return result;
}
