import { withoutKeys } from "../collections/drop-properties.js";
import type { Operation } from "../operation.js";
import { requireAlterable } from "./alter-properties.js";
import { type IndexRequest, indexRequest } from "./describe.js";

export interface DropIndexPropertiesRequest extends IndexRequest {
  readonly propertyKeys: readonly string[];
}

/** Removes storage properties of an index of a released collection. Errors: see `requireAlterable`. */
export const dropIndexProperties: Operation<DropIndexPropertiesRequest, object> = {
  path: "indexes/drop_properties",
  requestType: "DropIndexPropertiesReq",
  writes: true,
  request: { ...indexRequest, propertyKeys: { kind: "strings", required: true } },
  run(ctx, request) {
    const { collection, index } = requireAlterable(ctx, request, request.propertyKeys);
    const left = withoutKeys(index.params, request.propertyKeys);
    ctx.transaction(() => ctx.catalog.setIndexParams(collection.id, index.id, left));
    return { data: {} };
  },
};
