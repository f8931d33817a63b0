import { keyValues } from "../collections/describe.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { indexState } from "./describe.js";

/**
 * Names of the indexes of a collection in order of creation.
 *
 * @throws CollectionNotFound
 */
export const listIndexes: Operation<"indexes/list"> = {
  path: "indexes/list",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    return {
      data: collection.indexes.map((i) => i.name),
      facts: collection.indexes.map((index) => ({
        id: index.id,
        params: keyValues(index.params),
        ...indexState(ctx, collection, index),
      })),
    };
  },
};
