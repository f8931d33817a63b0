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
import { getCollectionStats } from "./collections/get-stats.js";
import { hasCollection } from "./collections/has.js";
import { listCollections } from "./collections/list.js";
import { renameCollection } from "./collections/rename.js";
import { alterDatabase, alterDatabaseProperties } from "./databases/alter-properties.js";
import { createDatabase } from "./databases/create.js";
import { describeDatabase } from "./databases/describe.js";
import { dropDatabase } from "./databases/drop.js";
import { dropDatabaseProperties } from "./databases/drop-properties.js";
import { listDatabases } from "./databases/list.js";
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
import { describeResourceGroup } from "./resource-groups/describe.js";
import { listResourceGroups } from "./resource-groups/list.js";
import { unsupportedOperations } from "./unsupported.js";

/** Any operation: the table holds requests and results of many types. */
// biome-ignore lint/suspicious/noExplicitAny: the types differ per row and are lost in a list
export type AnyOperation = Operation<any, any>;

/** Operations that define data (databases, collections, partitions, indexes, aliases), and those that are refused. */
export const ddlOperations: readonly AnyOperation[] = [
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
  getCollectionStats,
  hasCollection,
  listCollections,
  renameCollection,
  alterDatabase,
  alterDatabaseProperties,
  createDatabase,
  describeDatabase,
  dropDatabaseProperties,
  dropDatabase,
  listDatabases,
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
  describeResourceGroup,
  listResourceGroups,
  ...unsupportedOperations,
];
