import { failure } from "../../../errors.js";
import { hasPartitionKey, partitionByName } from "../../model/collection.js";
import { MAX_PARTITIONS } from "../../model/limits.js";
import { checkPartitionName } from "../../model/validate-names.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

export interface PartitionRequest extends CollectionRequest {
  readonly partitionName: string;
}

/** Request of every endpoint that names one partition. */
export const partitionRequest = {
  dbName,
  collectionName,
  partitionName: { kind: "string", required: true },
} as const;

/**
 * Creates a partition; an existing one is left as it is. In a collection that was loaded as a whole the new partition
 * is loaded at once.
 *
 * @throws CollectionNotFound, PartitionKeyMode, PartitionNameInvalid, PartitionLimit
 */
export const createPartition: Operation<PartitionRequest, object> = {
  path: "partitions/create",
  requestType: "PartitionReq",
  writes: true,
  request: partitionRequest,
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
