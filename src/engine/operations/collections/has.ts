import { checkCollectionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Whether a collection exists; an alias counts.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound
 */
export const hasCollection: Operation<"collections/has"> = {
  path: "collections/has",
  run(ctx, request) {
    const name = checkCollectionName(request.collectionName);
    const database = requireDatabase(ctx, request.dbName);
    return { data: { has: ctx.catalog.find(database.name, name) !== undefined } };
  },
};
