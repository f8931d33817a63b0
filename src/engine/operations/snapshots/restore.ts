import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { MAX_COLLECTIONS } from "../../model/limits.js";
import { checkCollectionName } from "../../model/validate-names.js";
import type { SnapshotJob } from "../../snapshots/job-table.js";
import { type RestoreTarget, refuseTaken } from "../../snapshots/restores.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { requireSnapshot, requireText } from "./resolve.js";

/**
 * Begins to make a new collection out of a snapshot.
 *
 * @throws MissingParameter, CollectionNotFound, SnapshotNotFound, DatabaseNotFound, InvalidParameter (bad name),
 * CollectionExists, CollectionNameIsAlias, CollectionLimit
 */
export const restoreSnapshot: Operation<"snapshots/restore"> = {
  path: "snapshots/restore",
  run(ctx, request) {
    const { targetCollectionName, targetDbName = "", sourceCollectionName = "" } = request;
    const what = "restore snapshot";
    const source = { ...request, collectionName: request.collectionName || sourceCollectionName };
    requireText(source.collectionName, "collection_name", what);
    requireText(targetCollectionName, "target_collection_name", what);
    const { collection, snapshot } = requireSnapshot(ctx, source, what);
    const target = restoreTarget(ctx, targetDbName === "" ? collection.database : targetDbName, targetCollectionName);
    return { data: { jobId: ctx.snapshots.restore(snapshot, target) } };
  },
  recall: (_ctx, _request, job) => ({ data: { jobId: (job as SnapshotJob).id } }),
};

/** @throws DatabaseNotFound, InvalidParameter (bad name), CollectionExists, CollectionNameIsAlias, CollectionLimit */
export function restoreTarget(ctx: EngineContext, dbName: string | undefined, collectionName: string): RestoreTarget {
  const database = requireDatabase(ctx, dbName);
  const target = { databaseId: database.id, database: database.name, name: checkCollectionName(collectionName) };
  refuseTaken(ctx.catalog, target);
  if (ctx.catalog.allCollections().length + ctx.snapshots.unfinished().length >= MAX_COLLECTIONS) {
    throw failure("CollectionLimit", { database: database.name, limit: MAX_COLLECTIONS });
  }
  return target;
}
