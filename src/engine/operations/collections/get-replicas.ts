import type { Collection } from "../../model/collection.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";

/** Where a server would read what is written to a collection. */
export function channelOf({ id }: Collection): string {
  return `elanus_${id}_0`;
}

/**
 * The replica of a collection that is loaded or being loaded.
 *
 * @throws DatabaseNotFound, CollectionNotFound
 */
export const getReplicas: Operation<"collections/get_replicas"> = {
  path: "collections/get_replicas",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (!isInUse(ctx, collection)) return { data: [] };
    const { id, partitions } = collection;
    return {
      data: [
        {
          replicaID: id,
          collectionID: id,
          partitionIDs: partitions.filter((partition) => isInUse(ctx, collection, partition)).map((p) => p.id),
          resourceGroup: ctx.resourceGroups.of(id),
          channel: channelOf(collection),
        },
      ],
    };
  },
};
