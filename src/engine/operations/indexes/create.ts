import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { planIndexes, writeIndexes } from "./plan.js";

/**
 * Creates indexes, all or none; one that exists with the same parameters is left as it is. On a loaded collection a
 * vector field that had no index becomes searchable before the call returns.
 *
 * @throws CollectionNotFound, IndexDistinct, IndexFieldNotFound, AutoIndexParameters, ParameterMismatch, Unsupported
 */
export const createIndex: Operation<"indexes/create"> = {
  path: "indexes/create",
  async run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const plan = planIndexes(collection, request.indexParams, "create index", ctx.server);
    ctx.transaction(() => writeIndexes(ctx, collection.id, plan));
    if (isInUse(ctx, collection)) {
      for (const index of plan) {
        if (index.metricType !== "") await ctx.loader.vectorIndexCreated(collection.id, index.fieldId);
      }
    }
    return { data: {} };
  },
};
