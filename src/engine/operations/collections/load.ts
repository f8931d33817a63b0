import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { LoadCollectionRequest } from "../../contract/collections.js";
import type { Done } from "../../contract/request.js";
import type { Collection } from "../../model/collection.js";
import { requireVectorIndexes } from "../indexes/plan.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";

/** The replica number of a request; absent, zero and less mean one. */
export function replicas(request: { readonly replicaNumber?: number }): number {
  return Math.max(1, request.replicaNumber ?? 1);
}

async function load(
  ctx: EngineContext,
  collection: Collection,
  request: LoadCollectionRequest,
): Promise<{ data: Done }> {
  requireVectorIndexes(ctx, collection);
  await ctx.loader.loadCollection(collection.id, replicas(request));
  return { data: {} };
}

/** Loads all partitions; answers when every row is searchable. */
export const loadCollection: Operation<"collections/load"> = {
  path: "collections/load",
  run: (ctx, request) => load(ctx, requireCollection(ctx, request), request),
};

/** Loads again what is loaded already. */
export const refreshLoad: Operation<"collections/refresh_load"> = {
  path: "collections/refresh_load",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (!isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
    // Without a number of its own a repetition keeps the one of the load.
    return load(ctx, collection, { ...request, replicaNumber: request.replicaNumber ?? collection.replicaNumber });
  },
};

/** Frees the memory of all partitions; a collection that is not loaded stays so, in Milvus Lite also one without an index. */
export const releaseCollection: Operation<"collections/release"> = {
  path: "collections/release",
  async run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const stays = ctx.loader.rules === "lite" && collection.indexes.length === 0;
    if (!stays) await ctx.loader.releaseCollection(collection.id);
    return { data: {} };
  },
};
