import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Names of the partitions of a collection in order of creation.
 *
 * @throws CollectionNotFound
 */
export const listPartitions: Operation<"partitions/list"> = {
  path: "partitions/list",
  run(ctx, request) {
    const { partitions } = requireCollection(ctx, request);
    return { data: partitions.map((p) => p.name), ids: partitions.map((p) => p.id) };
  },
};
