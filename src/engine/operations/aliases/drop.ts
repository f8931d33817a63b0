import { checkAlias } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Drops an alias. A missing one is dropped already.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound
 */
export const dropAlias: Operation<"aliases/drop"> = {
  path: "aliases/drop",
  run(ctx, request) {
    const alias = checkAlias(request.aliasName);
    const database = requireDatabase(ctx, request.dbName);
    ctx.transaction(() => ctx.catalog.dropAlias(database.id, alias));
    return { data: {} };
  },
};
