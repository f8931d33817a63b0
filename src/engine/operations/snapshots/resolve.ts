import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { SnapshotRequest } from "../../contract/snapshots.js";
import type { Collection } from "../../model/collection.js";
import type { CollectionSnapshot } from "../../snapshots/snapshot-table.js";
import { requireCollection } from "../resolve.js";

type Named = Pick<SnapshotRequest, "dbName" | "collectionName">;

/** The collection whose snapshots a request is about. @throws MissingParameter, CollectionNotFound */
export function snapshotCollection(ctx: EngineContext, request: Named, what: string): Collection {
  requireText(request.collectionName, "collection_name", what);
  return requireCollection(ctx, request);
}

/** @throws MissingParameter, CollectionNotFound, SnapshotNotFound */
export function requireSnapshot(
  ctx: EngineContext,
  request: Named & Pick<SnapshotRequest, "snapshotName">,
  what: string,
): { readonly collection: Collection; readonly snapshot: CollectionSnapshot } {
  const collection = snapshotCollection(ctx, request, what);
  return { collection, snapshot: ctx.snapshots.ofName(collection.id, request.snapshotName.trim()) };
}

/** @param field in the words of the protocol. @throws MissingParameter */
export function requireText(value: string, field: string, what: string): void {
  if (value === "") throw failure("MissingParameter", { text: `${field} is required for ${what}` });
}
