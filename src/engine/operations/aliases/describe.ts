import { failure } from "../../../errors.js";
import { checkAlias } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * The collection that an alias names.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, AliasNotFound
 */
export const describeAlias: Operation<"aliases/describe"> = {
  path: "aliases/describe",
  run(ctx, request) {
    const aliasName = checkAlias(request.aliasName);
    const database = requireDatabase(ctx, request.dbName);
    const found = ctx.catalog.aliases(database.name).find((a) => a.alias === aliasName);
    if (found === undefined) throw failure("AliasNotFound", { database: database.name, alias: aliasName });
    return { data: { dbName: database.name, collectionName: found.collection, aliasName } };
  },
};
