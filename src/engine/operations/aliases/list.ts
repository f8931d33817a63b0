import { sightOf } from "../../access/permission.js";
import type { Operation } from "../operation.js";
import { requireCollection, requireDatabase } from "../resolve.js";

/**
 * Aliases of a database or of one collection, in order of creation: those of collections that the caller sees.
 *
 * @throws DatabaseNotFound, CollectionMissing
 */
export const listAliases: Operation<"aliases/list"> = {
  path: "aliases/list",
  run(ctx, request, { caller }) {
    const { collectionName } = request;
    const sight = sightOf(ctx.access, caller);
    const sees = (database: string, collection: string) => sight?.collection(database, collection) ?? true;
    if (collectionName === undefined || collectionName === "") {
      const { name } = requireDatabase(ctx, request.dbName);
      const aliases = ctx.catalog.aliases(name).filter(({ collection }) => sees(name, collection));
      return { data: aliases.map(({ alias }) => alias) };
    }
    const { database, name, aliases } = requireCollection(ctx, { ...request, collectionName }, "missing");
    return { data: sees(database, name) ? aliases : [] };
  },
};
