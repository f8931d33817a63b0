import { compactInteger } from "../../values/int64.js";
import { Outdated } from "../../values/outdated.js";
import { atOnce, type Steps } from "../../values/steps.js";
import { requireWanted } from "../../values/wanted.js";
import type { InputColumns } from "../contract/column.js";
import { batchBytes, type SqlValue } from "../entities/batch.js";
import { oldestLiving } from "../entities/expiry.js";
import { type KeyValue, locateKeys, storedRow } from "../entities/find-rows.js";
import { failpoint } from "../failpoints.js";
import type { Collection } from "../model/collection.js";
import type { ArrayChanges } from "./array-changes.js";
import { type Change, change, changeInSlices, type WriteScope, type Writing } from "./change.js";
import type { EmbeddedTexts } from "./embedded-texts.js";
import { encodeColumns } from "./encode-columns.js";
import { encodeRows } from "./encode-rows.js";
import { encodedInSlices } from "./encoding.js";
import type { EncodeOptions, PreparedBatch } from "./prepared-batch.js";
import { routeRows } from "./route.js";

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
 * Inserts a batch, all or nothing; visible to every later call when it is done. Known keys are overwritten. A promise where that is done
 * in slices.
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
  return written(scope, target, entities, { operation: "insert", embedded }, (prepared) => ({
    work: (writing) => writePrepared(scope, collection, prepared, route, writing),
  }));
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
  return written(scope, target, entities, options, (prepared) => ({
    *work(writing) {
      if (prepared.replaced.length > 0) yield* writing.changes.remove(locateKeys(writing.table, prepared.replaced));
      return yield* writePrepared(scope, collection, prepared, route, writing);
    },
  }));
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
  return change(scope, collection, removal(scope, find));
}

/** So many rows take long. */
const MANY_ROWS = 2000;

/**
 * The same; a promise where it is done in slices.
 *
 * @param most rows that `find` gives
 * @param still called after a pause; throws when `find` does not give the rows of now any more
 */
export function removeMany(
  scope: WriteScope,
  collection: Collection,
  find: () => ReadonlyMap<number, readonly number[]>,
  most: number,
  still: () => void,
): number | Promise<number> {
  const { slicedWrites } = scope;
  if (slicedWrites === undefined || most < MANY_ROWS) return remove(scope, collection, find);
  return changeInSlices(scope, slicedWrites, collection, removal(scope, find), still);
}

function removal({ removal }: WriteScope, find: () => ReadonlyMap<number, readonly number[]>): Change<number> {
  return {
    *work({ changes }) {
      yield* changes.remove(find());
      return changes.removedCount;
    },
    transaction: removal,
  };
}

/** Deletes all rows of all partitions. */
export function truncate(scope: WriteScope, collection: Collection): void {
  change(scope, collection, {
    *work({ changes }) {
      scope.entities.empty(collection);
      changes.clear(collection.partitions.map((p) => p.id));
    },
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
  change(scope, collection, {
    // biome-ignore lint/correctness/useYield: it is a few statements
    *work({ changes }) {
      changes.clearPartition(partitionId);
      drop();
    },
    follow: () => {
      failpoint("after-drop-before-files");
      scope.loader.partitionDropped(collection.id, partitionId);
    },
    transaction: scope.removal,
  });
}

/** So many rows are never long work. */
const FEW_ROWS = 8;

/** So many bytes are written in one stretch. */
const FEW_BYTES = 2_000_000;

/** Encodes a batch and writes it, in slices where that is long. @param wanted what is to be done with it */
function written<T>(
  scope: WriteScope,
  { collection, mayPause, signal }: WriteTarget,
  entities: Entities,
  options: EncodeOptions,
  wanted: (batch: PreparedBatch) => Change<T>,
): T | Promise<T> {
  const [encoding, count] =
    "rows" in entities
      ? [encodeRows(collection, entities.rows, options), entities.rows.length]
      : [encodeColumns(collection, entities.columns, options), entities.columns.rowCount];
  if (mayPause !== true || count < FEW_ROWS) return change(scope, collection, wanted(atOnce(encoding)));
  const version = scope.entities.version(collection.id);
  const still = () => {
    requireWanted(signal);
    // A partial batch builds on the rows that are stored.
    const rowsAsBefore = options.existing === undefined || scope.entities.version(collection.id) === version;
    if (scope.catalog.byId(collection.id) !== collection || !rowsAsBefore) throw new Outdated();
  };
  const { slicedWrites } = scope;
  return encodedInSlices(encoding, still, (prepared) =>
    slicedWrites !== undefined && batchBytes(prepared.batch) > FEW_BYTES
      ? changeInSlices(scope, slicedWrites, collection, wanted(prepared), still)
      : change(scope, collection, wanted(prepared)),
  );
}

/** Draws what is to be drawn and writes. Inside a transaction. */
function* writePrepared(
  { now }: WriteScope,
  collection: Collection,
  { batch, keyless }: PreparedBatch,
  route: ReturnType<typeof routeRows>,
  { table, changes, sequences }: Writing,
): Steps<readonly KeyValue[]> {
  const keys = batch.keys as SqlValue[];
  if (keyless.length > 0) {
    const first = sequences.reserveAutoIds(keyless.length);
    const text = table.key.type === "VarChar";
    for (let i = 0; i < keyless.length; i++) {
      const fresh = first + BigInt(i);
      keys[keyless[i] as number] = text ? String(fresh) : compactInteger(fresh);
    }
  }
  yield* changes.write(batch, sequences.reserveRowIds(collection.id, batch.count), now(), route(batch));
  return keys as readonly KeyValue[];
}
