import { checkAlias } from "../../model/validate-names.js";
import { dbName, type Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import type { AliasRequest } from "./describe.js";

/**
 * Drops an alias. A missing one is dropped already.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound
 */
export const dropAlias: Operation<AliasRequest, object> = {
  path: "aliases/drop",
  requestType: "AliasReq",
  writes: true,
  request: { dbName, aliasName: { kind: "string", required: true } },
  run(ctx, request) {
    const alias = checkAlias(request.aliasName);
    const database = requireDatabase(ctx, request.dbName);
    ctx.transaction(() => ctx.catalog.dropAlias(database.id, alias));
    return { data: {} };
  },
};
