import { withoutKeys } from "../collections/drop-properties.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { databaseNameField, type NamedDatabaseRequest } from "./create.js";

export interface DropDatabasePropertiesRequest extends NamedDatabaseRequest {
  readonly propertyKeys: readonly string[];
}

/**
 * Removes properties of a database; unknown keys are ignored.
 *
 * @throws DatabaseNotFound
 */
export const dropDatabaseProperties: Operation<DropDatabasePropertiesRequest, object> = {
  path: "databases/drop_properties",
  requestType: "DropDatabasePropertiesReq",
  writes: true,
  request: { dbName: databaseNameField, propertyKeys: { kind: "strings", required: true } },
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const left = withoutKeys(database.properties, request.propertyKeys);
    ctx.transaction(() => ctx.catalog.setDatabaseProperties(database.id, left));
    return { data: {} };
  },
};
