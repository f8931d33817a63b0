import { encode, type Sent } from "../../src/api/grpc/messages/table.js";
import { pairs } from "../api/grpc/served.js";
import { C, DEFAULT_GROUP, REPLICAS, type Request, TTL } from "./walk-requests.js";

const floats = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const placeholders = (type: number, value: Uint8Array) =>
  encode("PlaceholderGroup", { placeholders: [{ tag: "$0", type, values: [value] }] });
const schema = encode("CollectionSchema", {
  name: "d",
  fields: [
    { name: "id", is_primary_key: true, data_type: 5 },
    { name: "v", data_type: 101, type_params: pairs({ dim: "2" }) },
  ],
});
const strings = (field_name: string, ...data: string[]): Sent<"FieldData"> => ({
  type: 21,
  field_name,
  scalars: { string_data: { data } },
});
const ROW: Sent<"FieldData">[] = [
  { type: 5, field_name: "id", scalars: { long_data: { data: [1] } } },
  strings("text", "a"),
  strings("title", "b"),
  {
    type: 101,
    field_name: "vector",
    vectors: { dim: 2, float_vector: { data: Float32Array.of(1, 2) } },
  },
];
const SEARCH = {
  placeholder_group: placeholders(101, floats(1, 2)),
  nq: 1,
  dsl_type: 1,
  search_params: pairs({ anns_field: "vector", topk: "1", params: "{}", metric_type: "L2" }),
};
const base64 = (text: string) => Buffer.from(text).toString("base64");
const M = { collection_name: "c" };
const MP = { ...M, partition_name: "p" };
const MS = { ...M, name: "s" };
const NAMED = { dbName: "default", ...C };
const entity = {
  role: { name: "x" },
  object: { name: "Collection" },
  object_name: "c",
  grantor: { privilege: { name: "Search" } },
};
const FUNCTION = {
  name: "embedding",
  type: 2,
  input_field_names: ["title"],
  output_field_names: ["made"],
  params: pairs({ provider: "openai", model_name: "m" }),
};
const TRANSFER = { source_resource_group: DEFAULT_GROUP, target_resource_group: "g" };

/** Of RPCs that are answered, but for those that take nothing. */
export const RPCS: Readonly<Record<string, Request>> = {
  CreateCollection: { collection_name: "d", schema },
  DropCollection: M,
  HasCollection: M,
  LoadCollection: M,
  ReleaseCollection: M,
  DescribeCollection: M,
  GetLoadingProgress: M,
  GetLoadState: M,
  CreateIndex: { ...M, field_name: "spare", index_name: "j", extra_params: pairs({ index_type: "INVERTED" }) },
  DescribeIndex: M,
  Insert: { ...M, fields_data: ROW, num_rows: 1 },
  Delete: { ...M, expr: "id in [1]" },
  Upsert: { ...M, fields_data: ROW, num_rows: 1 },
  Search: { ...M, ...SEARCH },
  Query: { ...M, expr: "id > 0", output_fields: ["id"] },
  GetCollectionStatistics: M,
  CreatePartition: { ...M, partition_name: "q" },
  DropPartition: MP,
  HasPartition: MP,
  LoadPartitions: { ...M, partition_names: ["p"] },
  ReleasePartitions: { ...M, partition_names: ["p"] },
  GetPartitionStatistics: MP,
  ShowPartitions: M,
  DropIndex: { ...M, index_name: "k" },
  HybridSearch: { ...M, requests: [SEARCH], rank_params: pairs({ strategy: "rrf", params: "{}", limit: "1" }) },
  Flush: { collection_names: ["c"] },
  GetFlushState: M,
  AlterCollection: { ...M, properties: pairs({ [TTL]: "36000" }) },
  AlterCollectionField: { ...M, field_name: "text", properties: pairs({ max_length: "50" }) },
  CreateAlias: { ...M, alias: "b" },
  DropAlias: { alias: "a" },
  AlterAlias: { ...M, alias: "a" },
  DescribeAlias: { alias: "a" },
  ListAliases: M,
  AlterIndex: { ...M, index_name: "i", extra_params: pairs({ "mmap.enabled": "true" }) },
  GetIndexStatistics: M,
  GetIndexState: { ...M, index_name: "i" },
  GetIndexBuildProgress: { ...M, index_name: "i" },
  AlterCollectionSchema: { ...M, action: { drop_request: { field_name: "spare" } } },
  AddCollectionField: { ...M, schema: encode("FieldSchema", { name: "more", data_type: 5, nullable: true }) },
  AddCollectionStructField: {
    ...M,
    struct_array_field_schema: {
      name: "notes",
      nullable: true,
      fields: [{ name: "n", data_type: 22, element_type: 5, type_params: pairs({ max_capacity: "4" }) }],
    },
  },
  AddCollectionFunction: { ...M, functionSchema: { ...FUNCTION, name: "g", output_field_names: ["vector"] } },
  AlterCollectionFunction: { ...M, function_name: "embedding", functionSchema: FUNCTION },
  DropCollectionFunction: { ...M, function_name: "embedding" },
  RenameCollection: { oldName: "c", newName: "d" },
  CreateDatabase: { db_name: "new" },
  DropDatabase: { db_name: "shop" },
  AlterDatabase: { db_name: "shop", properties: pairs({ [REPLICAS]: "2" }) },
  DescribeDatabase: { db_name: "shop" },
  GetPersistentSegmentInfo: NAMED,
  GetQuerySegmentInfo: NAMED,
  GetReplicas: M,
  GetMetrics: { request: '{"metric_type":"system_info"}' },
  ManualCompaction: M,
  SelectRole: { role: { name: "x" } },
  SelectUser: { user: { name: "somebody" } },
  SelectGrant: { entity: { role: { name: "x" } } },
  DescribeResourceGroup: { resource_group: "g" },
  BatchDescribeCollection: { collection_name: ["c"] },
  TruncateCollection: M,
  RunAnalyzer: { analyzer_params: "{}", placeholder: [new TextEncoder().encode("a")] },
  CreateCredential: { username: "newcomer", password: base64("secret1") },
  UpdateCredential: { username: "somebody", oldPassword: base64("secret1"), newPassword: base64("secret2") },
  DeleteCredential: { username: "somebody" },
  CreateRole: { entity: { name: "y" } },
  AlterRole: { role_name: "x", description: "a role" },
  DropRole: { role_name: "x" },
  OperateUserRole: { username: "somebody", role_name: "x" },
  OperatePrivilege: { entity },
  OperatePrivilegeV2: { role: entity.role, grantor: entity.grantor, collection_name: "c", db_name: "default" },
  CreatePrivilegeGroup: { group_name: "other" },
  DropPrivilegeGroup: { group_name: "group" },
  OperatePrivilegeGroup: { group_name: "group", privileges: [{ name: "Search" }] },
  LoadBalance: { ...C, src_nodeID: 1 },
  CreateResourceGroup: { resource_group: "h" },
  DropResourceGroup: { resource_group: "g" },
  UpdateResourceGroups: { resource_groups: new Map([["g", {}]]) },
  TransferNode: { ...TRANSFER, num_node: 1 },
  TransferReplica: { ...TRANSFER, ...M, num_replica: 1 },
  RestoreRBAC: { RBAC_meta: { roles: [{ name: "y" }] } },
  AddFileResource: { name: "others", path: "words.txt" },
  RemoveFileResource: { name: "words" },
  CreateSnapshot: { ...M, name: "n" },
  DropSnapshot: MS,
  ListSnapshots: M,
  DescribeSnapshot: MS,
  RestoreSnapshot: { ...MS, target_collection_name: "d" },
  RestoreExternalSnapshot: ({ exported }) => ({ target_collection_name: "d", snapshot_metadata_uri: exported }),
  ExportSnapshot: ({ exportFolder }) => ({ ...MS, target_s3_path: exportFolder }),
  GetExportSnapshotState: ({ exportJobId }) => ({ job_id: exportJobId }),
  GetRestoreSnapshotState: ({ jobId }) => ({ job_id: jobId }),
  ListRestoreSnapshotJobs: M,
  PinSnapshotData: MS,
  UnpinSnapshotData: ({ pinId }) => ({ pin_id: pinId }),
};

