import { type DatabaseRequest, dbName, type Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Names of the collections of a database in order of creation, without aliases.
 *
 * @throws DatabaseNotFound
 */
export const listCollections: Operation<DatabaseRequest, readonly string[]> = {
  path: "collections/list",
  requestType: "DatabaseReq",
  writes: false,
  request: { dbName },
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const collections = ctx.catalog.collections(database.name);
    return { data: collections.map((c) => c.name), ids: collections.map((c) => c.id) };
  },
};
