import { checkParameters, parameterTexts } from "../../model/parameter-texts.js";
import { checkDatabaseProperties } from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Sets properties of a database. `timezone` is that of the collections made from now on, `database.max.collections` and
 * `database.force.deny.*` hold at once, the others are only kept.
 *
 * @throws DatabaseNotFound, InvalidParameter (bad value)
 */
export const alterDatabaseProperties: Operation<"databases/alter_properties"> = {
  path: "databases/alter_properties",
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const changed = parameterTexts(request.properties);
    checkDatabaseProperties(changed);
    const properties = { ...database.properties, ...changed };
    checkParameters(properties);
    ctx.transaction(() => ctx.catalog.setDatabaseProperties(database.id, properties));
    return { data: {} };
  },
};

/** The older name of `alter_properties`. */
export const alterDatabase: Operation<"databases/alter"> = {
  ...alterDatabaseProperties,
  path: "databases/alter",
};
