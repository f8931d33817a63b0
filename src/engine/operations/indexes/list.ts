import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Names of the indexes of a collection in order of creation.
 *
 * @throws CollectionNotFound
 */
export const listIndexes: Operation<"indexes/list"> = {
  path: "indexes/list",
  run: (ctx, request) => ({ data: requireCollection(ctx, request).indexes.map((i) => i.name) }),
};
