import { shownPartitions } from "../../shown-partitions.js";
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
  const inMemory = request.type === ShowType.InMemory;
  return shownPartitions(data, facts, { names: request.partition_names, inMemory });
}
