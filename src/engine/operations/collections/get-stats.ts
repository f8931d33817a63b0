import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Number of live entities of a collection, loaded or not; expired ones are not counted.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
 */
export const getCollectionStats: Operation<CollectionRequest, { readonly rowCount: number }> = {
  path: "collections/get_stats",
  requestType: "CollectionNameReq",
  writes: false,
  request: { dbName, collectionName },
  run(ctx, request) {
    return { data: { rowCount: ctx.entities.countRows(requireCollection(ctx, request)) } };
  },
};
