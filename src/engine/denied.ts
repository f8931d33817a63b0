import { failure } from "../errors.js";
import type { EngineContext } from "./context.js";
import type { DatabaseRequest } from "./contract/request.js";
import type { OperationPath } from "./contract/table.js";
import { DENY_READING_PROPERTY, DENY_WRITING_PROPERTY } from "./model/validate-properties.js";

/** What the owner of a database can forbid by its properties. */
const DENIED_BY: { readonly [Path in OperationPath]?: string } = {
  "entities/insert": DENY_WRITING_PROPERTY,
  "entities/upsert": DENY_WRITING_PROPERTY,
  "entities/delete": DENY_WRITING_PROPERTY,
  "entities/query": DENY_READING_PROPERTY,
  "entities/get": DENY_READING_PROPERTY,
  "entities/search": DENY_READING_PROPERTY,
  "entities/hybrid_search": DENY_READING_PROPERTY,
  "entities/advanced_search": DENY_READING_PROPERTY,
};

/** @throws QuotaExceeded where a property of the database forbids the operation */
export function requireNotDenied(ctx: EngineContext, path: OperationPath, request: object): void {
  const property = DENIED_BY[path];
  if (property === undefined) return;
  const { dbName = "" } = request as DatabaseRequest;
  if (ctx.catalog.database(dbName)?.properties[property] !== "true") return;
  throw failure("QuotaExceeded", { reason: "access has been disabled by the administrator" });
}
