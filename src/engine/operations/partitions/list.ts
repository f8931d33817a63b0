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
    const collection = requireCollection(ctx, request);
    const { partitions } = collection;
    const loading = ctx.loader.loadProgress(collection.id);
    return {
      data: partitions.map((p) => p.name),
      facts: partitions.map(({ id, createdAt, loaded }) => ({
        id,
        createdAt,
        loadProgress: loaded ? 100 : loading,
      })),
    };
  },
};
