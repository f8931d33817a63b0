import type { MessageSpecs } from "../wire/field-table.js";

/** Collections: definition, description, statistics, load. */
export const collectionMessages = {
  CreateCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    schema: [4, "bytes"],
    shards_num: [5, "int32"],
    consistency_level: [6, "enum"],
    properties: [7, "KeyValuePair*"],
    num_partitions: [8, "int64"],
  },
  DropCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  HasCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  ShowCollectionsRequest: {
    db_name: [2, "string"],
    type: [4, "enum"],
    collection_names: [5, "string*"],
  },
  ShowCollectionsResponse: {
    status: [1, "Status"],
    collection_names: [2, "string*"],
    collection_ids: [3, "int64*"],
    created_timestamps: [4, "uint64*"],
    created_utc_timestamps: [5, "uint64*"],
    inMemory_percentages: [6, "int64*"],
    query_service_available: [7, "bool*"],
    shards_num: [8, "int32*"],
  },
  DescribeCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
  },
  DescribeCollectionResponse: {
    status: [1, "Status"],
    schema: [2, "CollectionSchema"],
    collectionID: [3, "int64"],
    virtual_channel_names: [4, "string*"],
    physical_channel_names: [5, "string*"],
    created_timestamp: [6, "uint64"],
    created_utc_timestamp: [7, "uint64"],
    shards_num: [8, "int32"],
    aliases: [9, "string*"],
    consistency_level: [11, "enum"],
    collection_name: [12, "string"],
    properties: [13, "KeyValuePair*"],
    db_name: [14, "string"],
    num_partitions: [15, "int64"],
    db_id: [16, "int64"],
    request_time: [17, "uint64"],
    update_timestamp: [18, "uint64"],
    update_timestamp_str: [19, "string"],
  },
  BatchDescribeCollectionRequest: {
    db_name: [1, "string"],
    collection_name: [2, "string*"],
    collectionID: [3, "int64*"],
  },
  BatchDescribeCollectionResponse: {
    status: [1, "Status"],
    responses: [2, "DescribeCollectionResponse*"],
  },
  RenameCollectionRequest: {
    db_name: [2, "string"],
    oldName: [3, "string"],
    newName: [4, "string"],
    newDBName: [5, "string"],
  },
  AlterCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
    properties: [5, "KeyValuePair*"],
    delete_keys: [6, "string*"],
  },
  AlterCollectionFieldRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    properties: [5, "KeyValuePair*"],
    delete_keys: [6, "string*"],
  },
  AddCollectionFieldRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
    schema: [5, "bytes"],
  },
  AddCollectionStructFieldRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
    struct_array_field_schema: [5, "StructArrayFieldSchema"],
  },
  AlterCollectionSchemaRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
    action: [5, "AlterCollectionSchemaRequest.Action"],
  },
  "AlterCollectionSchemaRequest.Action": {
    add_request: [1, "AlterCollectionSchemaRequest.AddRequest", "op"],
    drop_request: [2, "AlterCollectionSchemaRequest.DropRequest", "op"],
  },
  "AlterCollectionSchemaRequest.AddRequest": {
    field_infos: [1, "AlterCollectionSchemaRequest.FieldInfo*"],
    func_schema: [2, "FunctionSchema*"],
    do_physical_backfill: [3, "bool"],
  },
  "AlterCollectionSchemaRequest.FieldInfo": {
    field_schema: [1, "FieldSchema"],
    index_name: [2, "string"],
    extra_params: [3, "KeyValuePair*"],
  },
  "AlterCollectionSchemaRequest.DropRequest": {
    field_name: [1, "string", "identifier"],
    field_id: [2, "int64", "identifier"],
    function_name: [3, "string", "identifier"],
    drop_function_output_fields: [4, "bool"],
  },
  AlterCollectionSchemaResponse: {
    alter_status: [1, "Status"],
  },
  GetCollectionStatisticsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  GetCollectionStatisticsResponse: {
    status: [1, "Status"],
    stats: [2, "KeyValuePair*"],
  },
  TruncateCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  TruncateCollectionResponse: {
    status: [1, "Status"],
  },
  LoadCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    replica_number: [4, "int32"],
    resource_groups: [5, "string*"],
    refresh: [6, "bool"],
  },
  ReleaseCollectionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  GetLoadingProgressRequest: {
    collection_name: [2, "string"],
    partition_names: [3, "string*"],
    db_name: [4, "string"],
  },
  GetLoadingProgressResponse: {
    status: [1, "Status"],
    progress: [2, "int64"],
    refresh_progress: [3, "int64"],
  },
  GetLoadStateRequest: {
    collection_name: [2, "string"],
    partition_names: [3, "string*"],
    db_name: [4, "string"],
  },
  GetLoadStateResponse: {
    status: [1, "Status"],
    state: [2, "enum"],
  },
} as const satisfies MessageSpecs;
