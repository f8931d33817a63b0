import { decodeRequest } from "../../src/api/rest/v2/decode.js";
import type { OperationPath } from "../../src/engine/contract/table.js";
import { openEngine, type StoreImage } from "../../src/engine/index.js";

const c = { collectionName: "c" };
/** A collection that is not loaded. */
const r = { collectionName: "released" };
const d = { dbName: "d" };
const vector = [1, 2];
const field = { fieldName: "more", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 10 } };
const ranked = {
  name: "f",
  inputFieldNames: ["n"],
  type: "Rerank",
  params: { reranker: "decay", function: "gauss", origin: 1, scale: 2 },
};
const hybrid = {
  ...c,
  search: [
    {
      data: [vector],
      annsField: "vector",
      filter: "n > 0",
      limit: 3,
      outputFields: ["n"],
      params: { ef: 20 },
      exprParams: {},
    },
  ],
  rerank: { strategy: "rrf", params: { k: 60 } },
  limit: 3,
  outputFields: ["n"],
  partitionNames: ["_default"],
};
const bm25 = { name: "words", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["sparse"], params: {} };

/** One request of each operation that a collection `c` with the partition `p` takes; several where one cannot hold all keys. */
export const SOUND_REQUESTS: Readonly<Record<OperationPath, readonly object[]>> = {
  "databases/list": [{}],
  "databases/create": [{ dbName: "e", properties: { custom: "1" } }],
  "databases/drop": [d],
  "databases/describe": [d],
  "databases/alter": [{ ...d, properties: { custom: "1" } }],
  "databases/alter_properties": [{ ...d, properties: { custom: "1" } }],
  "databases/drop_properties": [{ ...d, propertyKeys: ["custom"] }],
  "collections/list": [{}],
  "collections/has": [c],
  "collections/describe": [c],
  "collections/get_stats": [c],
  "collections/get_load_state": [{ ...c, partitionNames: ["p"] }],
  "collections/get_loading_progress": [{ ...c, partitionNames: ["p"] }],
  "collections/create": [
    { collectionName: "e", dimension: 2, params: {}, properties: { custom: "1" } },
    {
      collectionName: "e",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "sparse", dataType: "SparseFloatVector" },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 10, enable_analyzer: true } },
        ],
        structFields: [
          {
            fieldName: "parts",
            elementTypeParams: { max_capacity: 5 },
            fields: [{ fieldName: "a", dataType: "Array", elementDataType: "Int64" }],
          },
        ],
        functions: [bm25],
      },
      indexParams: [{ fieldName: "v", indexName: "i", metricType: "L2", params: { index_type: "HNSW", M: 8 } }],
    },
  ],
  "collections/drop": [c],
  "collections/rename": [{ ...c, newCollectionName: "e" }],
  "collections/load": [c],
  "collections/refresh_load": [c],
  "collections/release": [c],
  "collections/alter_properties": [{ ...c, properties: { custom: "1" } }],
  "collections/drop_properties": [{ ...c, propertyKeys: ["custom"] }],
  "collections/compact": [c],
  "collections/get_compaction_state": [{ jobID: 1 }],
  "collections/truncate": [c],
  "collections/flush": [c],
  "collections/flush_all": [{}],
  "collections/get_flush_state": [c],
  "collections/fields/add": [
    { ...c, schema: field, indexParams: { fieldName: "more", indexName: "more", params: { index_type: "INVERTED" } } },
  ],
  "collections/struct_fields/add": [
    {
      ...c,
      schema: {
        fieldName: "parts",
        nullable: true,
        elementTypeParams: { max_capacity: 5 },
        fields: [{ fieldName: "a", dataType: "Array", elementDataType: "Int64" }],
      },
    },
  ],
  "collections/fields/drop": [{ ...c, fieldName: "n" }],
  "collections/fields/alter_properties": [{ ...c, fieldName: "s", fieldParams: { max_length: 30 }, deleteKeys: [] }],
  "collections/add_function": [{ ...c, function: bm25 }],
  "collections/alter_function": [{ ...c, functionName: "words", function: bm25 }],
  "collections/drop_function": [{ ...c, functionName: "words" }],
  "collections/add_function_field": [
    { ...c, function: bm25, outputField: { fieldName: "sparse", dataType: "SparseFloatVector" } },
  ],
  "collections/drop_function_field": [{ ...c, functionName: "words" }],
  "file_resources/add": [{ name: "r", path: "r" }],
  "file_resources/remove": [{ name: "r" }],
  "file_resources/list": [{}],
  "partitions/list": [c],
  "partitions/has": [{ ...c, partitionName: "p" }],
  "partitions/get_stats": [{ ...c, partitionName: "p" }],
  "partitions/create": [{ ...c, partitionName: "q" }],
  "partitions/drop": [{ ...c, partitionName: "p" }],
  "partitions/load": [{ ...c, partitionNames: ["p"] }],
  "partitions/release": [{ ...c, partitionNames: ["p"] }],
  "entities/insert": [{ ...c, data: [{ id: 7, vector, n: 1, s: "a" }] }],
  "entities/upsert": [
    {
      ...c,
      data: [{ id: 7, vector, n: 1, s: "a", list: [1] }],
      partialUpdate: true,
      fieldOps: [{ fieldName: "list", op: "ARRAY_APPEND" }],
    },
  ],
  "entities/delete": [
    { ...c, id: [1] },
    { ...c, filter: "n in {n}", exprParams: { n: [1] } },
  ],
  "entities/get": [{ ...c, id: [1], outputFields: ["n"], partitionNames: ["p"] }],
  "entities/query": [
    {
      ...c,
      filter: "n in {n}",
      exprParams: { n: [1] },
      outputFields: ["n"],
      orderByFields: ["n"],
      partitionNames: ["p"],
      limit: 3,
    },
    { ...c, filter: "n > 0", outputFields: ["count(*)", "n"], groupByFields: ["n"], limit: 3 },
  ],
  "entities/search": [
    {
      ...c,
      data: [vector],
      annsField: "vector",
      filter: "n in {n}",
      exprParams: { n: [1] },
      outputFields: ["n"],
      partitionNames: ["_default"],
      searchParams: { ef: 20 },
      orderByFields: ["n"],
    },
    { ...c, ids: [1], annsField: "vector" },
    { ...c, data: [vector], annsField: "vector", functionScore: { functions: [ranked], params: {} } },
    {
      ...c,
      data: [vector],
      annsField: "vector",
      functionChains: [
        {
          name: "chain",
          stage: "FunctionChainStageL0Rerank",
          ops: [
            {
              op: "map",
              expr: { name: "num_combine", args: [{ column: "$score" }, { column: "n" }], params: { mode: "sum" } },
              inputs: ["n"],
              outputs: ["$score"],
            },
          ],
        },
      ],
    },
    {
      ...c,
      data: [vector],
      annsField: "vector",
      searchAggregation: {
        fields: ["n"],
        size: 3,
        metrics: { most: { op: "max", fieldName: "n" } },
        order: [{ key: "most", direction: "asc" }],
        topHits: { size: 1, sort: [{ fieldName: "n" }] },
        subAggregation: { fields: ["s"], size: 2 },
      },
    },
  ],
  "entities/hybrid_search": [
    hybrid,
    {
      ...hybrid,
      rerank: undefined,
      functionScore: { functions: [{ name: "f", type: "Rerank", params: { reranker: "rrf", k: 60 } }] },
    },
  ],
  "entities/advanced_search": [hybrid],
  "indexes/list": [c],
  "indexes/describe": [{ ...c, indexName: "vector" }],
  "indexes/create": [{ ...c, indexParams: [{ fieldName: "n", indexName: "n", params: { index_type: "INVERTED" } }] }],
  "indexes/drop": [{ ...c, indexName: "n" }],
  "indexes/alter_properties": [{ ...r, indexName: "vector", properties: { "mmap.enabled": true } }],
  "indexes/drop_properties": [{ ...r, indexName: "vector", propertyKeys: ["mmap.enabled"] }],
  "aliases/list": [c],
  "aliases/describe": [{ aliasName: "a" }],
  "aliases/create": [{ ...c, aliasName: "b" }],
  "aliases/drop": [{ aliasName: "a" }],
  "aliases/alter": [{ ...c, aliasName: "a" }],
  "snapshots/create": [{ ...c, snapshotName: "t", description: "text" }],
  "snapshots/drop": [{ ...c, snapshotName: "s" }],
  "snapshots/list": [c],
  "snapshots/describe": [{ ...c, snapshotName: "s" }],
  "snapshots/restore": [{ ...c, snapshotName: "s", targetCollectionName: "e" }],
  "snapshots/pin": [{ ...c, snapshotName: "s" }],
  "snapshots/unpin": [{ pinId: 1 }],
  "jobs/import/create": [{ ...c, files: [["a.json"]], options: { timeout: "10s" } }],
  "jobs/import/describe": [{ jobId: 1 }],
  "jobs/import/get_progress": [{ jobId: 1 }],
  "jobs/import/list": [c],
  "jobs/import/commit": [{ jobId: 1 }],
  "jobs/import/abort": [{ jobId: 1 }],
  "jobs/external_collection/list": [c],
  "jobs/snapshot/describe": [{ jobId: 1 }],
  "jobs/snapshot/export": [{ ...c, snapshotName: "s", targetS3Path: "x" }],
  "jobs/snapshot/restore_external": [{ targetCollectionName: "e", snapshotMetadataURI: "x" }],
  "jobs/snapshot/list": [c],
  "common/run_analyzer": [
    { text: ["one two"], analyzerParams: { tokenizer: "standard", filter: ["lowercase"] } },
    { text: ["one"], ...c, fieldName: "t", analyzerNames: ["a"] },
  ],
  "resource_groups/list": [{}],
  "resource_groups/describe": [{ name: "g" }],
  "resource_groups/create": [
    {
      name: "h",
      config: {
        requests: { node_num: 0 },
        limits: { node_num: 1 },
        transfer_from: [{ resource_group: "g" }],
        transfer_to: [{ resource_group: "g" }],
        node_filter: { node_labels: [{ key: "k", value: "v" }] },
      },
    },
  ],
  "resource_groups/alter": [{ resource_groups: { g: { requests: { node_num: 0 } } } }],
  "resource_groups/drop": [{ name: "g" }],
  "resource_groups/transfer_replica": [
    { ...c, sourceRgName: "__default_resource_group", targetRgName: "g", replicaNum: 1 },
  ],
  "resource_groups/transfer_node": [{ sourceRgName: "__default_resource_group", targetRgName: "g", nodeNum: 1 }],
  "segments/describe": [{ collectionID: 1, segmentIDs: [1] }],
  "segments/list": [c],
  "collections/get_replicas": [c],
  "collections/load_balance": [{ ...c, sourceNodeID: 1, targetNodeIDs: [1], segmentIDs: [1] }],
  "quotacenter/describe": [{}],
  "users/list": [{}],
  "users/select": [{ userName: "u" }],
  "users/describe": [{ userName: "u" }],
  "users/create": [{ userName: "w", password: "secret1" }],
  "users/update_password": [{ userName: "u", password: "secret1", newPassword: "secret2" }],
  "users/drop": [{ userName: "u" }],
  "users/grant_role": [{ userName: "u", roleName: "public" }],
  "users/revoke_role": [{ userName: "u", roleName: "public" }],
  "roles/list": [{}],
  "roles/select": [{ roleName: "public" }],
  "roles/describe": [{ roleName: "r" }],
  "roles/create": [{ roleName: "x" }],
  "roles/alter": [{ roleName: "r", description: "text" }],
  "roles/drop": [{ roleName: "r" }],
  "roles/grant_privilege": [{ roleName: "r", objectType: "Collection", objectName: "c", privilege: "Query" }],
  "roles/revoke_privilege": [{ roleName: "r", objectType: "Collection", objectName: "c", privilege: "Query" }],
  "roles/grant_privilege_v2": [{ roleName: "r", ...c, privilege: "Query" }],
  "roles/revoke_privilege_v2": [{ roleName: "r", ...c, privilege: "Query" }],
  "privilege_groups/list": [{}],
  "privilege_groups/create": [{ privilegeGroupName: "h" }],
  "privilege_groups/drop": [{ privilegeGroupName: "g" }],
  "privilege_groups/add_privileges_to_group": [{ privilegeGroupName: "g", privileges: ["Query"] }],
  "privilege_groups/remove_privileges_from_group": [{ privilegeGroupName: "g", privileges: ["Query"] }],
  "rbac/backup": [{}],
  "rbac/restore": [
    {
      users: [{ userName: "w", roles: ["r"] }],
      roles: [{ roleName: "x", description: "text" }],
      grants: [{ roleName: "r", objectType: "Collection", objectName: "c", privilege: "Query", dbName: "default" }],
      privilegeGroups: [{ privilegeGroupName: "h", privileges: ["Query"] }],
    },
  ],
};

