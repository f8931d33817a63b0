import { now } from "../../../values/clock.js";
import { CompactionState } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { nameOf } from "./collections.js";

/** Every write is durable when it is answered: what is reported is that there is nothing left to flush. */
export async function flush(request: Received<"FlushRequest">, call: RpcCall): Promise<Sent<"FlushResponse">> {
  const { db_name: dbName, collection_names: collectionNames } = request;
  if (collectionNames.length > 0)
    await call.execute("collections/flush", { dbName, collectionName: "", collectionNames });
  const each = <Value>(value: () => Value): ReadonlyMap<string, Value> =>
    new Map(request.collection_names.map((name) => [name, value()]));
  const seconds = Math.floor(now() / 1000);
  return {
    db_name: request.db_name || call.defaultDatabase,
    coll_segIDs: each(() => ({ data: [] })),
    flush_coll_segIDs: each(() => ({ data: [] })),
    coll_seal_times: each(() => seconds),
    coll_flush_ts: each(() => call.clock.next()),
  };
}

export async function getFlushState(
  request: Received<"GetFlushStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetFlushStateResponse">> {
  const { data } = await call.execute("collections/get_flush_state", {
    dbName: request.db_name,
    collectionName: request.collection_name,
  });
  return data;
}

/** Flushes everything, whatever is named. */
export async function flushAll(_: Received<"FlushAllRequest">, call: RpcCall): Promise<Sent<"FlushAllResponse">> {
  await call.execute("collections/flush_all", {});
  return { flush_all_ts: call.clock.next() };
}

export function getFlushAllState(): Sent<"GetFlushAllStateResponse"> {
  return { flushed: true };
}

export async function manualCompaction(
  request: Received<"ManualCompactionRequest">,
  call: RpcCall,
): Promise<Sent<"ManualCompactionResponse">> {
  const { data } = await call.execute("collections/compact", {
    dbName: request.db_name,
    collectionName: await nameOf(request, call),
    isClustering: request.majorCompaction,
  });
  return { compactionID: data.compactionID };
}

/** A compaction is done when it has been answered. */
export function getCompactionState(): Sent<"GetCompactionStateResponse"> {
  return { state: CompactionState.Completed };
}

export function getCompactionStateWithPlans(): Sent<"GetCompactionPlansResponse"> {
  return { state: CompactionState.Completed };
}
