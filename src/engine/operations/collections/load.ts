import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { Collection } from "../../model/collection.js";
import { requireVectorIndexes } from "../indexes/plan.js";
import { type CollectionRequest, collectionName, dbName, type Operation, type RequestShape } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";

export interface LoadCollectionRequest extends CollectionRequest {
  /** Remembered for the mismatch check of the legacy rules; the engine keeps one copy. */
  readonly replicaNumber?: number;
}

const shape: RequestShape<LoadCollectionRequest> = { dbName, collectionName, replicaNumber: { kind: "int" } };

/** The replica number of a request; absent, zero and less mean one. */
export function replicas(request: { readonly replicaNumber?: number }): number {
  return Math.max(1, request.replicaNumber ?? 1);
}

async function load(
  ctx: EngineContext,
  collection: Collection,
  request: LoadCollectionRequest,
): Promise<{ data: object }> {
  requireVectorIndexes(collection);
  await ctx.loader.loadCollection(collection.id, replicas(request));
  return { data: {} };
}

/** Loads all partitions; answers when every row is searchable. */
export const loadCollection: Operation<LoadCollectionRequest, object> = {
  path: "collections/load",
  requestType: "CollectionNameReq",
  request: shape,
  writes: true,
  run: (ctx, request) => load(ctx, requireCollection(ctx, request), request),
};

/** Loads again what is loaded already. */
export const refreshLoad: Operation<LoadCollectionRequest, object> = {
  path: "collections/refresh_load",
  requestType: "CollectionNameReq",
  request: shape,
  writes: true,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (!isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
    // Without a number of its own a repetition keeps the one of the load.
    return load(ctx, collection, { ...request, replicaNumber: request.replicaNumber ?? collection.replicaNumber });
  },
};

/** Frees the memory of all partitions; a collection that is not loaded stays so. */
export const releaseCollection: Operation<CollectionRequest, object> = {
  path: "collections/release",
  requestType: "CollectionNameReq",
  request: { dbName, collectionName },
  writes: true,
  async run(ctx, request) {
    await ctx.loader.releaseCollection(requireCollection(ctx, request).id);
    return { data: {} };
  },
};
