import { failure } from "../../../errors.js";
import { hasPartitionKey, partitionByName } from "../../model/collection.js";
import { MAX_PARTITIONS } from "../../model/limits.js";
import { checkPartitionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Creates a partition; an existing one is left as it is. In a collection that was loaded as a whole the new partition
 * is loaded at once.
 *
 * @throws CollectionNotFound, PartitionKeyMode, PartitionNameInvalid, PartitionLimit
 */
export const createPartition: Operation<"partitions/create"> = {
  path: "partitions/create",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (hasPartitionKey(collection)) throw failure("PartitionKeyMode", { action: "create partition" });
    const name = checkPartitionName(request.partitionName);
    if (partitionByName(collection, name) !== undefined) return { data: {} };
    if (collection.partitions.length >= MAX_PARTITIONS) {
      throw failure("PartitionLimit", {
        count: collection.partitions.length,
        limit: MAX_PARTITIONS,
        collection: collection.name,
      });
    }
    const loaded = collection.loadMode === "collection";
    const partition = ctx.transaction(() => ctx.catalog.createPartition(collection.id, name, loaded));
    if (loaded) ctx.loader.partitionCreated(collection.id, partition.id);
    return { data: {} };
  },
};
