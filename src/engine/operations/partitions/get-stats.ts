import type { Operation } from "../operation.js";
import { requireCollection, requirePartition } from "../resolve.js";

/**
 * Number of live entities of a partition, loaded or not; expired ones are not counted.
 *
 * @throws CollectionNotFound, PartitionNotFound
 */
export const getPartitionStats: Operation<"partitions/get_stats"> = {
  path: "partitions/get_stats",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const partition = requirePartition(collection, request.partitionName);
    return { data: { rowCount: ctx.entities.countRows(collection, partition.id) } };
  },
};
