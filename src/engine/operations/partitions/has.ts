import { partitionByName } from "../../model/collection.js";
import { checkPartitionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { type PartitionRequest, partitionRequest } from "./create.js";

/**
 * Whether a partition exists.
 *
 * @throws CollectionNotFound, PartitionNameInvalid
 */
export const hasPartition: Operation<PartitionRequest, { readonly has: boolean }> = {
  path: "partitions/has",
  requestType: "PartitionReq",
  writes: false,
  request: partitionRequest,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const name = checkPartitionName(request.partitionName);
    return { data: { has: partitionByName(collection, name) !== undefined } };
  },
};
