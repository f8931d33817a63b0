import type { EngineContext } from "../../context.js";
import type { GetLoadStateRequest, LoadStateResult } from "../../contract/collections.js";
import type { Reply } from "../../contract/reply.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection, requirePartitions } from "../resolve.js";

/**
 * The load state of a collection, or of some of its partitions (loaded when all of them are).
 *
 * Differs from Milvus: an unloaded named partition answers NotLoad, as documented (servers: Loading, progress -1).
 */
function loadState(ctx: EngineContext, request: GetLoadStateRequest): Reply<LoadStateResult> {
  const collection = requireCollection(ctx, request, "missing");
  const named = requirePartitions(collection, request.partitionNames ?? []);
  const loaded = named.length === 0 ? isLoaded(collection) : named.every((p) => p.loaded);
  if (loaded) return { data: { loadState: "LoadStateLoaded", loadProgress: 100 } };
  const progress = ctx.loader.loadProgress(collection.id);
  if (progress !== undefined) {
    return { data: { loadState: "LoadStateLoading", loadProgress: progress } };
  }
  return { data: { loadState: "LoadStateNotLoad" } };
}

export const getLoadState: Operation<"collections/get_load_state"> = {
  path: "collections/get_load_state",
  run: loadState,
};

export const getLoadingProgress: Operation<"collections/get_loading_progress"> = {
  path: "collections/get_loading_progress",
  run: loadState,
};
