import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { IndexRequest } from "../../contract/indexes.js";
import type { Collection, IndexDescription } from "../../model/collection.js";
import { parameterTexts } from "../../model/parameter-texts.js";
import { ALTERABLE_INDEX_PARAMS, checkIndexSettings } from "../../model/validate-index.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { indexByName } from "./describe.js";

/**
 * The index whose properties are to be changed.
 *
 * @param keys the properties
 * @throws CollectionNotFound, IndexNotFound, InvalidParameter (a key that cannot be changed), CollectionAlreadyLoaded
 */
export function requireAlterable(
  ctx: EngineContext,
  request: IndexRequest,
  keys: readonly string[],
): { readonly collection: Collection; readonly index: IndexDescription } {
  const collection = requireCollection(ctx, request);
  const wrong = keys.find((key) => !ALTERABLE_INDEX_PARAMS.includes(key));
  if (wrong !== undefined) throw failure("InvalidParameter", { text: `${wrong} is not configable index param` });
  const index = indexByName(collection, request.indexName);
  if (index === undefined) throw failure("IndexNotFound", { index: request.indexName });
  if (isInUse(ctx, collection)) {
    throw failure("CollectionAlreadyLoaded", {
      context: "can't alter index on loaded collection, please release the collection first",
      collection: collection.name,
    });
  }
  return { collection, index };
}

/**
 * Sets storage properties of an index of a released collection. Errors: see `requireAlterable` and `checkIndexSettings`.
 */
export const alterIndexProperties: Operation<"indexes/alter_properties"> = {
  path: "indexes/alter_properties",
  run(ctx, request) {
    const changed = parameterTexts(request.properties);
    const { collection, index } = requireAlterable(ctx, request, Object.keys(changed));
    checkIndexSettings(index.indexType, changed);
    ctx.transaction(() => ctx.catalog.setIndexParams(collection.id, index.id, { ...index.params, ...changed }));
    return { data: {} };
  },
};
