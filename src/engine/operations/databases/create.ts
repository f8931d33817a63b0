import { failure } from "../../../errors.js";
import { MAX_DATABASES } from "../../model/limits.js";
import { parameterTexts } from "../../model/validate-fields.js";
import { checkDatabaseName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";

export interface NamedDatabaseRequest {
  readonly dbName: string;
}

export interface CreateDatabaseRequest extends NamedDatabaseRequest {
  /** Kept and shown as text, without effect. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The name of a database where it must be given. */
export const databaseNameField = { kind: "string", required: true, label: "DbName" } as const;

/**
 * Creates a database.
 *
 * @throws DatabaseNameInvalid, DatabaseExists, DatabaseLimit
 */
export const createDatabase: Operation<CreateDatabaseRequest, object> = {
  path: "databases/create",
  requestType: "DatabaseReqWithProperties",
  writes: true,
  request: { dbName: databaseNameField, properties: { kind: "object" } },
  run(ctx, request) {
    const name = checkDatabaseName(request.dbName);
    if (ctx.catalog.database(name) !== undefined) throw failure("DatabaseExists", { database: name });
    if (ctx.catalog.databases().length >= MAX_DATABASES) throw failure("DatabaseLimit", { limit: MAX_DATABASES });
    const properties = parameterTexts(request.properties);
    ctx.transaction(() => ctx.catalog.createDatabase(name, properties));
    return { data: {} };
  },
};
