import type { OperationPath } from "../../engine/contract/table.js";
import { anything, flag, int64, integer, type JsonSchema, list, object, record, text } from "./json-schema.js";

/** What stands under `data`, and what else stands beside it. */
interface Answer {
  readonly data: JsonSchema;
  /** As the keys of `object`. */
  readonly beside?: Readonly<Record<string, JsonSchema>>;
}

const done: Answer = { data: object({}) };
const names: Answer = { data: list(text) };
const has: Answer = { data: object({ has: flag }) };
const rowCount: Answer = { data: object({ rowCount: integer }) };
const keyValues = list(object({ key: text, value: text }));
const cost = { cost: integer };
const rows: Answer = { data: list(record(anything)), beside: cost };
const hits: Answer = {
  data: list(record(anything)),
  beside: { ...cost, "topks?": list(integer), "aggTopks?": list(integer) },
};

const field = object({
  id: integer,
  name: text,
  type: text,
  "params?": keyValues,
  "elementType?": text,
  "defaultValue?": object({ Data: record(anything) }),
  primaryKey: flag,
  partitionKey: flag,
  clusteringKey: flag,
  autoId: flag,
  nullable: flag,
  description: text,
  "isFunctionOutput?": flag,
});
const struct = object({
  id: integer,
  name: text,
  type: text,
  description: text,
  nullable: flag,
  "params?": keyValues,
  fields: list(field),
});
const collection = object({
  collectionName: text,
  collectionID: integer,
  description: text,
  autoId: flag,
  enableDynamicField: flag,
  consistencyLevel: text,
  shardsNum: integer,
  partitionsNum: integer,
  load: text,
  aliases: list(text),
  properties: keyValues,
  functions: list(
    object({
      name: text,
      description: text,
      type: integer,
      id: integer,
      inputFieldNames: list(text),
      outputFieldNames: list(text),
      params: keyValues,
    }),
  ),
  fields: list(field),
  "structFields?": list(struct),
  indexes: list(object({ fieldName: text, indexName: text, metricType: text })),
});
const loadState = object({ loadState: text, "loadProgress?": integer });
const index = object({
  indexName: text,
  fieldName: text,
  indexType: text,
  metricType: text,
  totalRows: integer,
  indexedRows: integer,
  pendingRows: integer,
  indexState: text,
  failReason: text,
});
const segment = {
  segmentID: integer,
  collectionID: integer,
  partitionID: integer,
  vChannel: text,
  numRows: integer,
  state: integer,
  level: integer,
  isSorted: flag,
  insertLogs: list(anything),
  deltaLogs: list(anything),
  statsLogs: list(anything),
};
const snapshotJob = object({
  jobId: integer,
  snapshotName: text,
  dbName: text,
  collectionName: text,
  state: text,
  progress: integer,
  reason: text,
  startTime: integer,
  timeCost: integer,
  "snapshotMetadataURI?": text,
  "totalBytes?": integer,
});
const importFacts = {
  completeTime: text,
  state: text,
  progress: integer,
  importedRows: integer,
  totalRows: integer,
  fileSize: integer,
  "reason?": text,
};
const importJob = object({
  jobId: text,
  createTime: text,
  collectionName: text,
  ...importFacts,
  details: list(object({ fileName: text, ...importFacts })),
});
const resourceGroup = object({
  name: text,
  capacity: integer,
  num_available_node: integer,
  num_loaded_replica: record(integer),
  num_outgoing_node: record(integer),
  num_incoming_node: record(integer),
  config: record(anything),
  nodes: list(anything),
});
const grant = { objectType: text, objectName: text, privilege: text, dbName: text, grantor: text };
const said = { description: text };

