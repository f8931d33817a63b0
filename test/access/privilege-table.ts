/**
 * Which privilege each call needs: the contract's own table, written down here anew so that it can be held against the one that is
 * enforced. Columns: what is needed (G Global, C Collection, U User; `-` nothing), REST v2, RPCs, REST v1, port 9091.
 */
const TABLE = `
G CreateCollection     | collections/create collections/alter_properties collections/drop_properties collections/fields/alter_properties collections/add_function collections/alter_function collections/drop_function | CreateCollection AlterCollection AlterCollectionField AddCollectionFunction AlterCollectionFunction DropCollectionFunction | POST:collections/create | POST:/collection
C AddCollectionField   | collections/fields/add | AddCollectionField | |
C AlterCollectionSchema | collections/fields/drop collections/struct_fields/add collections/add_function_field collections/drop_function_field | AlterCollectionSchema AddCollectionStructField | |
G DropCollection       | collections/drop collections/truncate | DropCollection TruncateCollection | POST:collections/drop | DELETE:/collection
G DescribeCollection   | collections/describe | DescribeCollection BatchDescribeCollection | GET:collections/describe | GET:/collection
-                      | collections/has collections/list | HasCollection ShowCollections | GET:collections | GET:/collection/existence GET:/collections
G RenameCollection     | collections/rename | RenameCollection | |
C Load                 | collections/load collections/refresh_load partitions/load | LoadCollection LoadPartitions | | POST:/collection/load POST:/partitions/load
C Release              | collections/release partitions/release | ReleaseCollection ReleasePartitions | | DELETE:/collection/load DELETE:/partitions/load
C GetStatistics        | collections/get_stats partitions/get_stats | GetCollectionStatistics GetPartitionStatistics | | GET:/collection/statistics GET:/partition/statistics
C GetLoadState         | collections/get_load_state | GetLoadState | |
C GetLoadingProgress   | collections/get_loading_progress | GetLoadingProgress | |
C Flush                | collections/flush | Flush | | POST:/persist
C GetFlushState        | collections/get_flush_state | GetFlushState | | GET:/persist/state
G FlushAll             | collections/flush_all | FlushAll | |
C Compaction           | collections/compact | ManualCompaction | | POST:/compaction
-                      | collections/get_compaction_state | GetCompactionState GetCompactionStateWithPlans GetFlushAllState | | GET:/compaction/state
C CreatePartition      | partitions/create | CreatePartition | | POST:/partition
C DropPartition        | partitions/drop | DropPartition | | DELETE:/partition
C HasPartition         | partitions/has | HasPartition | | GET:/partition/existence
C ShowPartitions       | partitions/list | ShowPartitions | | GET:/partitions
C CreateIndex          | indexes/create indexes/alter_properties indexes/drop_properties | CreateIndex AlterIndex | | POST:/index
C DropIndex            | indexes/drop | DropIndex | | DELETE:/index
C IndexDetail          | indexes/list indexes/describe | DescribeIndex GetIndexState GetIndexBuildProgress GetIndexStatistics | | GET:/index GET:/index/state GET:/index/progress
C Insert               | entities/insert | Insert | POST:insert | POST:/entities
C Upsert               | entities/upsert | Upsert | POST:upsert |
C Delete               | entities/delete | Delete | POST:delete | DELETE:/entities
C Search               | entities/search entities/hybrid_search entities/advanced_search | Search HybridSearch | POST:search | POST:/search
C Query                | entities/query entities/get | Query | POST:query POST:get | POST:/query
G CreateAlias          | aliases/create aliases/alter | CreateAlias AlterAlias | | POST:/alias PATCH:/alias
G DropAlias            | aliases/drop | DropAlias | | DELETE:/alias
G DescribeAlias        | aliases/describe | DescribeAlias | |
G ListAliases          | aliases/list | ListAliases | |
G CreateDatabase       | databases/create | CreateDatabase | |
G DropDatabase         | databases/drop | DropDatabase | |
G AlterDatabase        | databases/alter databases/alter_properties databases/drop_properties | AlterDatabase | |
G DescribeDatabase     | databases/describe | DescribeDatabase | |
-                      | databases/list | ListDatabases | |
G CreateOwnership      | users/create roles/create roles/alter | CreateCredential CreateRole AlterRole | | POST:/credential
G DropOwnership        | users/drop roles/drop | DeleteCredential DropRole | | DELETE:/credential
G SelectOwnership      | users/list roles/list roles/select roles/describe | ListCredUsers SelectRole SelectGrant | | GET:/credential/users
U UpdateUser           | users/update_password | UpdateCredential | | PATCH:/credential
U SelectUser           | users/describe users/select | SelectUser | |
G ManageOwnership      | users/grant_role users/revoke_role roles/grant_privilege roles/revoke_privilege roles/grant_privilege_v2 roles/revoke_privilege_v2 | OperateUserRole OperatePrivilege OperatePrivilegeV2 | |
G CreatePrivilegeGroup | privilege_groups/create | CreatePrivilegeGroup | |
G DropPrivilegeGroup   | privilege_groups/drop | DropPrivilegeGroup | |
G ListPrivilegeGroups  | privilege_groups/list | ListPrivilegeGroups | |
G OperatePrivilegeGroup | privilege_groups/add_privileges_to_group privilege_groups/remove_privileges_from_group | OperatePrivilegeGroup | |
G BackupRBAC           | rbac/backup | BackupRBAC | |
G RestoreRBAC          | rbac/restore | RestoreRBAC | |
G CreateResourceGroup  | resource_groups/create | CreateResourceGroup | |
G UpdateResourceGroups | resource_groups/alter | UpdateResourceGroups | |
G DropResourceGroup    | resource_groups/drop | DropResourceGroup | |
G TransferReplica      | resource_groups/transfer_replica | TransferReplica | |
G TransferNode         | resource_groups/transfer_node | TransferNode | |
C LoadBalance          | collections/load_balance | LoadBalance | | POST:/load-balance
G ListFileResources    | file_resources/list | ListFileResources | |
G DescribeResourceGroup | resource_groups/describe | DescribeResourceGroup | |
G ListResourceGroups   | resource_groups/list | ListResourceGroups | |
C CreateSnapshot       | snapshots/create | CreateSnapshot | |
C DropSnapshot         | snapshots/drop | DropSnapshot | |
C ListSnapshots        | snapshots/list | ListSnapshots | |
C DescribeSnapshot     | snapshots/describe | DescribeSnapshot | |
C RestoreSnapshot      | snapshots/restore jobs/snapshot/list | RestoreSnapshot ListRestoreSnapshotJobs | |
C Import               | jobs/import/create jobs/import/commit jobs/import/abort | Import | |
G ExportSnapshot       | jobs/snapshot/export | ExportSnapshot GetExportSnapshotState | |
G RestoreExternalSnapshot | jobs/snapshot/restore_external | RestoreExternalSnapshot | |
G AddFileResource      | file_resources/add | AddFileResource | |
G RemoveFileResource   | file_resources/remove | RemoveFileResource | |
G PinSnapshotData      | snapshots/pin | PinSnapshotData | |
G UnpinSnapshotData    | snapshots/unpin | UnpinSnapshotData | |
-                      | jobs/snapshot/describe | GetRestoreSnapshotState | |
-                      | jobs/import/describe jobs/import/get_progress jobs/import/list jobs/external_collection/list common/run_analyzer segments/describe segments/list collections/get_replicas quotacenter/describe | Connect GetVersion CheckHealth AllocTimestamp Dummy GetMetrics GetComponentStates GetReplicas GetPersistentSegmentInfo GetQuerySegmentInfo GetImportState ListImportTasks RunAnalyzer ListRefreshExternalCollectionJobs | | GET:/compaction/plans GET:/import/tasks GET:/persist/segment-info GET:/query-segment-info GET:/replicas GET:/metrics
`;

export interface Needed {
  readonly object: "Global" | "Collection" | "User";
  readonly name: string;
}

const OBJECTS = { G: "Global", C: "Collection", U: "User" } as const;

/** What is needed by call, of one column. `undefined`: nothing. */
function column(index: 1 | 2 | 3 | 4): ReadonlyMap<string, Needed | undefined> {
  const needed = new Map<string, Needed | undefined>();
  for (const line of TABLE.trim().split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const [letter = "", name = ""] = (cells[0] ?? "").split(" ");
    const what = letter === "-" ? undefined : { object: OBJECTS[letter as keyof typeof OBJECTS], name };
    for (const call of (cells[index] ?? "").split(" ").filter(Boolean)) needed.set(call, what);
  }
  return needed;
}

export const V2_NEEDS = column(1);
export const RPC_NEEDS = column(2);
export const V1_NEEDS = column(3);
export const LEGACY_NEEDS = column(4);
