import { failure } from "../../../errors.js";
import { sightOf } from "../../access/permission.js";
import { checkAlias } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * The collection that an alias names, if the caller sees it.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, AliasNotFound
 */
export const describeAlias: Operation<"aliases/describe"> = {
  path: "aliases/describe",
  run(ctx, request, { caller }) {
    const aliasName = checkAlias(request.aliasName);
    const database = requireDatabase(ctx, request.dbName);
    const found = ctx.catalog.aliases(database.name).find((a) => a.alias === aliasName);
    const sight = sightOf(ctx.access, caller);
    if (found === undefined || !sight.collection(database.name, found.collection))
      throw failure("AliasNotFound", { database: database.name, alias: aliasName });
    return { data: { dbName: database.name, collectionName: found.collection, aliasName } };
  },
};
