import { failure } from "../../../errors.js";
import { after } from "../../../values/clock.js";
import { LoadState } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf } from "./parts.js";

/** Clients poll for the end of a load; many of them wait no longer than 15 s for the answer to the call itself. */
const LOAD_ANSWER_MS = 500;

/** The group that there is. */
const RESOURCE_GROUP = "__default_resource_group";

/**
 * Answers when the load is done, or goes on behind. All refusals come before the work begins, and so within this time; a load
 * that fails later leaves the collection released, as its state says.
 */
async function answerEarly(load: Promise<unknown>): Promise<Sent<"Status">> {
  let stop = (): void => {};
  const late = new Promise<void>((resolve) => {
    stop = after(LOAD_ANSWER_MS, resolve);
  });
  try {
    await Promise.race([load, late]);
  } finally {
    stop();
    load.catch(() => {});
  }
  return {};
}

function refuseGroups(groups: readonly string[]): void {
  const unknown = groups.find((group) => group !== "" && group !== RESOURCE_GROUP);
  if (unknown !== undefined) throw failure("ResourceGroupNotFound", { group: unknown });
}

export async function loadCollection(
  request: Received<"LoadCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  refuseGroups(request.resource_groups);
  const path = request.refresh ? "collections/refresh_load" : "collections/load";
  return answerEarly(
    call.executeUnhurried(path, {
      ...collectionOf(request),
      ...(request.replica_number !== 0 && { replicaNumber: request.replica_number }),
    }),
  );
}

export async function releaseCollection(
  request: Received<"ReleaseCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("collections/release", collectionOf(request));
  return {};
}

export async function loadPartitions(
  request: Received<"LoadPartitionsRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  refuseGroups(request.resource_groups);
  return answerEarly(
    call.executeUnhurried("partitions/load", {
      ...collectionOf(request),
      partitionNames: request.partition_names,
      ...(request.replica_number !== 0 && { replicaNumber: request.replica_number }),
    }),
  );
}

export async function releasePartitions(
  request: Received<"ReleasePartitionsRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("partitions/release", { ...collectionOf(request), partitionNames: request.partition_names });
  return {};
}

/** @throws CollectionNotLoaded, PartitionNotLoaded: what is not being loaded has no progress */
export async function getLoadingProgress(
  request: Received<"GetLoadingProgressRequest">,
  call: RpcCall,
): Promise<Sent<"GetLoadingProgressResponse">> {
  const collection = collectionOf(request);
  const { partition_names: partitionNames } = request;
  const [state, partitions] = await Promise.all([
    call.execute("collections/get_loading_progress", { ...collection, partitionNames }),
    call.look("collections/get_loading_progress", "partitions/list", collection),
  ]);
  const { loadState, loadProgress = 0 } = state.data;
  if (loadState === "LoadStateNotLoad") {
    const missing = partitions.facts?.find(
      ({ loadProgress: known }, i) => known === undefined && partitionNames.includes(partitions.data[i] ?? ""),
    );
    if (missing !== undefined) throw failure("PartitionNotLoaded", { partition: missing.id });
    const { facts } = await call.look("collections/get_loading_progress", "collections/describe", collection);
    throw failure("CollectionNotLoaded", { collection: facts?.[0]?.id ?? request.collection_name });
  }
  // A client that reads 100 goes on to search.
  const progress = loadState === "LoadStateLoaded" ? 100 : Math.min(99, loadProgress);
  // Clients that refresh wait for the second number; what is loaded here is as fresh as it can be.
  return { progress, refresh_progress: progress };
}

const LOAD_STATES = {
  LoadStateNotLoad: LoadState.LoadStateNotLoad,
  LoadStateLoading: LoadState.LoadStateLoading,
  LoadStateLoaded: LoadState.LoadStateLoaded,
} as const;

/** A collection that does not exist has a state too. */
export async function getLoadState(
  request: Received<"GetLoadStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetLoadStateResponse">> {
  const collection = collectionOf(request);
  const { data: found } = await call.execute("collections/has", collection);
  if (!found.has) return { state: LoadState.LoadStateNotExist };
  const { data } = await call.execute("collections/get_load_state", {
    ...collection,
    partitionNames: request.partition_names,
  });
  return { state: LOAD_STATES[data.loadState] };
}
