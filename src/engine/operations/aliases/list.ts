import type { Operation } from "../operation.js";
import { requireCollection, requireDatabase } from "../resolve.js";

/**
 * Aliases of a database or of one collection, in order of creation.
 *
 * @throws DatabaseNotFound, CollectionMissing
 */
export const listAliases: Operation<"aliases/list"> = {
  path: "aliases/list",
  run(ctx, request) {
    const { collectionName } = request;
    if (collectionName === undefined || collectionName === "") {
      const database = requireDatabase(ctx, request.dbName);
      return { data: ctx.catalog.aliases(database.name).map((a) => a.alias) };
    }
    return { data: requireCollection(ctx, { ...request, collectionName }, "missing").aliases };
  },
};
