import type { DataContext } from "../data-context.js";
import { getLoadState } from "./collections/get-load-state.js";
import { loadCollection, refreshLoad, releaseCollection } from "./collections/load.js";
import {
  compactCollection,
  flushCollection,
  getCompactionState,
  truncateCollection,
} from "./collections/maintenance.js";
import { ddlOperations } from "./ddl-table.js";
import { deleteEntities } from "./entities/delete.js";
import { getEntities } from "./entities/get.js";
import { insertEntities } from "./entities/insert.js";
import { queryEntities } from "./entities/query.js";
import { searchEntities } from "./entities/search.js";
import { upsertEntities } from "./entities/upsert.js";
import type { Operation } from "./operation.js";
import { loadPartitions, releasePartitions } from "./partitions/load.js";
import { unsupportedByFamily } from "./unsupported.js";

// biome-ignore lint/suspicious/noExplicitAny: the types differ per row and are lost in a map
export type AnyOperation = Operation<any, any, DataContext>;

/** THE table of operations, by path. All surfaces, the typed interface and the command line come from it. */
export const operations: ReadonlyMap<string, AnyOperation> = new Map(
  [
    ...ddlOperations,
    loadCollection,
    refreshLoad,
    releaseCollection,
    getLoadState,
    truncateCollection,
    flushCollection,
    compactCollection,
    getCompactionState,
    loadPartitions,
    releasePartitions,
    insertEntities,
    upsertEntities,
    deleteEntities,
    getEntities,
    queryEntities,
    searchEntities,
  ].map((operation): [string, AnyOperation] => [operation.path, operation as AnyOperation]),
);

/** The operation of a path; those of refused families (`jobs/snapshot/*`) are not listed one by one. */
export function findOperation(path: string): AnyOperation | undefined {
  return operations.get(path) ?? unsupportedByFamily(path);
}
