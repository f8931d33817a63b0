import { alterAlias } from "./aliases/alter.js";
import { createAlias } from "./aliases/create.js";
import { describeAlias } from "./aliases/describe.js";
import { dropAlias } from "./aliases/drop.js";
import { listAliases } from "./aliases/list.js";
import { alterCollectionProperties } from "./collections/alter-properties.js";
import { createCollection } from "./collections/create.js";
import { describeCollection } from "./collections/describe.js";
import { dropCollection } from "./collections/drop.js";
import { dropCollectionProperties } from "./collections/drop-properties.js";
import { addField } from "./collections/fields/add.js";
import { alterFieldProperties } from "./collections/fields/alter-properties.js";
import { getLoadState } from "./collections/get-load-state.js";
import { getCollectionStats } from "./collections/get-stats.js";
import { hasCollection } from "./collections/has.js";
import { listCollections } from "./collections/list.js";
import { loadCollection, refreshLoad, releaseCollection } from "./collections/load.js";
import {
  compactCollection,
  flushCollection,
  getCompactionState,
  truncateCollection,
} from "./collections/maintenance.js";
import { renameCollection } from "./collections/rename.js";
import { alterDatabase, alterDatabaseProperties } from "./databases/alter-properties.js";
import { createDatabase } from "./databases/create.js";
import { describeDatabase } from "./databases/describe.js";
import { dropDatabase } from "./databases/drop.js";
import { dropDatabaseProperties } from "./databases/drop-properties.js";
import { listDatabases } from "./databases/list.js";
import { deleteEntities } from "./entities/delete.js";
import { getEntities } from "./entities/get.js";
import { insertEntities } from "./entities/insert.js";
import { queryEntities } from "./entities/query.js";
import { searchEntities } from "./entities/search.js";
import { upsertEntities } from "./entities/upsert.js";
import { alterIndexProperties } from "./indexes/alter-properties.js";
import { createIndex } from "./indexes/create.js";
import { describeIndex } from "./indexes/describe.js";
import { dropIndex } from "./indexes/drop.js";
import { dropIndexProperties } from "./indexes/drop-properties.js";
import { listIndexes } from "./indexes/list.js";
import { listImportJobs } from "./jobs/import-list.js";
import type { Operation } from "./operation.js";
import { createPartition } from "./partitions/create.js";
import { dropPartition } from "./partitions/drop.js";
import { getPartitionStats } from "./partitions/get-stats.js";
import { hasPartition } from "./partitions/has.js";
import { listPartitions } from "./partitions/list.js";
import { loadPartitions, releasePartitions } from "./partitions/load.js";
import { describeResourceGroup } from "./resource-groups/describe.js";
import { listResourceGroups } from "./resource-groups/list.js";
import { unsupportedByFamily, unsupportedOperations } from "./unsupported.js";

/** Any operation: the table holds requests and results of many types. */
// biome-ignore lint/suspicious/noExplicitAny: the types differ per row and are lost in a list
export type AnyOperation = Operation<any, any>;

/** THE table of operations, by path. All surfaces, the typed interface and the command line come from it. */
export const operations: ReadonlyMap<string, AnyOperation> = byPath([
  alterAlias,
  createAlias,
  describeAlias,
  dropAlias,
  listAliases,
  alterCollectionProperties,
  createCollection,
  describeCollection,
  dropCollectionProperties,
  dropCollection,
  addField,
  alterFieldProperties,
  getLoadState,
  getCollectionStats,
  hasCollection,
  listCollections,
  loadCollection,
  refreshLoad,
  releaseCollection,
  truncateCollection,
  flushCollection,
  compactCollection,
  getCompactionState,
  renameCollection,
  alterDatabase,
  alterDatabaseProperties,
  createDatabase,
  describeDatabase,
  dropDatabaseProperties,
  dropDatabase,
  listDatabases,
  deleteEntities,
  getEntities,
  insertEntities,
  queryEntities,
  searchEntities,
  upsertEntities,
  alterIndexProperties,
  createIndex,
  describeIndex,
  dropIndexProperties,
  dropIndex,
  listIndexes,
  listImportJobs,
  createPartition,
  dropPartition,
  getPartitionStats,
  hasPartition,
  listPartitions,
  loadPartitions,
  releasePartitions,
  describeResourceGroup,
  listResourceGroups,
  ...unsupportedOperations,
]);

/** The operation of a path; those of refused families (`jobs/snapshot/*`) are not listed one by one. */
export function findOperation(path: string): AnyOperation | undefined {
  return operations.get(path) ?? unsupportedByFamily(path);
}

/** @throws Error when two operations have one path */
function byPath(list: readonly AnyOperation[]): ReadonlyMap<string, AnyOperation> {
  const table = new Map(list.map((operation) => [operation.path, operation]));
  if (table.size !== list.length) throw new Error("two operations have one path");
  return table;
}