const LEGACY_ROW = [
  { type: 5, field_name: "id", field: [1] },
  { type: 21, field_name: "text", field: ["a"] },
  { type: 21, field_name: "title", field: ["b"] },
  { type: 101, field_name: "vector", field: [[1, 2]] },
];
const LEGACY_SCHEMA = {
  name: "d",
  fields: [
    { name: "id", is_primary_key: true, data_type: 5 },
    { name: "v", data_type: 101, type_params: pairs({ dim: "2" }) },
  ],
};

/** Of port 9091; in the address where the method carries no body. */
export const LEGACY: Readonly<Record<string, Request>> = {
  "POST:/collection": { collection_name: "d", schema: LEGACY_SCHEMA },
  "DELETE:/collection": M,
  "GET:/collection": M,
  "GET:/collection/existence": M,
  "POST:/collection/load": M,
  "DELETE:/collection/load": M,
  "GET:/collection/statistics": M,
  "GET:/collections": {},
  "POST:/partition": { ...M, partition_name: "q" },
  "DELETE:/partition": MP,
  "GET:/partition/existence": MP,
  "GET:/partition/statistics": MP,
  "POST:/partitions/load": { ...M, partition_names: ["p"] },
  "DELETE:/partitions/load": { ...M, partition_names: ["p"] },
  "GET:/partitions": M,
  "POST:/alias": { ...M, alias: "b" },
  "DELETE:/alias": { alias: "a" },
  "PATCH:/alias": { ...M, alias: "a" },
  "POST:/index": { ...M, field_name: "spare", index_name: "j", extra_params: pairs({ index_type: "INVERTED" }) },
  "GET:/index": { ...M, field_name: "vector" },
  "GET:/index/state": { ...M, field_name: "vector" },
  "GET:/index/progress": { ...M, field_name: "vector" },
  "DELETE:/index": { ...M, field_name: "text", index_name: "k" },
  "POST:/entities": { ...M, fields_data: LEGACY_ROW, num_rows: 1 },
  "DELETE:/entities": { ...M, expr: "id in [1]" },
  "POST:/search": { ...M, vectors: [[1, 2]], dsl: "", dsl_type: 1, search_params: SEARCH.search_params },
  "POST:/query": { ...M, expr: "id > 0", output_fields: ["id"] },
  "POST:/persist": { collection_names: ["c"] },
  "GET:/persist/state": M,
  "POST:/compaction": M,
  "GET:/compaction/state": {},
  "GET:/compaction/plans": {},
  "GET:/import/tasks": {},
  "GET:/persist/segment-info": NAMED,
  "GET:/query-segment-info": NAMED,
  "GET:/replicas": M,
  "GET:/metrics": { request: '{"metric_type":"system_info"}' },
  "POST:/load-balance": { ...C, src_nodeID: 1 },
  "POST:/credential": { username: "newcomer", password: base64("secret1") },
  "PATCH:/credential": RPCS["UpdateCredential"] ?? {},
  "DELETE:/credential": { username: "somebody" },
  "GET:/credential/users": {},
};
