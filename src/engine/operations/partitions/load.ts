import { failure } from "../../../errors.js";
import { hasPartitionKey } from "../../model/collection.js";
import { replicas } from "../collections/load.js";
import { requireVectorIndexes } from "../indexes/plan.js";
import type { Operation } from "../operation.js";
import { requireCollection, requirePartitions } from "../resolve.js";

/** Loads partitions on top of what is loaded; answers when every row of them is searchable. */
export const loadPartitions: Operation<"partitions/load"> = {
  path: "partitions/load",
  async run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (hasPartitionKey(collection)) throw failure("PartitionKeyMode", { action: "load partitions" });
    requireVectorIndexes(ctx, collection);
    const partitions = requirePartitions(collection, request.partitionNames);
    if (partitions.length === 0) throw failure("LoadNoPartition");
    await ctx.loader.loadPartitions(
      collection.id,
      partitions.map((p) => p.id),
      replicas(request),
    );
    return { data: {} };
  },
};

/** Frees the memory of partitions; those that are not loaded stay so. */
export const releasePartitions: Operation<"partitions/release"> = {
  path: "partitions/release",
  async run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (hasPartitionKey(collection)) throw failure("PartitionKeyMode", { action: "release partitions" });
    const partitions = requirePartitions(collection, request.partitionNames);
    if (partitions.length === 0) throw failure("ReleaseNoPartition");
    await ctx.loader.releasePartitions(
      collection.id,
      partitions.map((p) => p.id),
    );
    return { data: {} };
  },
};
