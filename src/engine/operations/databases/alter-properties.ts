import { parameterTexts } from "../../model/validate-fields.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { databaseNameField, type NamedDatabaseRequest } from "./create.js";

export interface AlterDatabaseRequest extends NamedDatabaseRequest {
  /** Kept and shown as text, without effect. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Sets properties of a database.
 *
 * @throws DatabaseNotFound
 */
export const alterDatabaseProperties: Operation<AlterDatabaseRequest, object> = {
  path: "databases/alter_properties",
  requestType: "DatabaseReqWithProperties",
  writes: true,
  request: { dbName: databaseNameField, properties: { kind: "object", required: true } },
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const changed = parameterTexts(request.properties);
    ctx.transaction(() => ctx.catalog.setDatabaseProperties(database.id, { ...database.properties, ...changed }));
    return { data: {} };
  },
};

/** The older name of `alter_properties`. */
export const alterDatabase: Operation<AlterDatabaseRequest, object> = {
  ...alterDatabaseProperties,
  path: "databases/alter",
};
