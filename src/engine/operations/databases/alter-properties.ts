import { parameterTexts } from "../../model/validate-fields.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Sets properties of a database.
 *
 * @throws DatabaseNotFound
 */
export const alterDatabaseProperties: Operation<"databases/alter_properties"> = {
  path: "databases/alter_properties",
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const changed = parameterTexts(request.properties);
    ctx.transaction(() => ctx.catalog.setDatabaseProperties(database.id, { ...database.properties, ...changed }));
    return { data: {} };
  },
};

/** The older name of `alter_properties`. */
export const alterDatabase: Operation<"databases/alter"> = {
  ...alterDatabaseProperties,
  path: "databases/alter",
};
