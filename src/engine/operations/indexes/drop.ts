import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { indexByName } from "./describe.js";

/**
 * Drops an index by its name, or those of a field: all of them or none. A missing one is dropped already; a vector index of a loaded
 * collection stays.
 *
 * @throws CollectionNotFound, IndexOnLoadedCollection
 */
export const dropIndex: Operation<"indexes/drop"> = {
  path: "indexes/drop",
  run(ctx, { indexName = "", fieldName = "", ...request }) {
    const collection = requireCollection(ctx, request);
    const indexes =
      indexName === ""
        ? collection.indexes.filter((index) => fieldName === "" || index.fieldName === fieldName)
        : [indexByName(collection, indexName) ?? []].flat();
    const isVectors = indexes.some(({ metricType }) => metricType !== "");
    if (isVectors && isInUse(ctx, collection)) throw failure("IndexOnLoadedCollection", { collection: collection.id });
    if (indexes.length === 0) return { data: {} };
    ctx.removal(() => {
      for (const index of indexes) {
        if (index.metricType === "") ctx.entities.dropScalarIndex(collection, index);
        ctx.catalog.dropIndex(collection.id, index.id);
      }
    });
    return { data: {} };
  },
};
