import { sightOf } from "../../access/permission.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { collectionFacts } from "./describe.js";

/**
 * Names of the collections of a database in order of creation, without aliases: those that the caller sees.
 *
 * @throws DatabaseNotFound
 */
export const listCollections: Operation<"collections/list"> = {
  path: "collections/list",
  run(ctx, request, { caller }) {
    const database = requireDatabase(ctx, request.dbName);
    const sight = sightOf(ctx.access, caller);
    const collections = ctx.catalog.collections(database.name).filter((c) => sight.collection(database.name, c.name));
    return { data: collections.map((c) => c.name), facts: collections.map((c) => collectionFacts(ctx, c)) };
  },
};
