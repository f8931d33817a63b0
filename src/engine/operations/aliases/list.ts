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
    if (collectionName !== undefined && collectionName !== "") {
      return { data: requireCollection(ctx, { ...request, collectionName }, "missing").aliases };
    }
    const { name } = requireDatabase(ctx, request.dbName);
    const sight = sightOf(ctx.access, caller);
    const aliases = ctx.catalog.aliases(name).filter(({ collection }) => sight.collection(name, collection));
    return { data: aliases.map(({ alias }) => alias) };
  },
};
