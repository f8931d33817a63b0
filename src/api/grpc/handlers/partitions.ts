import { failure } from "../../../errors.js";
import { hybridTime } from "../clock.js";
import { ShowType } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { nameOf } from "./collections.js";
import { collectionOf, rowCount } from "./parts.js";

function partitionOf(request: {
  readonly db_name: string;
  readonly collection_name: string;
  readonly partition_name: string;
}) {
  return { ...collectionOf(request), partitionName: request.partition_name };
}

export async function createPartition(
  request: Received<"CreatePartitionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("partitions/create", partitionOf(request));
  return {};
}

export async function dropPartition(request: Received<"DropPartitionRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("partitions/drop", partitionOf(request));
  return {};
}

export async function hasPartition(
  request: Received<"HasPartitionRequest">,
  call: RpcCall,
): Promise<Sent<"BoolResponse">> {
  const { data } = await call.execute("partitions/has", partitionOf(request));
  return { value: data.has };
}

export async function getPartitionStatistics(
  request: Received<"GetPartitionStatisticsRequest">,
  call: RpcCall,
): Promise<Sent<"GetPartitionStatisticsResponse">> {
  const { data } = await call.execute("partitions/get_stats", partitionOf(request));
  return { stats: rowCount(data.rowCount) };
}

/** All partitions, or those that are loaded; names and ids are parallel. */
export async function showPartitions(
  request: Received<"ShowPartitionsRequest">,
  call: RpcCall,
): Promise<Sent<"ShowPartitionsResponse">> {
  const collectionName = await nameOf(request, call);
  const { data, facts = [] } = await call.execute("partitions/list", { dbName: request.db_name, collectionName });
  const all = data.map((name, i) => ({ name, facts: facts[i] as (typeof facts)[number] }));
  const asked = request.partition_names.map((name) => {
    const found = all.find((item) => item.name === name);
    if (found === undefined) throw failure("PartitionNotFound", { partition: name });
    return found;
  });
  const wanted = asked.length > 0 ? asked : all;
  const inMemory = request.type === ShowType.InMemory;
  const released = asked.find((item) => item.facts.loadProgress === undefined);
  if (inMemory && released !== undefined) throw failure("PartitionNotLoaded", { partition: released.facts.id });
  const items = inMemory ? wanted.filter((item) => item.facts.loadProgress !== undefined) : wanted;
  return {
    partition_names: items.map((item) => item.name),
    partitionIDs: items.map((item) => item.facts.id),
    created_timestamps: items.map((item) => hybridTime(item.facts.createdAt)),
    created_utc_timestamps: items.map((item) => item.facts.createdAt),
    ...(inMemory && { inMemory_percentages: items.map((item) => item.facts.loadProgress ?? 0) }),
  };
}
