/**
 * What operations do otherwise than a server of Milvus 2.6 (of 3.0, where the operation is new). An operation that is not
 * named here differs in nothing that is known. Texts are Markdown of docs/compatibility.md; a test holds that every name is
 * an operation of the contract.
 */
const PROPERTIES =
  "`collection.ttl.seconds`, `ttl_field`, `timezone`, `dynamicfield.enabled` (on, not off again), `allow_insert_auto_id`, `collection.description` and `consistency_level` (one that is none is refused, a server passes over it) take effect; most others are [stored and described](without-effect.md)";
const FIELD_PROPERTIES =
  "`max_length`, `max_capacity` and `field.description` take effect; most others are [stored and described](without-effect.md)";
const DATABASE_PROPERTIES =
  "`database.max.collections`, `database.force.deny.*` and `timezone` (of the collections made afterwards) take effect; others are stored and described";
const ONE_NODE = "kept and described; the one node, this process, stays in `__default_resource_group`";
const GRPC_ONLY = "servers have it in gRPC only";
const SNAPSHOT = "each is a copy in a file of its own, so it takes the space of the collection";
const JOB_FILES = "files lie in folders below the option `filesRoot`, object stores are refused";
const IMPORT =
  "files below the option `importRoot`, no object stores, no NumPy; rows become visible together ([import and export](import-and-export.md))";
const FUNCTIONS =
  "of the TextEmbedding function of a vector field that is there; vectors of rows stay. BM25 and MinHash come and go with their fields only, as on a server";
const UNIQUE =
  "primary keys are unique in a collection: a known key is overwritten, wherever it was (a server keeps both copies)";
const ROLES = "codes and texts of 2.6 up to 2.6.18";

export const DIFFERENCES = {
  "collections/get_stats": "counts live rows exactly",
  "collections/create":
    "atomic: an error in any step leaves nothing; shards and consistency level are stored only (Elanus is always strongly consistent)",
  "collections/load": "answers when every row is searchable",
  "collections/alter_properties": PROPERTIES,
  "collections/drop_properties": PROPERTIES,
  "collections/fields/add": "needs no storage V3",
  "collections/fields/alter_properties": FIELD_PROPERTIES,
  "collections/add_function": FUNCTIONS,
  "collections/alter_function": FUNCTIONS,
  "collections/drop_function": FUNCTIONS,
  "collections/add_function_field":
    "the field is there as soon as it is computed for all rows; a process that dies before leaves the collection as it was",
  "collections/flush": "there is nothing to flush",
  "collections/compact": "answers when it is done, after working in slices beside other calls",
  "entities/insert": `${UNIQUE}; \`insertCount\` counts every row`,
  "entities/upsert": "with auto ids the named row is replaced under a fresh key, as in 2.6",
  "entities/delete": "`deleteCount` is the number of rows removed",
  "entities/get": "JSON and Array fields come back as values (2.6: as text, or wrapped)",
  "entities/query":
    "JSON and Array fields come back as values (2.6: as text, or wrapped); rows in ascending order of the primary key, or by `orderByFields`; an average over nulls only is null; sums beyond int64 are refused",
  "entities/search":
    "ties in ascending order of the primary key; `ids` are searched in their order; a ranking function reorders the hits of the page, a boost all `offset + limit` hits that were found; `highlighter`, which servers have in gRPC only, works here too",
  "entities/hybrid_search": "the reranker `model` is [served by the application](embedding.md), or refused",
  "entities/advanced_search": "as `hybrid_search`",
  "indexes/create":
    "FLAT is exact, and so is BRUTE_FORCE, its name in Milvus Lite; the other dense types are validated, described as asked, and served by HNSW; a scalar index becomes an SQLite index on the field or the JSON path (whole arrays and JSON values are scanned)",
  "indexes/alter_properties": "stored; `describe` has no place for them, as in Milvus over REST",
  "indexes/drop_properties": "stored; `describe` has no place for them, as in Milvus over REST",
  "databases/alter": DATABASE_PROPERTIES,
  "databases/alter_properties": DATABASE_PROPERTIES,
  "databases/drop_properties": DATABASE_PROPERTIES,
  "resource_groups/create": ONE_NODE,
  "resource_groups/alter": ONE_NODE,
  "resource_groups/drop": ONE_NODE,
  "resource_groups/transfer_replica": ONE_NODE,
  "resource_groups/transfer_node": `${GRPC_ONLY}; changes configurations only`,
  "segments/describe": "a partition with rows is a segment",
  "segments/list": `${GRPC_ONLY}; a partition with rows is a segment`,
  "quotacenter/describe": "there are no quotas",
  "file_resources/add": "files of words for analyzers, below the option `filesRoot`",
  "snapshots/create": SNAPSHOT,
  "snapshots/restore": "a restore that runs when the process ends has failed",
  "jobs/snapshot/export": JOB_FILES,
  "jobs/snapshot/restore_external": JOB_FILES,
  "jobs/external_collection/list": "always empty",
  "jobs/import/create": IMPORT,
  "common/run_analyzer":
    "jieba and language_identifier need an optional package, lindera is refused; a `regex` filter looks ahead only from its beginning (`^(?!test)`), so that no pattern can run for ever",
  "users/list": "kept in the file; `root` is always there",
  "roles/grant_privilege": `${ROLES}; a grant is dropped and renamed with its collection`,
  "roles/grant_privilege_v2": `${ROLES}; a grant is dropped and renamed with its collection`,
  "users/select": GRPC_ONLY,
  "roles/select": GRPC_ONLY,
  "rbac/backup": GRPC_ONLY,
  "rbac/restore": GRPC_ONLY,
  "collections/flush_all": GRPC_ONLY,
  "collections/get_flush_state": GRPC_ONLY,
  "collections/get_loading_progress": GRPC_ONLY,
  "collections/get_replicas": GRPC_ONLY,
  "collections/load_balance": `${GRPC_ONLY}; with one node there is nothing to move, as on a standalone server`,
};
