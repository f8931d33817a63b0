import { failure } from "../../../errors.js";
import { failpoint } from "../../failpoints.js";
import { DEFAULT_PARTITION, hasPartitionKey, partitionByName } from "../../model/collection.js";
import { checkPartitionName } from "../../model/validate-names.js";
import { removePartition } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";

/**
 * Drops a released partition (by the rules of Milvus Lite: any) with its entities. A missing one is dropped already.
 *
 * @throws CollectionNotFound, PartitionKeyMode, PartitionNameInvalid, PartitionLoaded, DefaultPartitionDrop
 */
export const dropPartition: Operation<"partitions/drop"> = {
  path: "partitions/drop",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (hasPartitionKey(collection)) throw failure("PartitionKeyMode", { action: "drop partition" });
    const name = checkPartitionName(request.partitionName);
    const partition = partitionByName(collection, name);
    if (partition === undefined) return { data: {} };
    // Before the check for the default partition, as on the server.
    if (ctx.loader.rules !== "lite" && isInUse(ctx, collection, partition)) throw failure("PartitionLoaded");
    if (name === DEFAULT_PARTITION) throw failure("DefaultPartitionDrop");
    removePartition(ctx, collection, partition.id, () => {
      failpoint("mid-drop");
      ctx.catalog.dropPartition(collection.id, partition.id);
    });
    return { data: {} };
  },
};
