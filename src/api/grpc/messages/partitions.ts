import type { MessageSpecs } from "../wire/field-table.js";

/** Partitions. */
export const partitionMessages = {
  CreatePartitionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
  },
  DropPartitionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
  },
  HasPartitionRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
  },
  ShowPartitionsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    collectionID: [4, "int64"],
    partition_names: [5, "string*"],
    type: [6, "enum"],
  },
  ShowPartitionsResponse: {
    status: [1, "Status"],
    partition_names: [2, "string*"],
    partitionIDs: [3, "int64*"],
    created_timestamps: [4, "uint64*"],
    created_utc_timestamps: [5, "uint64*"],
    inMemory_percentages: [6, "int64*"],
  },
  LoadPartitionsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_names: [4, "string*"],
    replica_number: [5, "int32"],
    resource_groups: [6, "string*"],
    refresh: [7, "bool"],
  },
  ReleasePartitionsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_names: [4, "string*"],
  },
  GetPartitionStatisticsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
  },
  GetPartitionStatisticsResponse: {
    status: [1, "Status"],
    stats: [2, "KeyValuePair*"],
  },
} as const satisfies MessageSpecs;
