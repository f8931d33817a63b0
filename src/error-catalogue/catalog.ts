import { entry, invalid, plain } from "./entry.js";

/** Databases, collections, partitions and aliases: what there is, what is not, and what state it is in. */
export const catalogErrors = {
  /** There is no database of this name. */
  DatabaseNotFound: entry<{ database: string }>(800, (d) => `database not found[database=${d.database}]`),
  /** There is a database of this name already. */
  DatabaseExists: plain<{ database: string }>((d) => `database already exist: ${d.database}`),
  /** No more databases can be made. */
  DatabaseLimit: entry<{ limit: number }>(801, (d) => `exceeded the limit number of database[limit=${d.limit}]`),
  /** A name that no database can have; `rule` says why. */
  DatabaseNameInvalid: entry<{ rule: string; database: string }>(
    802,
    (d) => `${d.rule}: invalid database name[database=${d.database}]`,
  ),
  /** The database `default` stays. */
  DefaultDatabaseDrop: plain<void>(() => "can not drop default database"),
  /** Only a database without collections can be dropped. */
  DatabaseNotEmpty: plain<{ database: string }>(
    (d) => `database:${d.database} not empty, must drop all collections before drop database`,
  ),
  /** The usual form: `can't find collection[database=..][collection=..]`. */
  CollectionNotFound: entry<{ database: string; collection: string }>(
    100,
    (d) => `can't find collection[database=${d.database}][collection=${d.collection}]`,
    { legacy: 4 },
  ),
  /** The short form of some endpoints; `database` is printed when given. */
  CollectionMissing: entry<{ database?: string; collection: string }>(
    100,
    (d) =>
      `collection not found${d.database === undefined ? "" : `[database=${d.database}]`}[collection=${d.collection}]`,
    { legacy: 4 },
  ),
  /** REST v1 dropping what does not exist. */
  V1CollectionNotFound: entry<{ database: string; collection: string }>(
    100,
    (d) => `collection not found, database: ${d.database}, collection: ${d.collection}`,
    { legacy: 4 },
  ),
  /** A write that was made up for a schema which has changed since. */
  SchemaMismatch: entry<{ collection: string }>(109, (d) => `collection schema mismatch[collection=${d.collection}]`, {
    legacy: 62,
  }),
  /** What only a loaded collection answers was asked of a released one; load it first. */
  CollectionNotLoaded: entry<{ collection: number | string }>(
    101,
    (d) => `collection not loaded[collection=${d.collection}]`,
  ),
  /** A list of what is loaded is asked for by name (9091). */
  NamedCollectionNotLoaded: plain<{ collection: string }>((d) => `collection not loaded[collection=${d.collection}]`),
  /** An operation that needs a released collection met a loaded one. */
  CollectionAlreadyLoaded: entry<{ collection: string }>(
    104,
    (d) => `collection already loaded[collection=${d.collection}]`,
  ),
  /** There is a collection of this name with another definition. */
  CollectionExists: plain<{ collection: string }>(
    (d) => `create duplicate collection with different parameters, collection: ${d.collection}`,
  ),
  /** No more collections can be made in this database. */
  CollectionLimit: entry<{ database: string; limit: number }>(
    102,
    (d) => `exceeded the limit number of collections[dbName=${d.database}][limit=${d.limit}]`,
  ),

  /** A collection is dropped by its own name only. */
  CollectionDropByAlias: plain<{ alias: string }>((d) => `cannot drop the collection via alias = ${d.alias}`),
  /** A collection is dropped after its aliases. */
  CollectionHasAliases: plain<{ collection: string; aliases: readonly string[] }>(
    (d) =>
      `unable to drop the collection [${d.collection}] because it has associated aliases [${d.aliases.join(" ")}], please remove all aliases before dropping the collection`,
  ),
  /** A collection is renamed by its own name only. */
  CollectionRenameByAlias: plain<{ alias: string }>(
    (d) => `unsupported use an alias to rename collection, alias:${d.alias}`,
  ),
  /** The database that a collection is to move to does not exist. */
  RenameDatabaseNotFound: plain<{ database: string }>((d) => `target database:${d.database} not found`),
  /** The new name belongs to a collection already. */
  RenameNameTaken: plain<{ database: string; collection: string }>(
    (d) => `duplicated new collection name ${d.database}:${d.collection} with other collection name or alias`,
  ),
  /** The new name belongs to an alias already. */
  RenameNameIsAlias: {
    ...plain<{ database: string; alias: string }>(
      (d) => `duplicated new collection name ${d.database}:${d.alias} with other collection name or alias`,
      (d) => `alias and collection name conflict[database=${d.database}][alias=${d.alias}]`,
    ),
    head: 1601,
  },
  /** A collection with aliases cannot move to another database. */
  RenameWithAliases: plain<void>(
    () => "fail to rename db name, must drop all aliases of this collection before rename",
  ),
  /** More shards than a collection may have. */
  ShardLimit: plain<{ limit: number }>((d) => `maximum shards's number should be limited to ${d.limit}`),
  /** There is no partition of this name in the collection. */
  PartitionNotFound: entry<{ partition: string }>(200, (d) => `partition not found[partition=${d.partition}]`, {
    legacy: 15,
  }),
  /** Unknown `partitionNames` of search, query and get. */
  PartitionNameNotFound: entry<{ partition: string }>(65535, (d) => `partition name ${d.partition} not found`, {
    head: 200,
  }),
  /** A named partition is released; load it first. */
  PartitionNotLoaded: entry<{ partition: number | string }>(
    201,
    (d) => `partition not loaded[partition=${d.partition}]`,
  ),
  /** A loaded partition cannot be dropped; release it first. */
  PartitionLoaded: plain<void>(() => "partition cannot be dropped, partition is loaded, please release it first"),
  /** The partition `_default` stays. */
  DefaultPartitionDrop: plain<void>(() => "default partition cannot be deleted"),
  /** `action`: create partition, drop partition, load partitions, release partitions. */
  PartitionKeyMode: plain<{ action: string }>((d) => `disable ${d.action} if partition key mode is used`),
  /** A partition key chooses the partitions: they cannot be named. */
  PartitionKeyNames: plain<void>(
    () => "not support manually specifying the partition names if partition key mode is used",
  ),
  /** A query names partitions of a collection with a partition key; a search answers `PartitionKeyNames`. */
  PartitionKeyQueryNames: invalid<void>(
    () => "not support manually specifying the partition names if partition key mode is used",
  ),
  /** A name that no partition can have; `rule` says why. */
  PartitionNameInvalid: plain<{ rule: string; partition: string }>(
    (d) => `Invalid partition name: ${d.partition}. ${d.rule}`,
  ),
  /** No more partitions can be made in this collection. */
  PartitionLimit: plain<{ count: number; limit: number; collection: string }>(
    (d) => `partition number (${d.count}) exceeds max configuration (${d.limit}), collection: ${d.collection}`,
  ),
  /** A number of partitions is given, but no partition key. */
  PartitionCountWithoutKey: plain<void>(
    () => "num_partitions should only be specified with partition key field enabled",
  ),
  /** A partition key needs at least one partition. */
  PartitionCountTooSmall: plain<void>(
    () => "the specified partitions should be greater than 0 if partition key is used",
  ),
  /** A load of partitions names none. */
  LoadNoPartition: plain<void>(() => "failed to load partition, due to no partition specified"),
  /** A release of partitions names none. */
  ReleaseNoPartition: entry<void>(
    1100,
    () => "invalid parameter[expected=any partition][actual=empty partition list]",
    { legacy: 5 },
  ),
  /** The load constraints of Milvus 2.0-2.2 (`loadRules: "legacy"`). */
  LoadParameterMismatch: invalid<{ text: string }>((d) => d.text),
  /** There is no alias of this name. */
  AliasNotFound: entry<{ database: string; alias: string }>(
    1600,
    (d) => `alias not found[database=${d.database}][alias=${d.alias}]`,
  ),
  /** An alias cannot have the name of a collection. */
  AliasConflict: entry<{ database: string; alias: string }>(
    1601,
    (d) => `alias and collection name conflict[database=${d.database}][alias=${d.alias}]`,
  ),
  /** The alias belongs to another collection, which is named to who sees it. */
  AliasExists: entry<{ database: string; alias: string; collection?: string }>(
    1602,
    (d) =>
      `${d.alias} is alias to another collection${d.collection === undefined ? "" : `: ${d.collection}`}: alias already exist[database=${d.database}][alias=${d.alias}]`,
  ),

  /** A new collection takes the name of an alias. */
  CollectionNameIsAlias: entry<{ collection: string }>(
    1601,
    (d) => `collection name [${d.collection}] conflicts with an existing alias, please choose a unique name`,
  ),
  /** The collection has no snapshot of this name. */
  SnapshotNotFound: entry<{ collection: number; snapshot: string }>(
    2600,
    (d) => `collection ${d.collection}: snapshot not found[snapshot=${d.snapshot}]`,
  ),
  /** A snapshot that somebody holds on to is not dropped. */
  SnapshotPinned: entry<{ pins: number; snapshot: string }>(
    2601,
    (d) => `${d.pins} active pins, unpin before dropping: snapshot is pinned[snapshot=${d.snapshot}]`,
  ),
  /** A snapshot is exported to a folder that has one. */
  ExportExists: invalid<{ folder: string }>((d) => `there is an exported snapshot in ${d.folder} already`),
  /** The collection has a snapshot of this name already. */
  SnapshotExists: invalid<{ collection: number; snapshot: string }>(
    (d) => `snapshot name ${d.snapshot} already exists in collection ${d.collection}`,
  ),
  /** There is no resource group of this name. */
  ResourceGroupNotFound: entry<{ group: string }>(300, (d) => `resource group not found[rg=${d.group}]`),
  /** There is a resource group of this name with another configuration. */
  ResourceGroupExists: entry<{ group: string }>(
    301,
    (d) => `resource group already exist, but create with different config[rg=${d.group}]`,
  ),
  /** No more resource groups can be made. */
  ResourceGroupLimit: entry<{ group: string; limit: number }>(
    302,
    (d) => `resource group num reach limit[rg=${d.group}][limit=${d.limit}]`,
  ),
  /** A configuration that no resource group can have; `rule` says why. */
  ResourceGroupConfigIllegal: entry<{ group: string; rule: string }>(
    303,
    (d) => `${d.rule}: resource group illegal config[rg=${d.group}]`,
  ),
  /** What only a whole collection answers was asked of one that is not loaded yet. */
  CollectionNotFullyLoaded: entry<{ collection: number }>(
    103,
    (d) => `collection not fully loaded[collection=${d.collection}]`,
  ),
  /** More nodes are to leave a resource group than it has. */
  ResourceGroupNodeNotEnough: entry<{ group: string; nodes: number; wanted: number }>(
    304,
    (d) => `resource group node not enough[rg=${d.group}][currentNodeNum=${d.nodes}][expectedNodeNum=${d.wanted}]`,
  ),
  /** There is no node of this number: there is one, this process. `where` says what was looked through. */
  NodeNotFound: entry<{ node: number | string; where: string }>(
    901,
    (d) => `${d.where}: node not found[node=${d.node}]`,
  ),
  /** There is no segment of this number. */
  SegmentNotFound: entry<{ segment: number | string }>(600, (d) => `segment not found[segment=${d.segment}]`, {
    legacy: 47,
  }),
  /** There is no metric of this name. */
  MetricNotFound: entry<{ metric: string }>(1200, (d) => `metric not found[metric=${d.metric}]`),
} as const;
