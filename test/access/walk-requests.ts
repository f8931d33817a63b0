import { encode, type Sent } from "../../src/api/grpc/messages/table.js";
import type { OperationPath } from "../../src/engine/contract/table.js";
import { pairs } from "../api/grpc/served.js";
import { EMBEDDING, ROWS, type State, type World } from "./walk-world.js";

/** A request that succeeds in the world of the walk; where it depends on that, how it is made. */
type Request = object | ((world: World) => object);

const C = { collectionName: "c" };
const PARTITION = { ...C, partitionName: "p" };
const PARTITIONS = { ...C, partitionNames: ["p"] };
const SNAPSHOT = { ...C, snapshotName: "s" };
const BINDING = { userName: "somebody", roleName: "x" };
const GRANT = { roleName: "x", objectType: "Collection", objectName: "c", privilege: "Search" };
const GRANT_V2 = { roleName: "x", privilege: "Search", ...C };
const MEMBERS = { privilegeGroupName: "group", privileges: ["Search"] };
const TTL = "collection.ttl.seconds";
const REPLICAS = "database.replica.number";
const PARTS = { search: [{ data: [[1, 2]], annsField: "vector", limit: 1 }], rerank: { strategy: "rrf" }, limit: 1 };
const DEFAULT_GROUP = "__default_resource_group";

