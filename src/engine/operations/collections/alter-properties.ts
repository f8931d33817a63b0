import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { type Collection, hasPartitionKey } from "../../model/collection.js";
import { parameterTexts } from "../../model/validate-fields.js";
import { checkCollectionProperties, MMAP_PROPERTY } from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";

/**
 * Refuses to change how a loaded collection keeps its data in memory.
 *
 * @throws CollectionAlreadyLoaded
 */
export function refuseMmapWhileLoaded(ctx: EngineContext, collection: Collection, keys: readonly string[]): void {
  if (keys.includes(MMAP_PROPERTY) && isInUse(ctx, collection)) {
    throw failure("CollectionAlreadyLoaded", {
      context: "can not alter mmap properties if collection loaded",
      collection: collection.name,
    });
  }
}

/**
 * Sets properties of a collection. `collection.ttl.seconds` and `timezone` take effect, the others are only kept.
 *
 * @throws CollectionNotFound, InvalidParameter (bad value), CollectionAlreadyLoaded (`mmap.enabled`)
 */
export const alterCollectionProperties: Operation<"collections/alter_properties"> = {
  path: "collections/alter_properties",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const changed = parameterTexts(request.properties);
    checkCollectionProperties(changed, hasPartitionKey(collection));
    refuseMmapWhileLoaded(ctx, collection, Object.keys(changed));
    ctx.transaction(() => ctx.catalog.setProperties(collection.id, { ...collection.properties, ...changed }));
    return { data: {} };
  },
};
