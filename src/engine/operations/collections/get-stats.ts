import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/**
 * Number of live entities of a collection, loaded or not; expired ones are not counted.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
 */
export const getCollectionStats: Operation<"collections/get_stats"> = {
  path: "collections/get_stats",
  run(ctx, request) {
    return { data: { rowCount: ctx.entities.countRows(requireCollection(ctx, request)) } };
  },
};
