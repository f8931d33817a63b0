import type { OperationPath } from "../../src/engine/contract/table.js";
import { EMBEDDING, ROWS, type State, type World } from "./walk-world.js";

/** A request that succeeds in the world of the walk; where it depends on that, how it is made. */
export type Request = object | ((world: World) => object);

export const C = { collectionName: "c" };
const PARTITION = { ...C, partitionName: "p" };
const PARTITIONS = { ...C, partitionNames: ["p"] };
const SNAPSHOT = { ...C, snapshotName: "s" };
const BINDING = { userName: "somebody", roleName: "x" };
const GRANT = { roleName: "x", objectType: "Collection", objectName: "c", privilege: "Search" };
const GRANT_V2 = { roleName: "x", privilege: "Search", ...C };
const MEMBERS = { privilegeGroupName: "group", privileges: ["Search"] };
export const TTL = "collection.ttl.seconds";
export const REPLICAS = "database.replica.number";
const PARTS = { search: [{ data: [[1, 2]], annsField: "vector", limit: 1 }], rerank: { strategy: "rrf" }, limit: 1 };
export const DEFAULT_GROUP = "__default_resource_group";

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
  "jobs/import/create": { ...C, files: [["rows.json"]] },
  "jobs/import/describe": ({ importJobId }) => ({ jobId: importJobId }),
  "jobs/import/get_progress": ({ importJobId }) => ({ jobId: importJobId }),
  "jobs/import/list": C,
  "jobs/import/commit": ({ importJobId }) => ({ jobId: importJobId }),
  "jobs/import/abort": ({ importJobId }) => ({ jobId: importJobId }),
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
