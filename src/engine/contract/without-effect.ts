import type { OperationPath } from "./table.js";

/**
 * What requests of Milvus 2.6 and 3.0 may hold that has no effect here, each with the reason why nobody misses it. What is neither
 * here nor does something is refused (`future-fields.ts`). A test walks the requests of the official clients and of the contract
 * by these tables; `npm run docs:fields` makes docs/without-effect.md of them.
 */

const ONE_VIEW =
  "every read sees every write that was answered before it: no level asks for more (`strict` of elanus/testing looks at it)";
const ONE_COPY = "one process holds one copy, and there is nothing to place it on";
const NO_TIME_TRAVEL = "servers have ignored it since 2.3, when they lost travel in time";
const WHOLE_COLLECTION =
  "all fields of a loaded collection can be asked for: more is loaded than was asked, never less";
const MADE_HERE = "the receiver writes its own over it, as servers do";
const NO_TUNING = "it trades exactness for speed: here searches are exact, or `ef` alone does that";
const ALL_AT_ONCE = "what has been written is durable and searchable when it is answered: there is no growing part";
const WHOLE_COMPACTION = "a compaction takes the whole collection, which is more than was asked for";
const STORED = "stored and described; it says where a server keeps data, not what it answers";
const NO_QUOTA = "stored and described; databases share one file, whose size the file system limits";
const NO_LIMITS = "stored and described; a stock server does not count requests either";

const HYBRID: Readonly<Record<string, string>> = {
  consistencyLevel: ONE_VIEW,
  "search[].offset": "the offset of the whole counts, as on servers",
  "search[].groupingField": "hits are grouped by what the request says for all parts, as on servers",
  "search[].metricType": "a search has the metric of its index; servers ignore it",
  "search[].ignoreGrowing": ALL_AT_ONCE,
  "search[].outputFields": "output fields are named once, for all parts; servers ignore it",
};

/** Of JSON requests (REST and typed calls), by path into the body. */
export const WITHOUT_EFFECT: { readonly [Path in OperationPath]?: Readonly<Record<string, string>> } = {
  "collections/create": {
    "params.shardsNum": STORED,
    consistencyLevel: `stored and described; ${ONE_VIEW}`,
    "params.consistencyLevel": `stored and described; ${ONE_VIEW}`,
    "schema.fields[].isClusteringKey": "stored and described; it says in which order a server keeps rows",
  },
  "collections/load": { replicaNumber: ONE_COPY },
  "collections/refresh_load": { replicaNumber: ONE_COPY },
  "collections/compact": { isClustering: WHOLE_COMPACTION },
  "collections/get_compaction_state": {
    jobID: "a compaction is done when it is answered, whatever its number",
    compactionID: "a compaction is done when it is answered, whatever its number",
  },
  "entities/search": { consistencyLevel: ONE_VIEW, params: "obsolete: servers ignore it" },
  "entities/query": { consistencyLevel: ONE_VIEW },
  "entities/get": { consistencyLevel: ONE_VIEW },
  "entities/hybrid_search": HYBRID,
  "entities/advanced_search": HYBRID,
};

/**
 * Of messages of the RPC protocol: `Message.field`, or a name alone for every message that has it. Where no reason stands here, a
 * field of a request is read, or refused.
 */
export const MESSAGE_FIELDS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  base: "kind and number of the message, for servers among themselves",
  time_stamp: NO_TIME_TRAVEL,
  timestamp: NO_TIME_TRAVEL,
  travel_timestamp: NO_TIME_TRAVEL,
  timetravel: NO_TIME_TRAVEL,
  guarantee_timestamp: ONE_VIEW,
  consistency_level: ONE_VIEW,
  use_default_consistency: ONE_VIEW,
  not_return_all_meta: "servers ignore it",
  hash_keys: MADE_HERE,
  load_fields: WHOLE_COLLECTION,
  skip_load_dynamic_field: WHOLE_COLLECTION,
  load_params: WHOLE_COLLECTION,
  created_utc_timestamps: MADE_HERE,
  modified_utc_timestamps: MADE_HERE,
  "ConnectRequest.client_info": "shown to the operators of servers, no more",
  "ClientInfo.sdk_type": "shown to the operators of servers, no more",
  "ClientInfo.sdk_version": "shown to the operators of servers, no more",
  "ClientInfo.user": "shown to the operators of servers, no more",
  "ClientInfo.host": "shown to the operators of servers, no more",
  "ClientInfo.local_time": "shown to the operators of servers, no more",
  "ClientInfo.reserved": "shown to the operators of servers, no more",
  "DummyRequest.request_type": "the call does nothing, on servers too",
  "SearchRequest.dsl_type": "there is one language of filters since 2.0",
  "SearchRequest.search_by_primary_keys": "servers ignore it; `ids` is what works",
  "FieldSchema.index_params": "servers ignore it: CreateIndex makes indexes",
  "FieldSchema.state": "servers fill it in",
  "AlterCollectionSchemaRequest.AddRequest.do_physical_backfill":
    "rows that are there have the default of an added field at once, and keep it",
  "GetFlushAllStateRequest.flush_all_ts": ALL_AT_ONCE,
  "GetFlushAllStateRequest.flush_all_tss": ALL_AT_ONCE,
  "GetFlushAllStateRequest.flush_targets": ALL_AT_ONCE,
  "FlushAllRequest.flush_targets": ALL_AT_ONCE,
  "GetFlushStateRequest.segmentIDs": ALL_AT_ONCE,
  "GetFlushStateRequest.flush_ts": ALL_AT_ONCE,
  "GetReplicasRequest.with_shard_nodes": "there is one node, which is shown in any case",
  "ManualCompactionRequest.l0Compaction": WHOLE_COMPACTION,
  "ManualCompactionRequest.target_size": WHOLE_COMPACTION,
  "ManualCompactionRequest.partition_id": WHOLE_COMPACTION,
  "ManualCompactionRequest.channel": WHOLE_COMPACTION,
  "ManualCompactionRequest.segment_ids": WHOLE_COMPACTION,
  "ImportRequest.channel_names": "servers ignore it: a collection has no channels here",
  "ImportRequest.row_based": "what a file is made of is told by its ending, as on servers",
  "ImportRequest.clustering_info": "servers send it among themselves",
  "ListImportTasksRequest.limit": "servers ignore it",
  "ListRefreshExternalCollectionJobsRequest.collection_name": "there are no such jobs, of whatever collection",
  "ListRefreshExternalCollectionJobsRequest.db_name": "there are no such jobs, of whatever database",
  "RestoreSnapshotRequest.rewrite_data": "servers ignore it: what is restored is always written anew",
  "OperatePrivilegeRequest.version": "grants of both versions are kept and asked alike",
  "ClientHeartbeatRequest.client_info": "telemetry is neither kept nor answered with commands",
  "ClientHeartbeatRequest.report_timestamp": "telemetry is neither kept nor answered with commands",
  "ClientHeartbeatRequest.metrics": "telemetry is neither kept nor answered with commands",
  "ClientHeartbeatRequest.command_replies": "telemetry is neither kept nor answered with commands",
  "ClientHeartbeatRequest.config_hash": "telemetry is neither kept nor answered with commands",
  "ClientHeartbeatRequest.last_command_timestamp": "telemetry is neither kept nor answered with commands",
};

