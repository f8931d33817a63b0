import type { Operation } from "../operation.js";
import { requireCollection, requirePartition } from "../resolve.js";
import { type PartitionRequest, partitionRequest } from "./create.js";

/**
 * Number of live entities of a partition, loaded or not; expired ones are not counted.
 *
 * @throws CollectionNotFound, PartitionNotFound
 */
export const getPartitionStats: Operation<PartitionRequest, { readonly rowCount: number }> = {
  path: "partitions/get_stats",
  requestType: "PartitionReq",
  writes: false,
  request: partitionRequest,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const partition = requirePartition(collection, request.partitionName);
    return { data: { rowCount: ctx.entities.countRows(collection, partition.id) } };
  },
};
