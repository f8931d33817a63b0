import type { Operation } from "../operation.js";
import { snapshotCollection } from "./resolve.js";

/**
 * Drops a snapshot. A missing one is dropped already.
 *
 * @throws MissingParameter, CollectionNotFound, SnapshotPinned
 */
export const dropSnapshot: Operation<"snapshots/drop"> = {
  path: "snapshots/drop",
  run(ctx, request) {
    const collection = snapshotCollection(ctx, request, "drop snapshot");
    ctx.snapshots.drop(collection.id, request.snapshotName.trim());
    return { data: {} };
  },
};
