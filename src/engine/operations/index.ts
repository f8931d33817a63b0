import type { OperationPath } from "../contract/table.js";
import { alterAlias } from "./aliases/alter.js";
import { createAlias } from "./aliases/create.js";
import { describeAlias } from "./aliases/describe.js";
import { dropAlias } from "./aliases/drop.js";
import { listAliases } from "./aliases/list.js";
import { alterCollectionProperties } from "./collections/alter-properties.js";
import { compactCollection, getCompactionState } from "./collections/compact.js";
import { createCollection } from "./collections/create.js";
import { describeCollection } from "./collections/describe.js";
import { dropCollection } from "./collections/drop.js";
import { dropCollectionProperties } from "./collections/drop-properties.js";
import { addField } from "./collections/fields/add.js";
import { alterFieldProperties } from "./collections/fields/alter-properties.js";
import { dropField } from "./collections/fields/drop.js";
import { flushAll, flushCollection, getFlushState } from "./collections/flush.js";
import { addFunctionField } from "./collections/function-fields/add.js";
import { dropFunctionField } from "./collections/function-fields/drop.js";
import { addFunction } from "./collections/functions/add.js";
import { alterFunction } from "./collections/functions/alter.js";
import { dropFunction } from "./collections/functions/drop.js";
import { getLoadingProgress, getLoadState } from "./collections/get-load-state.js";
import { getReplicas } from "./collections/get-replicas.js";
import { getCollectionStats } from "./collections/get-stats.js";
import { hasCollection } from "./collections/has.js";
import { listCollections } from "./collections/list.js";
import { loadCollection, refreshLoad, releaseCollection } from "./collections/load.js";
import { loadBalance } from "./collections/load-balance.js";
import { renameCollection } from "./collections/rename.js";
import { addStruct } from "./collections/struct-fields/add.js";
import { truncateCollection } from "./collections/truncate.js";
import { runAnalyzer } from "./common/run-analyzer.js";
import { alterDatabase, alterDatabaseProperties } from "./databases/alter-properties.js";
import { createDatabase } from "./databases/create.js";
import { describeDatabase } from "./databases/describe.js";
import { dropDatabase } from "./databases/drop.js";
import { dropDatabaseProperties } from "./databases/drop-properties.js";
import { listDatabases } from "./databases/list.js";
import { deleteEntities } from "./entities/delete.js";
import { getEntities } from "./entities/get.js";
import { advancedSearchEntities, hybridSearchEntities } from "./entities/hybrid-search.js";
import { insertEntities } from "./entities/insert.js";
import { queryEntities } from "./entities/query.js";
import { searchEntities } from "./entities/search.js";
import { upsertEntities } from "./entities/upsert.js";
import { addFileResource } from "./file-resources/add.js";
import { listFileResources } from "./file-resources/list.js";
import { removeFileResource } from "./file-resources/remove.js";
import { alterIndexProperties } from "./indexes/alter-properties.js";
import { createIndex } from "./indexes/create.js";
import { describeIndex } from "./indexes/describe.js";
import { dropIndex } from "./indexes/drop.js";
import { dropIndexProperties } from "./indexes/drop-properties.js";
import { listIndexes } from "./indexes/list.js";
import { listExternalCollectionJobs } from "./jobs/external-list.js";
import { createImportJob } from "./jobs/import/create.js";
import { abortImportJob, commitImportJob } from "./jobs/import/decide.js";
import { describeImportJob, getImportProgress } from "./jobs/import/describe.js";
import { listImportJobs } from "./jobs/import/list.js";
import { describeSnapshotJob } from "./jobs/snapshot/describe.js";
import { exportSnapshot, restoreExternalSnapshot } from "./jobs/snapshot/export.js";
import { listSnapshotJobs } from "./jobs/snapshot/list.js";
import type { Operation } from "./operation.js";
import { createPartition } from "./partitions/create.js";
import { dropPartition } from "./partitions/drop.js";
import { getPartitionStats } from "./partitions/get-stats.js";
import { hasPartition } from "./partitions/has.js";
import { listPartitions } from "./partitions/list.js";
import { loadPartitions, releasePartitions } from "./partitions/load.js";
import { createPrivilegeGroup } from "./privilege-groups/create.js";
import { dropPrivilegeGroup } from "./privilege-groups/drop.js";
import { listPrivilegeGroups } from "./privilege-groups/list.js";
import { addPrivilegesToGroup, removePrivilegesFromGroup } from "./privilege-groups/members.js";
import { describeQuotas } from "./quotacenter/describe.js";
import { backupAccess } from "./rbac/backup.js";
import { restoreAccess } from "./rbac/restore.js";
import { alterResourceGroups, createResourceGroup } from "./resource-groups/configure.js";
import { describeResourceGroup } from "./resource-groups/describe.js";
import { dropResourceGroup } from "./resource-groups/drop.js";
import { listResourceGroups } from "./resource-groups/list.js";
import { transferNode } from "./resource-groups/transfer-node.js";
import { transferReplica } from "./resource-groups/transfer-replica.js";
import { alterRole } from "./roles/alter.js";
import { createRole } from "./roles/create.js";
import { describeRole } from "./roles/describe.js";
import { dropRole } from "./roles/drop.js";
import { listRoles } from "./roles/list.js";
import { grantPrivilege, grantPrivilegeV2, revokePrivilege, revokePrivilegeV2 } from "./roles/privileges.js";
import { selectRoles } from "./roles/select.js";
import { describeSegments, listSegments } from "./segments/describe.js";
import { createSnapshot } from "./snapshots/create.js";
import { describeSnapshot } from "./snapshots/describe.js";
import { dropSnapshot } from "./snapshots/drop.js";
import { listSnapshots } from "./snapshots/list.js";
import { pinSnapshot, unpinSnapshot } from "./snapshots/pin.js";
import { restoreSnapshot } from "./snapshots/restore.js";
import { createUser } from "./users/create.js";
import { describeUser } from "./users/describe.js";
import { dropUser } from "./users/drop.js";
import { listUsers } from "./users/list.js";
import { grantRole, revokeRole } from "./users/roles.js";
import { selectUsers } from "./users/select.js";
import { updatePassword } from "./users/update-password.js";

