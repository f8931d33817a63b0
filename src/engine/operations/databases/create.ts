import { failure } from "../../../errors.js";
import { MAX_DATABASES } from "../../model/limits.js";
import { parameterTexts } from "../../model/parameter-texts.js";
import { checkDatabaseName } from "../../model/validate-names.js";
import { checkDatabaseProperties } from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";

/**
 * Creates a database.
 *
 * @throws DatabaseNameInvalid, DatabaseExists, DatabaseLimit, InvalidParameter (bad value)
 */
export const createDatabase: Operation<"databases/create"> = {
  path: "databases/create",
  run(ctx, request) {
    const name = checkDatabaseName(request.dbName);
    if (ctx.catalog.database(name) !== undefined) throw failure("DatabaseExists", { database: name });
    if (ctx.catalog.databases().length >= MAX_DATABASES) throw failure("DatabaseLimit", { limit: MAX_DATABASES });
    const properties = parameterTexts(request.properties);
    checkDatabaseProperties(properties);
    ctx.transaction(() => ctx.catalog.createDatabase(name, properties));
    return { data: {} };
  },
};
