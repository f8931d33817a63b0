import type { MessageSpecs } from "../wire/field-table.js";

/** Indexes. */
export const indexMessages = {
  CreateIndexRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    extra_params: [5, "KeyValuePair*"],
    index_name: [6, "string"],
  },
  DescribeIndexRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    index_name: [5, "string"],
  },
  DescribeIndexResponse: {
    status: [1, "Status"],
    index_descriptions: [2, "IndexDescription*"],
  },
  IndexDescription: {
    index_name: [1, "string"],
    indexID: [2, "int64"],
    params: [3, "KeyValuePair*"],
    field_name: [4, "string"],
    indexed_rows: [5, "int64"],
    total_rows: [6, "int64"],
    state: [7, "enum"],
    index_state_fail_reason: [8, "string"],
    pending_index_rows: [9, "int64"],
  },
  DropIndexRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    index_name: [5, "string"],
  },
  AlterIndexRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    index_name: [4, "string"],
    extra_params: [5, "KeyValuePair*"],
    delete_keys: [6, "string*"],
  },
  GetIndexStateRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    index_name: [5, "string"],
  },
  GetIndexStateResponse: {
    status: [1, "Status"],
    state: [2, "enum"],
    fail_reason: [3, "string"],
  },
  GetIndexBuildProgressRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    field_name: [4, "string"],
    index_name: [5, "string"],
  },
  GetIndexBuildProgressResponse: {
    status: [1, "Status"],
    indexed_rows: [2, "int64"],
    total_rows: [3, "int64"],
  },
  GetIndexStatisticsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    index_name: [4, "string"],
  },
  GetIndexStatisticsResponse: {
    status: [1, "Status"],
    index_descriptions: [2, "IndexDescription*"],
  },
} as const satisfies MessageSpecs;
