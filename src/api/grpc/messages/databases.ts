import type { MessageSpecs } from "../wire/field-table.js";

/** Databases and aliases. */
export const databaseMessages = {
  CreateDatabaseRequest: {
    db_name: [2, "string"],
    properties: [3, "KeyValuePair*"],
  },
  DropDatabaseRequest: {
    db_name: [2, "string"],
  },
  DescribeDatabaseRequest: {
    db_name: [2, "string"],
  },
  DescribeDatabaseResponse: {
    status: [1, "Status"],
    db_name: [2, "string"],
    dbID: [3, "int64"],
    created_timestamp: [4, "uint64"],
    properties: [5, "KeyValuePair*"],
  },
  ListDatabasesRequest: {},
  ListDatabasesResponse: {
    status: [1, "Status"],
    db_names: [2, "string*"],
    created_timestamp: [3, "uint64*"],
    db_ids: [4, "int64*"],
  },
  AlterDatabaseRequest: {
    db_name: [2, "string"],
    db_id: [3, "string"],
    properties: [4, "KeyValuePair*"],
    delete_keys: [5, "string*"],
  },
  CreateAliasRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    alias: [4, "string"],
  },
  DropAliasRequest: {
    db_name: [2, "string"],
    alias: [3, "string"],
  },
  AlterAliasRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    alias: [4, "string"],
  },
  DescribeAliasRequest: {
    db_name: [2, "string"],
    alias: [3, "string"],
  },
  DescribeAliasResponse: {
    status: [1, "Status"],
    db_name: [2, "string"],
    alias: [3, "string"],
    collection: [4, "string"],
  },
  ListAliasesRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  ListAliasesResponse: {
    status: [1, "Status"],
    db_name: [2, "string"],
    collection_name: [3, "string"],
    aliases: [4, "string*"],
  },
} as const satisfies MessageSpecs;
