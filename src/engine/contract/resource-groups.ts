import {
  type CollectionRequest,
  collectionName,
  type Done,
  dbName,
  type EmptyRequest,
  type KeyValue,
} from "./request.js";
import type { ContractRows, RequestField, RequestShape } from "./row.js";

export interface ResourceGroupRequest {
  readonly name: string;
}

interface NodeCount {
  readonly node_num?: number;
}

interface NamedGroup {
  readonly resource_group?: string;
}

/** Keys as the server spells them. Kept and shown: there is one node, and it stays in the default group. */
export interface ResourceGroupConfig {
  readonly requests?: NodeCount;
  readonly limits?: NodeCount;
  readonly transfer_from?: readonly NamedGroup[];
  readonly transfer_to?: readonly NamedGroup[];
  readonly node_filter?: { readonly node_labels?: readonly KeyValue[] };
}

export interface CreateResourceGroupRequest extends ResourceGroupRequest {
  readonly config?: ResourceGroupConfig;
}

export interface AlterResourceGroupsRequest {
  /** By name of the group. */
  readonly resource_groups: Readonly<Record<string, ResourceGroupConfig>>;
}

export interface TransferReplicaRequest extends CollectionRequest {
  readonly sourceRgName: string;
  readonly targetRgName: string;
  readonly replicaNum: number;
}

export interface TransferNodeRequest {
  readonly sourceRgName: string;
  readonly targetRgName: string;
  readonly nodeNum: number;
}

export interface ResourceGroup {
  readonly name: string;
  readonly capacity: number;
  readonly num_available_node: number;
  /** By name of the collection. */
  readonly num_loaded_replica: Readonly<Record<string, number>>;
  readonly num_outgoing_node: Readonly<Record<string, number>>;
  readonly num_incoming_node: Readonly<Record<string, number>>;
  readonly config: ResourceGroupConfig;
  readonly nodes: readonly unknown[];
}

export interface ResourceGroupOperations {
  /** Names of the resource groups: the default one, then one's own in order of creation. */
  "resource_groups/list"(request?: EmptyRequest): readonly string[];
  /**
   * A resource group. The default one has one node: this process; the others have none.
   *
   * @throws ResourceGroupNotFound
   */
  "resource_groups/describe"(request: ResourceGroupRequest): ResourceGroup;
  /**
   * Creates a resource group; the same again is a success.
   *
   * @throws InvalidParameter (bad name), ResourceGroupExists, ResourceGroupLimit, ResourceGroupConfigIllegal
   */
  "resource_groups/create"(request: CreateResourceGroupRequest): Done;
  /**
   * Gives resource groups other configurations: all of them, or none.
   *
   * @throws ResourceGroupNotFound, ResourceGroupConfigIllegal
   */
  "resource_groups/alter"(request: AlterResourceGroupsRequest): Done;
  /**
   * Drops a resource group. A missing one is dropped already.
   *
   * @throws ParameterMismatch for the default one, for one that may have nodes, and for one that holds a replica
   */
  "resource_groups/drop"(request: ResourceGroupRequest): Done;
  /**
   * Puts the replica of a loaded collection into another group.
   *
   * @throws InvalidParameter (bad name, the same group), DatabaseNotFound, CollectionMissing, ResourceGroupNotFound,
   * ParameterMismatch for more replicas than there are, and for a collection that is not loaded
   */
  "resource_groups/transfer_replica"(request: TransferReplicaRequest): Done;
  /**
   * Writes into the configurations that nodes are to leave one group for another. The one node stays where it is. Milvus has it
   * over gRPC only.
   *
   * @throws InvalidParameter (bad name, the same group), ParameterMismatch, ResourceGroupNotFound, ResourceGroupNodeNotEnough
   */
  "resource_groups/transfer_node"(request: TransferNodeRequest): Done;
}

const name: RequestField = { kind: "string", required: true };
const count: RequestField = { kind: "object", shape: { node_num: { kind: "int" } } };
const groups: RequestField = { kind: "array", shape: { resource_group: { kind: "string" } } };
const label: RequestShape<KeyValue> = { key: { kind: "string" }, value: { kind: "string" } };
const configShape: RequestShape<ResourceGroupConfig> = {
  requests: count,
  limits: count,
  transfer_from: groups,
  transfer_to: groups,
  node_filter: { kind: "object", shape: { node_labels: { kind: "array", shape: label } } },
};

export const resourceGroups: ContractRows<ResourceGroupOperations> = {
  "resource_groups/list": {
    request: {},
    writes: false,
    privilege: { object: "Global", name: "ListResourceGroups" },
  },
  "resource_groups/describe": {
    request: { name },
    writes: false,
    privilege: { object: "Global", name: "DescribeResourceGroup" },
  },
  "resource_groups/create": {
    request: { name, config: { kind: "object", shape: configShape } },
    writes: true,
    privilege: { object: "Global", name: "CreateResourceGroup" },
  },
  "resource_groups/alter": {
    request: { resource_groups: { kind: "object", required: true, values: configShape } },
    writes: true,
    privilege: { object: "Global", name: "UpdateResourceGroups" },
  },
  "resource_groups/drop": {
    request: { name },
    writes: true,
    privilege: { object: "Global", name: "DropResourceGroup" },
  },
  "resource_groups/transfer_replica": {
    request: {
      dbName,
      collectionName,
      sourceRgName: name,
      targetRgName: name,
      replicaNum: { kind: "int", required: true },
    },
    writes: true,
    privilege: { object: "Global", name: "TransferReplica" },
  },
  "resource_groups/transfer_node": {
    request: { sourceRgName: name, targetRgName: name, nodeNum: { kind: "int", required: true } },
    writes: true,
    privilege: { object: "Global", name: "TransferNode" },
  },
};
