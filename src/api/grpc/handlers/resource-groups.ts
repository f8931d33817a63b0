import { hostname } from "node:os";
import { NODE } from "../../../engine/contract/operational.js";
import type { ResourceGroupConfig } from "../../../engine/contract/resource-groups.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

function readConfig(config: Received<"ResourceGroupConfig"> | undefined): ResourceGroupConfig {
  return {
    requests: { node_num: config?.requests?.node_num ?? 0 },
    limits: { node_num: config?.limits?.node_num ?? 0 },
    transfer_from: config?.transfer_from ?? [],
    transfer_to: config?.transfer_to ?? [],
    node_filter: { node_labels: config?.node_filter?.node_labels ?? [] },
  };
}

export async function createResourceGroup(
  request: Received<"CreateResourceGroupRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("resource_groups/create", { name: request.resource_group, config: readConfig(request.config) });
  return {};
}

export async function updateResourceGroups(
  request: Received<"UpdateResourceGroupsRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const groups = [...request.resource_groups].map(([name, config]) => [name, readConfig(config)] as const);
  await call.execute("resource_groups/alter", { resource_groups: Object.fromEntries(groups) });
  return {};
}

export async function dropResourceGroup(
  request: Received<"DropResourceGroupRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("resource_groups/drop", { name: request.resource_group });
  return {};
}

export async function transferNode(request: Received<"TransferNodeRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("resource_groups/transfer_node", {
    sourceRgName: request.source_resource_group,
    targetRgName: request.target_resource_group,
    nodeNum: request.num_node,
  });
  return {};
}

export async function transferReplica(
  request: Received<"TransferReplicaRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("resource_groups/transfer_replica", {
    dbName: request.db_name,
    collectionName: request.collection_name,
    sourceRgName: request.source_resource_group,
    targetRgName: request.target_resource_group,
    replicaNum: Number(request.num_replica),
  });
  return {};
}

export async function listResourceGroups(
  _: Received<"ListResourceGroupsRequest">,
  call: RpcCall,
): Promise<Sent<"ListResourceGroupsResponse">> {
  return { resource_groups: (await call.execute("resource_groups/list", {})).data };
}

export async function describeResourceGroup(
  request: Received<"DescribeResourceGroupRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeResourceGroupResponse">> {
  const { data } = await call.execute("resource_groups/describe", { name: request.resource_group });
  const { requests, limits, transfer_from = [], transfer_to = [], node_filter } = data.config;
  return {
    resource_group: {
      name: data.name,
      capacity: data.capacity,
      num_available_node: data.num_available_node,
      num_loaded_replica: new Map(Object.entries(data.num_loaded_replica)),
      config: { requests, limits, transfer_from, transfer_to, node_filter: node_filter ?? {} },
      nodes: data.num_available_node === 0 ? [] : [{ node_id: NODE, address: hostname(), hostname: hostname() }],
    },
  };
}
