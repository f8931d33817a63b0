import { failure } from "../errors.js";
import type { EngineContext } from "./context.js";
import type { DatabaseRequest } from "./contract/request.js";
import type { OperationPath } from "./contract/table.js";
import { isOn } from "./model/types/parameters.js";
import {
  DENY_COLLECTION_DDL_PROPERTY,
  DENY_COMPACTION_PROPERTY,
  DENY_DDL_PROPERTY,
  DENY_FLUSH_PROPERTY,
  DENY_INDEX_PROPERTY,
  DENY_PARTITION_DDL_PROPERTY,
  DENY_READING_PROPERTY,
  DENY_WRITING_PROPERTY,
} from "./model/validate-properties.js";

const WRITING = [DENY_WRITING_PROPERTY];
const READING = [DENY_READING_PROPERTY];
const COLLECTIONS = [DENY_DDL_PROPERTY, DENY_COLLECTION_DDL_PROPERTY];
const PARTITIONS = [DENY_DDL_PROPERTY, DENY_PARTITION_DDL_PROPERTY];
const INDEXES = [DENY_DDL_PROPERTY, DENY_INDEX_PROPERTY];

/** By which of its properties the owner of a database can forbid an operation: those that a server counts. */
const DENIED_BY: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/insert": WRITING,
  "entities/upsert": WRITING,
  "entities/delete": WRITING,
  "entities/query": READING,
  "entities/get": READING,
  "entities/search": READING,
  "entities/hybrid_search": READING,
  "entities/advanced_search": READING,
  "collections/create": COLLECTIONS,
  "collections/drop": COLLECTIONS,
  "collections/load": COLLECTIONS,
  "collections/refresh_load": COLLECTIONS,
  "collections/release": COLLECTIONS,
  "partitions/create": PARTITIONS,
  "partitions/drop": PARTITIONS,
  "partitions/load": PARTITIONS,
  "partitions/release": PARTITIONS,
  "indexes/create": INDEXES,
  "indexes/drop": INDEXES,
  "collections/flush": [DENY_DDL_PROPERTY, DENY_FLUSH_PROPERTY],
  "collections/compact": [DENY_DDL_PROPERTY, DENY_COMPACTION_PROPERTY],
};

/** @throws QuotaExceeded where a property of the database forbids the operation */
export function requireNotDenied(ctx: EngineContext, path: OperationPath, request: object): void {
  const denying = DENIED_BY[path];
  if (denying === undefined) return;
  const { dbName = "" } = request as DatabaseRequest;
  const properties = ctx.catalog.database(dbName)?.properties;
  if (properties === undefined || !denying.some((property) => isOn(properties[property]))) return;
  throw failure("QuotaExceeded", { reason: "access has been disabled by the administrator" });
}
