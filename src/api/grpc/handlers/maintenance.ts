import { now } from "../../../values/clock.js";
import { CompactionState } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { nameOf } from "./collections.js";

/** Every write is durable when it is answered: what is reported is that there is nothing left to flush. */
export async function flush(request: Received<"FlushRequest">, call: RpcCall): Promise<Sent<"FlushResponse">> {
  for (const name of request.collection_names) {
    await call.execute("collections/flush", { dbName: request.db_name, collectionName: name });
  }
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

export function getFlushState(): Sent<"GetFlushStateResponse"> {
  return { flushed: true };
}

/** Flushes the collections of one database, or of all of them. */
export async function flushAll(request: Received<"FlushAllRequest">, call: RpcCall): Promise<Sent<"FlushAllResponse">> {
  const { data: databases } = await call.execute("databases/list", {});
  for (const dbName of request.db_name === "" ? databases : [request.db_name]) {
    const { data: names } = await call.execute("collections/list", { dbName });
    for (const collectionName of names) await call.execute("collections/flush", { dbName, collectionName });
  }
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
