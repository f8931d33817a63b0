import { withoutKeys } from "../collections/drop-properties.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Removes properties of a database; unknown keys are ignored.
 *
 * @throws DatabaseNotFound
 */
export const dropDatabaseProperties: Operation<"databases/drop_properties"> = {
  path: "databases/drop_properties",
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const left = withoutKeys(database.properties, request.propertyKeys);
    ctx.transaction(() => ctx.catalog.setDatabaseProperties(database.id, left));
    return { data: {} };
  },
};
