import { failure } from "../../errors.js";
import type { DatabaseRecord } from "../catalog/catalog.js";
import type { EngineContext } from "../context.js";
import { type CollectionRequest, DEFAULT_DATABASE } from "../contract/request.js";
import { type Collection, type Partition, partitionByName, schemaTimestamp } from "../model/collection.js";
import { checkCollectionName } from "../model/validate-names.js";

/**
 * The database a request names; `default` when it names none.
 *
 * @throws DatabaseNotFound
 */
export function requireDatabase(ctx: EngineContext, dbName: string | undefined): DatabaseRecord {
  const name = databaseName(dbName);
  const record = ctx.catalog.database(name);
  if (record === undefined) throw failure("DatabaseNotFound", { database: name });
  return record;
}

/** `default` when a request names no database. */
export function databaseName(dbName: string | undefined): string {
  return dbName === undefined || dbName === "" ? DEFAULT_DATABASE : dbName;
}

/**
 * How an endpoint words a missing collection: `cannot find` is the usual form, `missing` the short one, and
 * `missing in database` the short one with the database.
 */
export type NotFoundForm = "cannot find" | "missing" | "missing in database";

/**
 * The collection a request names, by name or alias.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound or CollectionMissing
 */
export function requireCollection(
  ctx: EngineContext,
  request: CollectionRequest,
  form: NotFoundForm = "cannot find",
): Collection {
  const name = checkCollectionName(request.collectionName);
  const database = requireDatabase(ctx, request.dbName);
  const collection = ctx.catalog.find(database.name, name);
  if (collection === undefined) throw collectionNotFound(database.name, name, form);
  return collection;
}

/** @throws SchemaMismatch when entities were made for another state of the schema than the present one */
export function requireSchema(collection: Collection, timestamp: number | bigint | undefined): void {
  if (timestamp !== undefined && BigInt(timestamp) !== schemaTimestamp(collection)) {
    throw failure("SchemaMismatch", { collection: collection.name });
  }
}

/** The error of a missing collection in one of its three wordings. */
export function collectionNotFound(database: string, collection: string, form: NotFoundForm): Error {
  if (form === "cannot find") return failure("CollectionNotFound", { database, collection });
  return failure("CollectionMissing", form === "missing" ? { collection } : { database, collection });
}

/**
 * The partition of a name.
 *
 * @throws PartitionNotFound
 */
export function requirePartition(collection: Collection, name: string): Partition {
  const partition = partitionByName(collection, name.trim());
  if (partition === undefined) throw failure("PartitionNotFound", { partition: name });
  return partition;
}

/**
 * The partitions of these names, each once, in the order named.
 *
 * @throws PartitionNotFound for the first unknown name
 */
export function requirePartitions(collection: Collection, names: readonly string[]): readonly Partition[] {
  const found = new Set<Partition>();
  for (const name of names) {
    const partition = partitionByName(collection, name.trim());
    if (partition === undefined) throw failure("PartitionNotFound", { partition: name });
    found.add(partition);
  }
  return [...found];
}

/**
 * True when the collection, or a partition of it, is loaded or being loaded: what a load depends on must not change from
 * the call that asks for it on.
 */
export function isInUse(ctx: EngineContext, collection: Collection, partition?: Partition): boolean {
  const loaded = partition === undefined ? isLoaded(collection) : partition.loaded;
  return loaded || ctx.loader.isToBeLoaded(collection.id, partition?.id);
}

/** True when at least one partition is loaded (or is to be, after a reopening). */
export function isLoaded(collection: Collection): boolean {
  return collection.loadMode !== "none";
}

/** The load state of a collection as `describe` and `get_load_state` print it; `LoadStateLoading` while a load runs. */
export function loadStateName(ctx: EngineContext, collection: Collection): string {
  if (ctx.loader.loadProgress(collection.id) !== undefined) return "LoadStateLoading";
  return isLoaded(collection) ? "LoadStateLoaded" : "LoadStateNotLoad";
}