/** Of REST v2 and of typed calls. */
export const OPERATIONS: Readonly<Record<OperationPath, Request>> = {
  "databases/list": {},
  "databases/create": { dbName: "new" },
  "databases/drop": { dbName: "shop" },
  "databases/describe": { dbName: "shop" },
  "databases/alter": { dbName: "shop", properties: { [REPLICAS]: "2" } },
  "databases/alter_properties": { dbName: "shop", properties: { [REPLICAS]: "2" } },
  "databases/drop_properties": { dbName: "shop", propertyKeys: [REPLICAS] },
  "collections/list": {},
  "collections/has": C,
  "collections/describe": C,
  "collections/get_stats": C,
  "collections/get_load_state": C,
  "collections/get_loading_progress": C,
  "collections/create": { collectionName: "d", dimension: 2 },
  "collections/drop": C,
  "collections/rename": { ...C, newCollectionName: "d" },
  "collections/load": C,
  "collections/refresh_load": C,
  "collections/release": C,
  "collections/alter_properties": { ...C, properties: { [TTL]: "36000" } },
  "collections/drop_properties": { ...C, propertyKeys: [TTL] },
  "collections/compact": C,
  "collections/get_compaction_state": { jobID: 1 },
  "collections/truncate": C,
  "collections/flush": C,
  "collections/flush_all": {},
  "collections/get_flush_state": C,
  "collections/fields/add": { ...C, schema: { fieldName: "more", dataType: "Int64", nullable: true } },
  "collections/struct_fields/add": {
    ...C,
    schema: {
      fieldName: "notes",
      dataType: "ArrayOfStruct",
      nullable: true,
      typeParams: { max_capacity: 4 },
      fields: [{ fieldName: "n", dataType: "Array", elementDataType: "Int64" }],
    },
  },
  "collections/fields/drop": { ...C, fieldName: "spare" },
  "collections/fields/alter_properties": { ...C, fieldName: "text", fieldParams: { max_length: 50 } },
  "collections/add_function": { ...C, function: { ...EMBEDDING, name: "g", outputFieldNames: ["vector"] } },
  "collections/alter_function": { ...C, functionName: "embedding", function: EMBEDDING },
  "collections/drop_function": { ...C, functionName: "embedding" },
  "collections/add_function_field": {
    ...C,
    function: { name: "g", type: "BM25", inputFieldNames: ["title"], outputFieldNames: ["words"] },
    outputField: { fieldName: "words", dataType: "SparseFloatVector" },
    indexParams: { indexName: "w", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
  },
  "collections/drop_function_field": { ...C, functionName: "f" },
  "file_resources/add": { name: "others", path: "words.txt" },
  "file_resources/remove": { name: "words" },
  "file_resources/list": {},
  "partitions/list": C,
  "partitions/has": PARTITION,
  "partitions/get_stats": PARTITION,
  "partitions/create": { ...C, partitionName: "q" },
  "partitions/drop": PARTITION,
  "partitions/load": PARTITIONS,
  "partitions/release": PARTITIONS,
  "entities/hybrid_search": { ...C, ...PARTS },
  "entities/advanced_search": { ...C, ...PARTS },
  "entities/insert": { ...C, data: ROWS },
  "entities/upsert": { ...C, data: ROWS },
  "entities/delete": { ...C, filter: "id in [1]" },
  "entities/get": { ...C, id: [1] },
  "entities/query": { ...C, filter: "id > 0" },
  "entities/search": { ...C, data: [[1, 2]], annsField: "vector", limit: 1 },
  "indexes/list": C,
  "indexes/describe": { ...C, indexName: "i" },
  "indexes/create": { ...C, indexParams: [{ fieldName: "spare", indexName: "j", indexType: "INVERTED" }] },
  "indexes/drop": { ...C, indexName: "k" },
  "indexes/alter_properties": { ...C, indexName: "i", properties: { "mmap.enabled": "true" } },
  "indexes/drop_properties": { ...C, indexName: "i", propertyKeys: ["mmap.enabled"] },
  "aliases/list": C,
  "aliases/describe": { aliasName: "a" },
  "aliases/create": { ...C, aliasName: "b" },
  "aliases/drop": { aliasName: "a" },
  "aliases/alter": { ...C, aliasName: "a" },
  "snapshots/create": { ...C, snapshotName: "n" },
  "snapshots/drop": SNAPSHOT,
  "snapshots/list": C,
  "snapshots/describe": SNAPSHOT,
  "snapshots/restore": { ...SNAPSHOT, targetCollectionName: "d" },
  "snapshots/pin": SNAPSHOT,
  "snapshots/unpin": ({ pinId }) => ({ pinId }),
  "jobs/import/list": C,
  "jobs/external_collection/list": C,
  "jobs/snapshot/describe": ({ jobId }) => ({ jobId }),
  "jobs/snapshot/export": ({ exportFolder }) => ({ ...SNAPSHOT, targetS3Path: exportFolder }),
  "jobs/snapshot/restore_external": ({ exported }) => ({ targetCollectionName: "d", snapshotMetadataURI: exported }),
  "jobs/snapshot/list": C,
  "common/run_analyzer": { text: ["a"] },
  "resource_groups/list": {},
  "resource_groups/describe": { name: "g" },
  "resource_groups/create": { name: "h" },
  "resource_groups/alter": { resource_groups: { g: {} } },
  "resource_groups/drop": { name: "g" },
  "resource_groups/transfer_replica": { ...C, sourceRgName: DEFAULT_GROUP, targetRgName: "g", replicaNum: 1 },
  "resource_groups/transfer_node": { sourceRgName: DEFAULT_GROUP, targetRgName: "g", nodeNum: 1 },
  "segments/describe": ({ collectionID }) => ({ collectionID }),
  "segments/list": C,
  "collections/get_replicas": C,
  "collections/load_balance": { ...C, sourceNodeID: 1 },
  "quotacenter/describe": {},
  "users/list": {},
  "users/select": { userName: "somebody" },
  "users/describe": { userName: "somebody" },
  "users/create": { userName: "newcomer", password: "secret1" },
  "users/update_password": { userName: "somebody", password: "secret1", newPassword: "secret2" },
  "users/drop": { userName: "somebody" },
  "users/grant_role": BINDING,
  "users/revoke_role": BINDING,
  "roles/list": {},
  "roles/select": {},
  "roles/describe": { roleName: "x" },
  "roles/create": { roleName: "y" },
  "roles/alter": { roleName: "x", description: "a role" },
  "roles/drop": { roleName: "x" },
  "roles/grant_privilege": GRANT,
  "roles/revoke_privilege": GRANT,
  "roles/grant_privilege_v2": GRANT_V2,
  "roles/revoke_privilege_v2": GRANT_V2,
  "privilege_groups/list": {},
  "privilege_groups/create": { privilegeGroupName: "other" },
  "privilege_groups/drop": { privilegeGroupName: "group" },
  "privilege_groups/add_privileges_to_group": MEMBERS,
  "privilege_groups/remove_privileges_from_group": MEMBERS,
  "rbac/backup": {},
  "rbac/restore": { roles: [{ roleName: "y" }] },
};

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

const V1_ROW = { ...C, data: ROWS };

/** Of REST v1. */
export const V1: Readonly<Record<string, Request>> = {
  "GET:collections": {},
  "GET:collections/describe": C,
  "POST:collections/create": { collectionName: "d", dimension: 2 },
  "POST:collections/drop": C,
  "POST:insert": V1_ROW,
  "POST:upsert": V1_ROW,
  "POST:delete": { ...C, filter: "id in [1]" },
  "POST:get": { ...C, id: [1], outputFields: ["id"] },
  "POST:query": { ...C, filter: "id > 0", outputFields: ["id"] },
  "POST:search": { ...C, vector: [1, 2], limit: 1 },
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

export function requestIn(world: World, request: Request | undefined): object {
  return typeof request === "function" ? request(world) : (request ?? {});
}

const RELEASED: ReadonlySet<string> = new Set([
  "partitions/drop",
  "DropPartition",
  "DELETE:/partition",
  "indexes/drop",
  "DropIndex",
  "DELETE:/index",
  "indexes/alter_properties",
  "indexes/drop_properties",
  "AlterIndex",
]);
const QUICK: ReadonlySet<string> = new Set([
  "collections/drop",
  "DropCollection",
  "DELETE:/collection",
  ...Object.keys(V1),
]);

/** How the call of this title needs the collection. */
export function stateFor(title: string): State {
  if (RELEASED.has(title)) return "released";
  return QUICK.has(title) ? "quick" : "loaded";
}
