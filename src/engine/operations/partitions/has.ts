import { partitionByName } from "../../model/collection.js";
import { checkPartitionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Whether a partition exists.
 *
 * @throws CollectionNotFound, PartitionNameInvalid
 */
export const hasPartition: Operation<"partitions/has"> = {
  path: "partitions/has",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const name = checkPartitionName(request.partitionName);
    return { data: { has: partitionByName(collection, name) !== undefined } };
  },
};
