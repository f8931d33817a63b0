/** What privileges are on. */
export const OBJECT_TYPES = ["Collection", "Global", "User"] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** How wide a privilege reaches. */
export type PrivilegeLevel = "Cluster" | "Database" | "Collection";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Stands for every name, database or privilege where it is the whole of one. */
export const ANY = "*";
/** The privilege that holds all others. */
export const ALL = "All";

const collectionReads = words(`Query Search IndexDetail GetFlushState GetLoadState GetLoadingProgress HasPartition
  ShowPartitions DescribeCollection DescribeAlias GetStatistics ListAliases GetImportProgress ListImport`);
const collectionWrites =
  words(`Load Release Insert Delete Upsert Import Flush Compaction LoadBalance CreateIndex DropIndex
  CreatePartition DropPartition AddCollectionField`);
const aliasWrites = words("CreateAlias DropAlias");
const databaseReads = words("ShowCollections DescribeDatabase");
const databaseWrites = words("AlterDatabase");
const databaseAdministration = words("CreateCollection DropCollection");
const clusterReads = words(`ListDatabases SelectOwnership SelectUser DescribeResourceGroup ListResourceGroups
  ListPrivilegeGroups GetReplicateConfiguration`);
const clusterWrites = words("FlushAll TransferNode TransferReplica UpdateResourceGroups");
const clusterAdministration = words(`BackupRBAC RestoreRBAC CreateDatabase DropDatabase CreateOwnership DropOwnership
  ManageOwnership CreateResourceGroup DropResourceGroup UpdateUser RenameCollection CreatePrivilegeGroup DropPrivilegeGroup
  OperatePrivilegeGroup UpdateReplicateConfiguration`);

interface BuiltInGroup {
  readonly level: PrivilegeLevel;
  readonly privileges: readonly string[];
}

/** A level has three groups, each holding the ones before it. */
function family(level: PrivilegeLevel, ...steps: readonly (readonly string[])[]): [string, BuiltInGroup][] {
  return ["ReadOnly", "ReadWrite", "Admin"].map((kind, i) => [
    `${level}${kind}`,
    { level, privileges: steps.slice(0, i + 1).flat() },
  ]);
}

/** The groups that are always there, in the order in which they are listed. */
export const BUILT_IN_GROUPS: ReadonlyMap<string, BuiltInGroup> = new Map([
  ...family("Collection", collectionReads, collectionWrites, aliasWrites),
  ...family("Database", databaseReads, databaseWrites, databaseAdministration),
  ...family("Cluster", clusterReads, clusterWrites, clusterAdministration),
]);

const without = (list: readonly string[], ...names: readonly string[]): readonly string[] =>
  list.filter((name) => !names.includes(name));

const oldReads = [
  ...without(collectionReads, "GetImportProgress", "ListImport"),
  ...words("ShowCollections ListDatabases DescribeDatabase"),
];
const oldWrites = [
  ...oldReads,
  ...without(collectionWrites, "AddCollectionField"),
  ...words("RenameCollection CreateAlias DropAlias"),
];
const oldAdministration = [
  ...oldWrites,
  ...words(`CreateCollection DropCollection AlterDatabase CreateDatabase DropDatabase CreateOwnership DropOwnership
    SelectOwnership ManageOwnership UpdateUser SelectUser BackupRBAC RestoreRBAC CreateResourceGroup UpdateResourceGroups
    DropResourceGroup DescribeResourceGroup ListResourceGroups TransferReplica TransferNode UpdateReplicateConfiguration`),
];

/** Groups of Milvus before 2.5, which are granted like a privilege. */
const OLD_GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["ReadOnly", oldReads],
  ["ReadWrite", oldWrites],
  ["Admin", oldAdministration],
]);

/** Of Milvus 3.0, in no group. */
const newOnCollections =
  words(`CreateSnapshot DropSnapshot DescribeSnapshot ListSnapshots RestoreSnapshot AlterCollectionSchema
  RefreshExternalCollection`);

const onCollections = new Set([
  ...without(collectionReads, "DescribeCollection", "DescribeAlias", "ListAliases"),
  ...collectionWrites,
  ...newOnCollections,
  ...words("ReadOnly ReadWrite"),
]);
const onUsers = new Set(words("UpdateUser SelectUser"));
const everywhere = words(`All Admin GetReplicateConfiguration AddFileResource RemoveFileResource ListFileResources
  PinSnapshotData UnpinSnapshotData ExportSnapshot RestoreExternalSnapshot`);

const onObjects: ReadonlyMap<string, ObjectType> = new Map(
  [
    ...[...BUILT_IN_GROUPS.values()].flatMap((group) => group.privileges),
    ...oldAdministration,
    ...onCollections,
    ...onUsers,
    ...everywhere,
  ].map((name) => [name, onCollections.has(name) ? "Collection" : onUsers.has(name) ? "User" : "Global"]),
);

/** The type of object that a privilege is on; undefined for what is no privilege. Groups that are always there are none. */
export function objectTypeOf(privilege: string): ObjectType | undefined {
  return onObjects.get(privilege);
}

/** The privileges that a name stands for, where it is that of a group that is always there. */
export function builtInMembers(name: string): readonly string[] | undefined {
  return BUILT_IN_GROUPS.get(name)?.privileges ?? OLD_GROUPS.get(name);
}

const levels: ReadonlyMap<string, PrivilegeLevel> = new Map(
  [...BUILT_IN_GROUPS.values()].flatMap(({ level, privileges }) => privileges.map((name) => [name, level] as const)),
);

/** The level of a privilege or of a group that is always there; undefined for another text. */
export function levelOf(name: string): PrivilegeLevel | undefined {
  const known = BUILT_IN_GROUPS.get(name)?.level ?? levels.get(name);
  if (known !== undefined) return known;
  const object = objectTypeOf(name);
  return object === undefined ? undefined : object === "Collection" ? "Collection" : "Cluster";
}

/** Granted and revoked together with a privilege. */
export const RELATED_PRIVILEGES: ReadonlyMap<string, readonly string[]> = new Map([
  ["Load", ["GetLoadState", "GetLoadingProgress"]],
  ["Flush", ["GetFlushState"]],
]);