const FIELDS = [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  { fieldName: "n", dataType: "Int64" },
  { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
  {
    fieldName: "list",
    dataType: "Array",
    elementDataType: "Int64",
    nullable: true,
    elementTypeParams: { max_capacity: 100 },
  },
  {
    fieldName: "text",
    dataType: "VarChar",
    nullable: true,
    elementTypeParams: { max_length: 1000, enable_analyzer: true, enable_match: true },
  },
];

/** A store with all that the requests name. */
export async function soundStore(): Promise<StoreImage> {
  const engine = openEngine(":memory:");
  const ask = (path: OperationPath, body: object) => engine.execute(path, decodeRequest(path, body) as never);
  for (const { collectionName } of [c, r]) {
    const schema = { fields: FIELDS, enableDynamicField: true };
    await ask("collections/create", {
      collectionName,
      schema,
      indexParams: [{ fieldName: "vector", metricType: "L2" }],
    });
    const data = [1, 2, 3].map((id) => ({ id, vector: [id, 0], n: id, s: "a", extra: id }));
    await ask("entities/insert", { collectionName, data });
  }
  await ask("collections/release", r);
  await ask("partitions/create", { ...c, partitionName: "p" });
  await ask("aliases/create", { ...c, aliasName: "a" });
  await ask("databases/create", d);
  await ask("users/create", { userName: "u", password: "secret1" });
  await ask("roles/create", { roleName: "r" });
  await ask("privilege_groups/create", { privilegeGroupName: "g" });
  await ask("resource_groups/create", { name: "g" });
  await ask("snapshots/create", { ...c, snapshotName: "s" });
  const image = engine.image();
  await engine.close();
  return image;
}
