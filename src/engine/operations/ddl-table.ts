import { createCollection } from "./collections/create.js";
import { describeCollection } from "./collections/describe.js";
import { dropCollection } from "./collections/drop.js";
import { getCollectionStats } from "./collections/get-stats.js";
import { hasCollection } from "./collections/has.js";
import { listCollections } from "./collections/list.js";
import type { Operation } from "./operation.js";
import { createPartition } from "./partitions/create.js";

/** Any operation: the table holds requests and results of many types. */
// biome-ignore lint/suspicious/noExplicitAny: the types differ per row and are lost in a list
export type AnyOperation = Operation<any, any>;

/** Operations that define data: databases, collections, partitions, indexes, aliases, and what is refused. */
export const ddlOperations: readonly AnyOperation[] = [
  listCollections,
  hasCollection,
  describeCollection,
  getCollectionStats,
  createCollection,
  dropCollection,
  createPartition,
];
