import { withoutKeys } from "../collections/drop-properties.js";
import type { Operation } from "../operation.js";
import { requireAlterable } from "./alter-properties.js";

/** Removes storage properties of an index of a released collection. Errors: see `requireAlterable`. */
export const dropIndexProperties: Operation<"indexes/drop_properties"> = {
  path: "indexes/drop_properties",
  run(ctx, request) {
    const { collection, index } = requireAlterable(ctx, request, request.propertyKeys);
    const left = withoutKeys(index.params, request.propertyKeys);
    ctx.transaction(() => ctx.catalog.setIndexParams(collection.id, index.id, left));
    return { data: {} };
  },
};
