import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { collectionFacts } from "./describe.js";

/**
 * Names of the collections of a database in order of creation, without aliases.
 *
 * @throws DatabaseNotFound
 */
export const listCollections: Operation<"collections/list"> = {
  path: "collections/list",
  run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const collections = ctx.catalog.collections(database.name);
    return { data: collections.map((c) => c.name), facts: collections.map((c) => collectionFacts(ctx, c)) };
  },
};