/** A kind of pairs that requests have beside their fields. */
export type ParameterGroup = "search" | "query" | "collection" | "database" | "field" | "index";

/** Of parameters and properties that are pairs of texts. Keys that no Milvus knows are kept or passed over, as on servers. */
export const PARAMETERS_WITHOUT_EFFECT: Readonly<Record<ParameterGroup, Readonly<Record<string, string>>>> = {
  search: {
    nprobe: NO_TUNING,
    level: NO_TUNING,
    search_list: NO_TUNING,
    refine_k: NO_TUNING,
    reorder_k: NO_TUNING,
    rbq_query_bits: NO_TUNING,
    dim_max_score_ratio: NO_TUNING,
    max_empty_result_buckets: NO_TUNING,
    retrieval_ann_ratio: NO_TUNING,
    emb_list_rerank: NO_TUNING,
    mh_search_with_jaccard: NO_TUNING,
    mh_lsh_batch_search: NO_TUNING,
    forTuning: NO_TUNING,
    ignore_growing: ALL_AT_ONCE,
    hints: "it says in which order a server filters, not what it finds",
    cluster_id: ONE_COPY,
    page_retain_order: "pages always follow the order of the whole result",
    reduce_stop_for_best: "it says how much a server reads before it answers",
    strict_cast: "it goes with `json_type`, which is refused",
  },
  query: {
    ignore_growing: ALL_AT_ONCE,
    cluster_id: ONE_COPY,
    reduce_stop_for_best: "rows of an iterator come in the order of their keys in any case",
  },
  collection: {
    "mmap.enabled": STORED,
    "lazyload.enabled": STORED,
    "partitionkey.isolation": "checked and described; it says how a server keeps rows of one key together",
    "collection.replica.number": ONE_COPY,
    "collection.resource_groups": ONE_COPY,
    "collection.diskProtection.diskQuota.mb": NO_QUOTA,
    "partition.diskProtection.diskQuota.mb": NO_QUOTA,
    "replicate.id": ONE_COPY,
    "collection.autocompaction.enabled": "space comes back by itself",
    "collection.insertRate.max.mb": NO_LIMITS,
    "collection.insertRate.min.mb": NO_LIMITS,
    "collection.upsertRate.max.mb": NO_LIMITS,
    "collection.upsertRate.min.mb": NO_LIMITS,
    "collection.deleteRate.max.mb": NO_LIMITS,
    "collection.deleteRate.min.mb": NO_LIMITS,
    "collection.bulkLoadRate.max.mb": NO_LIMITS,
    "collection.bulkLoadRate.min.mb": NO_LIMITS,
    "collection.queryRate.max.qps": NO_LIMITS,
    "collection.queryRate.min.qps": NO_LIMITS,
    "collection.searchRate.max.vps": NO_LIMITS,
    "collection.searchRate.min.vps": NO_LIMITS,
    "warmup.scalarField": STORED,
    "warmup.scalarIndex": STORED,
    "warmup.vectorField": STORED,
    "warmup.vectorIndex": STORED,
  },
  database: {
    "database.replica.number": ONE_COPY,
    "database.resource_groups": ONE_COPY,
    "database.diskQuota.mb": NO_QUOTA,
    "replicate.id": ONE_COPY,
  },
  field: {
    "mmap.enabled": STORED,
    warmup: STORED,
  },
  index: {
    "mmap.enabled": STORED,
    "indexoffsetcache.enabled": STORED,
    warmup: STORED,
    emb_list_strategy: NO_TUNING,
  },
};
