import { hybridTime } from "../../../values/hybrid-time.js";
import type { Operation } from "../operation.js";
import { requireSnapshot } from "./resolve.js";

/** @throws MissingParameter, CollectionNotFound, SnapshotNotFound */
export const describeSnapshot: Operation<"snapshots/describe"> = {
  path: "snapshots/describe",
  run(ctx, request) {
    const { collection, snapshot } = requireSnapshot(ctx, request, "describe snapshot");
    return {
      data: {
        snapshotName: snapshot.name,
        description: snapshot.description,
        collectionName: collection.name,
        partitionNames: snapshot.partitionNames,
        createTs: hybridTime(snapshot.createdAt),
        s3Location: ctx.snapshots.location(snapshot),
      },
    };
  },
};