/** The answers of REST v2, by operation: what `ResultOf` says of each, as JSON has it. */
export const ANSWERS: { readonly [Path in OperationPath]: Answer } = {
  "databases/list": names,
  "databases/create": done,
  "databases/drop": done,
  "databases/describe": { data: object({ dbName: text, dbID: integer, properties: keyValues }) },
  "databases/alter": done,
  "databases/alter_properties": done,
  "databases/drop_properties": done,
  "collections/list": names,
  "collections/has": has,
  "collections/describe": { data: collection, beside: { message: text } },
  "collections/get_stats": rowCount,
  "collections/get_load_state": { data: loadState, beside: { "message?": text } },
  "collections/get_loading_progress": { data: loadState },
  "collections/create": done,
  "collections/drop": done,
  "collections/rename": done,
  "collections/load": done,
  "collections/refresh_load": done,
  "collections/release": done,
  "collections/alter_properties": done,
  "collections/drop_properties": done,
  "collections/flush": done,
  "collections/flush_all": done,
  "collections/get_flush_state": { data: object({ flushed: flag }) },
  "collections/compact": { data: object({ compactionID: integer }) },
  "collections/get_compaction_state": {
    data: object({
      compactionID: integer,
      state: text,
      executingPlanNumber: integer,
      timeoutPlanNumber: integer,
      completedPlanNumber: integer,
    }),
  },
  "collections/truncate": done,
  "collections/fields/add": done,
  "collections/fields/drop": done,
  "collections/add_function_field": done,
  "collections/drop_function_field": done,
  "collections/add_function": done,
  "collections/alter_function": done,
  "collections/drop_function": done,
  "collections/fields/alter_properties": done,
  "collections/struct_fields/add": done,
  "collections/load_balance": done,
  "collections/get_replicas": {
    data: list(
      object({
        replicaID: integer,
        collectionID: integer,
        partitionIDs: list(integer),
        resourceGroup: text,
        channel: text,
      }),
    ),
  },
  "partitions/list": names,
  "partitions/has": has,
  "partitions/get_stats": rowCount,
  "partitions/create": done,
  "partitions/drop": done,
  "partitions/load": done,
  "partitions/release": done,
  "entities/insert": { data: object({ insertCount: integer, insertIds: list(int64) }), beside: cost },
  "entities/upsert": { data: object({ upsertCount: integer, upsertIds: list(int64) }), beside: cost },
  "entities/delete": { data: object({ deleteCount: integer }) },
  "entities/get": rows,
  "entities/query": rows,
  "entities/search": hits,
  "entities/hybrid_search": hits,
  "entities/advanced_search": hits,
  "indexes/list": names,
  "indexes/describe": { data: list(index) },
  "indexes/create": done,
  "indexes/drop": done,
  "indexes/alter_properties": done,
  "indexes/drop_properties": done,
  "aliases/list": names,
  "aliases/describe": { data: object({ dbName: text, collectionName: text, aliasName: text }) },
  "aliases/create": done,
  "aliases/drop": done,
  "aliases/alter": done,
  "snapshots/create": done,
  "snapshots/drop": done,
  "snapshots/list": names,
  "snapshots/describe": {
    data: object({
      snapshotName: text,
      description: text,
      collectionName: text,
      partitionNames: list(text),
      createTs: integer,
      s3Location: text,
    }),
  },
  "snapshots/restore": { data: object({ jobId: integer }) },
  "snapshots/pin": { data: object({ pinId: integer }) },
  "snapshots/unpin": done,
  "jobs/snapshot/export": { data: object({ snapshotMetadataURI: text, jobId: integer }) },
  "jobs/snapshot/restore_external": { data: object({ jobId: integer }) },
  "jobs/import/create": { data: object({ jobId: text }) },
  "jobs/import/describe": { data: importJob },
  "jobs/import/get_progress": { data: importJob },
  "jobs/import/list": {
    data: object({
      records: list(object({ jobId: text, collectionName: text, state: text, progress: integer, "reason?": text })),
    }),
  },
  "jobs/import/commit": done,
  "jobs/import/abort": done,
  "jobs/external_collection/list": { data: object({ records: list(anything) }) },
  "jobs/snapshot/describe": { data: snapshotJob },
  "jobs/snapshot/list": { data: object({ records: list(snapshotJob) }) },
  "common/run_analyzer": {
    data: object({
      results: list(
        object({
          tokens: list(
            object({
              token: text,
              "startOffset?": integer,
              "endOffset?": integer,
              "position?": integer,
              "positionLength?": integer,
              "hash?": integer,
            }),
          ),
        }),
      ),
    }),
  },
  "resource_groups/list": names,
  "resource_groups/describe": { data: resourceGroup, beside: { resource_group: resourceGroup } },
  "resource_groups/create": done,
  "resource_groups/alter": done,
  "resource_groups/drop": done,
  "resource_groups/transfer_replica": done,
  "resource_groups/transfer_node": done,
  "segments/describe": { data: object({ segmentInfos: list(object(segment)) }) },
  "segments/list": {
    data: list(object({ ...segment, loaded: flag, "indexName?": text, "indexID?": integer })),
  },
  "file_resources/add": done,
  "file_resources/remove": done,
  "file_resources/list": { data: list(object({ id: integer, name: text, path: text })) },
  "quotacenter/describe": { data: text },
  "users/list": names,
  "users/select": { data: list(object({ userName: text, roles: list(text), description: text })) },
  "users/describe": { ...names, beside: said },
  "users/create": done,
  "users/update_password": done,
  "users/drop": done,
  "users/grant_role": done,
  "users/revoke_role": done,
  "roles/list": names,
  "roles/select": { data: list(object({ roleName: text, users: list(text), description: text })) },
  "roles/describe": { data: list(object(grant)), beside: said },
  "roles/create": done,
  "roles/alter": done,
  "roles/drop": done,
  "roles/grant_privilege": done,
  "roles/revoke_privilege": done,
  "roles/grant_privilege_v2": done,
  "roles/revoke_privilege_v2": done,
  "privilege_groups/list": {
    data: object({ privilegeGroups: list(object({ privilegeGroupName: text, privileges: text })) }),
  },
  "privilege_groups/create": done,
  "privilege_groups/drop": done,
  "privilege_groups/add_privileges_to_group": done,
  "privilege_groups/remove_privileges_from_group": done,
  "rbac/backup": {
    data: object({
      users: list(object({ userName: text, "password?": text, roles: list(text), description: text })),
      roles: list(object({ roleName: text, description: text })),
      grants: list(object({ roleName: text, ...grant })),
      privilegeGroups: list(object({ privilegeGroupName: text, privileges: list(text) })),
    }),
  },
  "rbac/restore": done,
};
