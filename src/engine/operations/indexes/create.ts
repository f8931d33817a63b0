import type { IndexDefinition } from "../../model/validate-index.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { planIndexes, readIndexParams, writeIndexes } from "./plan.js";

export interface CreateIndexRequest extends CollectionRequest {
  readonly indexParams: readonly IndexDefinition[];
}

const REQUEST_TYPE = "IndexParamReq";

/**
 * Creates indexes, all or none; one that exists with the same parameters is left as it is. On a loaded collection a
 * vector field that had no index becomes searchable before the call returns.
 *
 * @throws CollectionNotFound, IndexDistinct, IndexFieldNotFound, AutoIndexParameters, ParameterMismatch, Unsupported
 */
export const createIndex: Operation<CreateIndexRequest, object> = {
  path: "indexes/create",
  requestType: REQUEST_TYPE,
  writes: true,
  request: { dbName, collectionName, indexParams: { kind: "array", required: true } },
  async run(ctx, request) {
    const definitions = readIndexParams(request.indexParams, REQUEST_TYPE);
    const collection = requireCollection(ctx, request);
    const plan = planIndexes(collection, definitions, "create index");
    ctx.transaction(() => writeIndexes(ctx, collection.id, plan));
    if (isLoaded(collection)) {
      for (const index of plan) {
        if (index.metricType !== "") await ctx.loader.vectorIndexCreated(collection.id, index.fieldId);
      }
    }
    return { data: {} };
  },
};
