import { failure } from "../../../errors.js";
import { DEFAULT_DATABASE } from "../../contract/request.js";
import { checkDatabaseName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";

/**
 * Drops an empty database. A missing one is dropped already.
 *
 * @throws DatabaseNameInvalid, DefaultDatabaseDrop, DatabaseNotEmpty
 */
export const dropDatabase: Operation<"databases/drop"> = {
  path: "databases/drop",
  run(ctx, request) {
    const name = checkDatabaseName(request.dbName);
    if (name === DEFAULT_DATABASE) throw failure("DefaultDatabaseDrop");
    const database = ctx.catalog.database(name);
    if (database === undefined) return { data: {} };
    if (ctx.catalog.collections(name).length > 0) throw failure("DatabaseNotEmpty", { database: name });
    ctx.transaction(() => {
      ctx.catalog.dropDatabase(database.id);
      ctx.access.databaseDropped(name);
    });
    return { data: {} };
  },
};
