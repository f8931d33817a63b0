import type { MessageSpecs } from "../wire/field-table.js";

/** What graphical interfaces and tools ask for. */
export const introspectionMessages = {
  GetMetricsRequest: {
    request: [2, "string"],
  },
  GetMetricsResponse: {
    status: [1, "Status"],
    response: [2, "string"],
    component_name: [3, "string"],
  },
  GetComponentStatesRequest: {},
  ComponentStates: {
    state: [1, "ComponentInfo"],
    subcomponent_states: [2, "ComponentInfo*"],
    status: [3, "Status"],
  },
  ComponentInfo: {
    nodeID: [1, "int64"],
    role: [2, "string"],
    state_code: [3, "enum"],
  },
  GetReplicasRequest: {
    collectionID: [2, "int64"],
    collection_name: [4, "string"],
    db_name: [5, "string"],
  },
  GetReplicasResponse: {
    status: [1, "Status"],
    replicas: [2, "ReplicaInfo*"],
  },
  ReplicaInfo: {
    replicaID: [1, "int64"],
    collectionID: [2, "int64"],
    partition_ids: [3, "int64*"],
    shard_replicas: [4, "ShardReplica*"],
    node_ids: [5, "int64*"],
    resource_group_name: [6, "string"],
    num_outbound_node: [7, "int32{}"],
  },
  ShardReplica: {
    leaderID: [1, "int64"],
    leader_addr: [2, "string"],
    dm_channel_name: [3, "string"],
    node_ids: [4, "int64*"],
  },
  GetPersistentSegmentInfoRequest: {
    dbName: [2, "string"],
    collectionName: [3, "string"],
    states: [4, "enum*"],
  },
  GetPersistentSegmentInfoResponse: {
    status: [1, "Status"],
    infos: [2, "PersistentSegmentInfo*"],
  },
  PersistentSegmentInfo: {
    segmentID: [1, "int64"],
    collectionID: [2, "int64"],
    partitionID: [3, "int64"],
    num_rows: [4, "int64"],
    state: [5, "enum"],
    level: [6, "enum"],
    is_sorted: [7, "bool"],
    storage_version: [8, "int64"],
  },
  GetQuerySegmentInfoRequest: {
    dbName: [2, "string"],
    collectionName: [3, "string"],
  },
  GetQuerySegmentInfoResponse: {
    status: [1, "Status"],
    infos: [2, "QuerySegmentInfo*"],
  },
  QuerySegmentInfo: {
    segmentID: [1, "int64"],
    collectionID: [2, "int64"],
    partitionID: [3, "int64"],
    mem_size: [4, "int64"],
    num_rows: [5, "int64"],
    index_name: [6, "string"],
    indexID: [7, "int64"],
    nodeID: [8, "int64"],
    state: [9, "enum"],
    nodeIds: [10, "int64*"],
    level: [11, "enum"],
    is_sorted: [12, "bool"],
    storage_version: [13, "int64"],
  },
  ListResourceGroupsRequest: {},
  ListResourceGroupsResponse: {
    status: [1, "Status"],
    resource_groups: [2, "string*"],
  },
  DescribeResourceGroupRequest: {
    resource_group: [2, "string"],
  },
  DescribeResourceGroupResponse: {
    status: [1, "Status"],
    resource_group: [2, "ResourceGroup"],
  },
  ResourceGroup: {
    name: [1, "string"],
    capacity: [2, "int32"],
    num_available_node: [3, "int32"],
    num_loaded_replica: [4, "int32{}"],
    num_outgoing_node: [5, "int32{}"],
    num_incoming_node: [6, "int32{}"],
    config: [7, "ResourceGroupConfig"],
    nodes: [8, "NodeInfo*"],
  },
  ResourceGroupConfig: {
    requests: [1, "ResourceGroupLimit"],
    limits: [2, "ResourceGroupLimit"],
    transfer_from: [3, "ResourceGroupTransfer*"],
    transfer_to: [4, "ResourceGroupTransfer*"],
    node_filter: [5, "ResourceGroupNodeFilter"],
  },
  ResourceGroupTransfer: {
    resource_group: [1, "string"],
  },
  ResourceGroupNodeFilter: {
    node_labels: [1, "KeyValuePair*"],
  },
  CreateResourceGroupRequest: {
    resource_group: [2, "string"],
    config: [3, "ResourceGroupConfig"],
  },
  UpdateResourceGroupsRequest: {
    resource_groups: [2, "ResourceGroupConfig{}"],
  },
  DropResourceGroupRequest: {
    resource_group: [2, "string"],
  },
  TransferNodeRequest: {
    source_resource_group: [2, "string"],
    target_resource_group: [3, "string"],
    num_node: [4, "int32"],
  },
  TransferReplicaRequest: {
    source_resource_group: [2, "string"],
    target_resource_group: [3, "string"],
    collection_name: [4, "string"],
    num_replica: [5, "int64"],
    db_name: [6, "string"],
  },
  ResourceGroupLimit: {
    node_num: [1, "int32"],
  },
  NodeInfo: {
    node_id: [1, "int64"],
    address: [2, "string"],
    hostname: [3, "string"],
  },
  ListImportTasksRequest: {
    collection_name: [1, "string"],
    db_name: [3, "string"],
  },
  ListImportTasksResponse: {
    status: [1, "Status"],
    tasks: [2, "GetImportStateResponse*"],
  },
  LoadBalanceRequest: {
    src_nodeID: [2, "int64"],
    dst_nodeIDs: [3, "int64*"],
    sealed_segmentIDs: [4, "int64*"],
    collectionName: [5, "string"],
    db_name: [6, "string"],
  },
  ImportRequest: {
    collection_name: [1, "string"],
    partition_name: [2, "string"],
    files: [5, "string*"],
    options: [6, "KeyValuePair*"],
    db_name: [7, "string"],
  },
  ImportResponse: {
    status: [1, "Status"],
    tasks: [2, "int64*"],
  },
  GetImportStateRequest: {
    task: [1, "int64"],
  },
  GetImportStateResponse: {
    status: [1, "Status"],
    state: [2, "enum"],
    row_count: [3, "int64"],
    id_list: [4, "int64*"],
    infos: [5, "KeyValuePair*"],
    id: [6, "int64"],
    collection_id: [7, "int64"],
    create_ts: [9, "int64"],
  },
} as const satisfies MessageSpecs;
