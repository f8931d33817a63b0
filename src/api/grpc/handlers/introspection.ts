import { arch, availableParallelism, freemem, hostname, totalmem } from "node:os";
import { failure } from "../../../errors.js";
import { nowText } from "../../../values/clock.js";
import { SegmentLevel, SegmentState, StateCode } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { nameOf } from "./collections.js";
import { collectionOf } from "./parts.js";

/** This process is the whole cluster: one node. */
const NODE = 1;
const RESOURCE_GROUP = "__default_resource_group";
const ROLES = ["rootcoord", "querycoord", "datacoord", "proxy", "querynode", "datanode"] as const;
const started = nowText();

/** @throws MetricNotFound */
export function getMetrics(request: Received<"GetMetricsRequest">, call: RpcCall): Sent<"GetMetricsResponse"> {
  const type = metricType(request.request);
  if (type !== "system_info") throw failure("MetricNotFound", { metric: type });
  return { response: JSON.stringify(systemInfo(call.version)), component_name: "proxy" };
}

/** Clients parse the response whatever the status says. */
export function noMetrics(): Sent<"GetMetricsResponse"> {
  return { response: "{}", component_name: "proxy" };
}

function metricType(text: string): string {
  try {
    const { metric_type: type } = JSON.parse(text) as { readonly metric_type?: unknown };
    return typeof type === "string" ? type : "";
  } catch {
    return "";
  }
}

/** Six roles, as of a cluster, all of them this process. */
function systemInfo(version: string): object {
  const nodes = ROLES.map((type, position) => ({
    identifier: position + 1,
    connected: ROLES.flatMap((other, index) =>
      other === type ? [] : [{ connected_identifier: index + 1, target_type: other }],
    ),
    infos: {
      has_error: false,
      error_reason: "",
      name: `${type}${position + 1}`,
      hardware_infos: {
        ip: "127.0.0.1:19530",
        cpu_core_count: availableParallelism(),
        cpu_core_usage: 0,
        memory: totalmem(),
        memory_usage: totalmem() - freemem(),
        disk: 0,
        disk_usage: 0,
      },
      system_info: {
        system_version: "",
        deploy_mode: "STANDALONE",
        build_version: version,
        build_time: "",
        used_go_version: "",
        architecture: arch(),
      },
      created_time: started,
      updated_time: started,
      type,
      id: position + 1,
      system_configurations: {},
    },
  }));
  return { nodes_info: nodes };
}

export function getComponentStates(): Sent<"ComponentStates"> {
  const state = (role: string) => ({ nodeID: NODE, role, state_code: StateCode.Healthy });
  return { state: state("proxy"), subcomponent_states: ROLES.map(state) };
}

/** One replica of a loaded collection, none of another. */
export async function getReplicas(
  request: Received<"GetReplicasRequest">,
  call: RpcCall,
): Promise<Sent<"GetReplicasResponse">> {
  const collection = { dbName: request.db_name, collectionName: await nameOf(request, call) };
  const { facts } = await call.look("collections/has", "collections/describe", collection);
  const known = facts?.[0];
  if (known?.loadProgress === undefined) return { replicas: [] };
  const { facts: partitions = [] } = await call.look("collections/has", "partitions/list", collection);
  return {
    replicas: [
      {
        replicaID: known.id,
        collectionID: known.id,
        partition_ids: partitions.filter((p) => p.loadProgress !== undefined).map((p) => p.id),
        shard_replicas: [
          { leaderID: NODE, leader_addr: "127.0.0.1:19530", dm_channel_name: `elanus_${known.id}_0`, node_ids: [NODE] },
        ],
        node_ids: [NODE],
        resource_group_name: RESOURCE_GROUP,
      },
    ],
  };
}

interface PartitionRows {
  readonly id: number;
  readonly loaded: boolean;
  readonly rows: number;
  readonly collectionId: number;
}

/** A partition is a segment, as far as tools can tell. */
async function partitionRows(
  request: { readonly dbName: string; readonly collectionName: string },
  call: RpcCall,
): Promise<readonly PartitionRows[]> {
  const collection = collectionOf({ db_name: request.dbName, collection_name: request.collectionName });
  const { facts: collections } = await call.look("collections/has", "collections/describe", collection);
  const { data, facts = [] } = await call.look("collections/has", "partitions/list", collection);
  const rows: PartitionRows[] = [];
  for (const [i, partitionName] of data.entries()) {
    const partition = facts[i];
    if (partition === undefined) continue;
    const { data: stats } = await call.look("collections/has", "partitions/get_stats", {
      ...collection,
      partitionName,
    });
    rows.push({
      id: partition.id,
      loaded: partition.loadProgress !== undefined,
      rows: stats.rowCount,
      collectionId: collections?.[0]?.id ?? 0,
    });
  }
  return rows.filter((partition) => partition.rows > 0);
}

export async function getPersistentSegmentInfo(
  request: Received<"GetPersistentSegmentInfoRequest">,
  call: RpcCall,
): Promise<Sent<"GetPersistentSegmentInfoResponse">> {
  const infos = (await partitionRows(request, call)).map(({ id, rows, collectionId }) => ({
    segmentID: id,
    collectionID: collectionId,
    partitionID: id,
    num_rows: rows,
    state: SegmentState.Flushed,
    level: SegmentLevel.L1,
  }));
  const { states } = request;
  return { infos: states.length === 0 ? infos : infos.filter((info) => states.includes(info.state)) };
}

export async function getQuerySegmentInfo(
  request: Received<"GetQuerySegmentInfoRequest">,
  call: RpcCall,
): Promise<Sent<"GetQuerySegmentInfoResponse">> {
  const partitions = (await partitionRows(request, call)).filter((partition) => partition.loaded);
  const { facts } = await call.look("collections/has", "indexes/list", {
    dbName: request.dbName,
    collectionName: request.collectionName,
  });
  const index = facts?.find((known) => known.metricType !== "");
  return {
    infos: partitions.map(({ id, rows, collectionId }) => ({
      segmentID: id,
      collectionID: collectionId,
      partitionID: id,
      num_rows: rows,
      index_name: index?.indexName,
      indexID: index?.id,
      nodeID: NODE,
      state: SegmentState.Sealed,
      nodeIds: [NODE],
      level: SegmentLevel.L1,
    })),
  };
}

export async function listResourceGroups(
  _: Received<"ListResourceGroupsRequest">,
  call: RpcCall,
): Promise<Sent<"ListResourceGroupsResponse">> {
  const { data } = await call.execute("resource_groups/list", {});
  return { resource_groups: data };
}

export async function describeResourceGroup(
  request: Received<"DescribeResourceGroupRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeResourceGroupResponse">> {
  const { data } = await call.execute("resource_groups/describe", { name: request.resource_group });
  return {
    resource_group: {
      name: data.name,
      capacity: data.capacity,
      num_available_node: data.num_available_node,
      nodes: [{ node_id: NODE, address: "127.0.0.1:19530", hostname: hostname() }],
    },
  };
}

/** There is nothing to balance; but a collection that does not exist is named first. */
export async function loadBalance(request: Received<"LoadBalanceRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const { db_name: dbName, collectionName } = request;
  if (collectionName === "") throw failure("CollectionMissing", { collection: collectionName });
  await call.look("collections/has", "collections/describe", { dbName, collectionName });
  throw failure("Unsupported", { what: "LoadBalance is not supported by the embedded engine" });
}
