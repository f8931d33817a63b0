import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Names of the indexes of a collection in order of creation.
 *
 * @throws CollectionNotFound
 */
export const listIndexes: Operation<CollectionRequest, readonly string[]> = {
  path: "indexes/list",
  requestType: "CollectionNameReq",
  writes: false,
  request: { dbName, collectionName },
  run: (ctx, request) => ({ data: requireCollection(ctx, request).indexes.map((i) => i.name) }),
};