/** What runs behind each row of the contract. */
export const operations: { readonly [Path in OperationPath]: Operation<Path> } = {
  "common/run_analyzer": runAnalyzer,
  "databases/alter_properties": alterDatabaseProperties,
  "databases/create": createDatabase,
  "databases/describe": describeDatabase,
  "databases/drop_properties": dropDatabaseProperties,
  "databases/drop": dropDatabase,
  "databases/list": listDatabases,
  "databases/alter": alterDatabase,
  "collections/alter_properties": alterCollectionProperties,
  "collections/create": createCollection,
  "collections/describe": describeCollection,
  "collections/drop_properties": dropCollectionProperties,
  "collections/drop": dropCollection,
  "collections/fields/add": addField,
  "collections/struct_fields/add": addStruct,
  "collections/fields/drop": dropField,
  "collections/add_function_field": addFunctionField,
  "collections/drop_function_field": dropFunctionField,
  "collections/add_function": addFunction,
  "collections/alter_function": alterFunction,
  "collections/drop_function": dropFunction,
  "collections/fields/alter_properties": alterFieldProperties,
  "collections/get_load_state": getLoadState,
  "collections/get_loading_progress": getLoadingProgress,
  "collections/get_stats": getCollectionStats,
  "collections/has": hasCollection,
  "collections/list": listCollections,
  "collections/load": loadCollection,
  "collections/refresh_load": refreshLoad,
  "collections/release": releaseCollection,
  "collections/truncate": truncateCollection,
  "collections/flush": flushCollection,
  "collections/flush_all": flushAll,
  "collections/get_flush_state": getFlushState,
  "collections/compact": compactCollection,
  "collections/get_compaction_state": getCompactionState,
  "collections/rename": renameCollection,
  "partitions/create": createPartition,
  "partitions/drop": dropPartition,
  "partitions/get_stats": getPartitionStats,
  "partitions/has": hasPartition,
  "partitions/list": listPartitions,
  "partitions/load": loadPartitions,
  "partitions/release": releasePartitions,
  "entities/delete": deleteEntities,
  "entities/get": getEntities,
  "entities/insert": insertEntities,
  "entities/query": queryEntities,
  "entities/search": searchEntities,
  "entities/hybrid_search": hybridSearchEntities,
  "entities/advanced_search": advancedSearchEntities,
  "entities/upsert": upsertEntities,
  "indexes/alter_properties": alterIndexProperties,
  "indexes/create": createIndex,
  "indexes/describe": describeIndex,
  "indexes/drop_properties": dropIndexProperties,
  "indexes/drop": dropIndex,
  "indexes/list": listIndexes,
  "aliases/alter": alterAlias,
  "aliases/create": createAlias,
  "aliases/describe": describeAlias,
  "aliases/drop": dropAlias,
  "aliases/list": listAliases,
  "snapshots/create": createSnapshot,
  "snapshots/describe": describeSnapshot,
  "snapshots/drop": dropSnapshot,
  "snapshots/list": listSnapshots,
  "snapshots/pin": pinSnapshot,
  "snapshots/restore": restoreSnapshot,
  "snapshots/unpin": unpinSnapshot,
  "jobs/import/create": createImportJob,
  "jobs/import/describe": describeImportJob,
  "jobs/import/get_progress": getImportProgress,
  "jobs/import/list": listImportJobs,
  "jobs/import/commit": commitImportJob,
  "jobs/import/abort": abortImportJob,
  "jobs/external_collection/list": listExternalCollectionJobs,
  "jobs/snapshot/describe": describeSnapshotJob,
  "jobs/snapshot/export": exportSnapshot,
  "jobs/snapshot/restore_external": restoreExternalSnapshot,
  "jobs/snapshot/list": listSnapshotJobs,
  "resource_groups/describe": describeResourceGroup,
  "resource_groups/list": listResourceGroups,
  "resource_groups/create": createResourceGroup,
  "resource_groups/alter": alterResourceGroups,
  "resource_groups/drop": dropResourceGroup,
  "resource_groups/transfer_replica": transferReplica,
  "resource_groups/transfer_node": transferNode,
  "segments/describe": describeSegments,
  "segments/list": listSegments,
  "collections/get_replicas": getReplicas,
  "collections/load_balance": loadBalance,
  "file_resources/add": addFileResource,
  "file_resources/remove": removeFileResource,
  "file_resources/list": listFileResources,
  "quotacenter/describe": describeQuotas,
  "users/list": listUsers,
  "users/select": selectUsers,
  "users/describe": describeUser,
  "users/create": createUser,
  "users/update_password": updatePassword,
  "users/drop": dropUser,
  "users/grant_role": grantRole,
  "users/revoke_role": revokeRole,
  "roles/list": listRoles,
  "roles/select": selectRoles,
  "roles/describe": describeRole,
  "roles/create": createRole,
  "roles/alter": alterRole,
  "roles/drop": dropRole,
  "roles/grant_privilege": grantPrivilege,
  "roles/revoke_privilege": revokePrivilege,
  "roles/grant_privilege_v2": grantPrivilegeV2,
  "roles/revoke_privilege_v2": revokePrivilegeV2,
  "privilege_groups/list": listPrivilegeGroups,
  "privilege_groups/create": createPrivilegeGroup,
  "privilege_groups/drop": dropPrivilegeGroup,
  "privilege_groups/add_privileges_to_group": addPrivilegesToGroup,
  "privilege_groups/remove_privileges_from_group": removePrivilegesFromGroup,
  "rbac/backup": backupAccess,
  "rbac/restore": restoreAccess,
};
