import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { indexByName } from "./describe.js";

/**
 * Drops an index. A missing one is dropped already; a vector index of a loaded collection stays.
 *
 * @throws CollectionNotFound, IndexOnLoadedCollection
 */
export const dropIndex: Operation<"indexes/drop"> = {
  path: "indexes/drop",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const index = indexByName(collection, request.indexName);
    if (index === undefined) return { data: {} };
    const scalar = index.metricType === "";
    if (!scalar && isInUse(ctx, collection)) throw failure("IndexOnLoadedCollection");
    ctx.removal(() => {
      if (scalar) ctx.entities.dropScalarIndex(collection, index);
      ctx.catalog.dropIndex(collection.id, index.id);
    });
    return { data: {} };
  },
};
