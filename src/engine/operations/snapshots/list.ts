import type { Operation } from "../operation.js";
import { snapshotCollection } from "./resolve.js";

/** Names of the snapshots of a collection, in order of creation. @throws MissingParameter, CollectionNotFound */
export const listSnapshots: Operation<"snapshots/list"> = {
  path: "snapshots/list",
  run(ctx, request) {
    const collection = snapshotCollection(ctx, request, "ListSnapshots");
    return { data: ctx.snapshots.of(collection.id).map(({ name }) => name) };
  },
};
