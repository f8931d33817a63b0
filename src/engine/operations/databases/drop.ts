import { failure } from "../../../errors.js";
import { DEFAULT_DATABASE, type Operation } from "../operation.js";
import { databaseNameField, type NamedDatabaseRequest } from "./create.js";

/**
 * Drops an empty database. A missing one is dropped already.
 *
 * @throws DefaultDatabaseDrop, DatabaseNotEmpty
 */
export const dropDatabase: Operation<NamedDatabaseRequest, object> = {
  path: "databases/drop",
  requestType: "DatabaseReqRequiredName",
  writes: true,
  request: { dbName: databaseNameField },
  run(ctx, request) {
    const { dbName: name } = request;
    if (name === DEFAULT_DATABASE) throw failure("DefaultDatabaseDrop");
    const database = ctx.catalog.database(name);
    if (database === undefined) return { data: {} };
    if (ctx.catalog.collections(name).length > 0) throw failure("DatabaseNotEmpty", { database: name });
    ctx.transaction(() => ctx.catalog.dropDatabase(database.id));
    return { data: {} };
  },
};
