import { failure, invalidParameter } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { type Collection, hasPartitionKey } from "../../model/collection.js";
import { readBoolean } from "../../model/types/parameters.js";
import { parameterTexts } from "../../model/validate-fields.js";
import {
  COLLECTION_WARMUP_PROPERTIES,
  checkCollectionProperties,
  checkTtlField,
  DYNAMIC_FIELD_PROPERTY,
  LAZY_LOAD_PROPERTY,
  MMAP_PROPERTY,
  TTL_FIELD_PROPERTY,
  TTL_PROPERTY,
  withTtl,
} from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";

/**
 * Refuses to change how a collection keeps its data in memory while they are there.
 *
 * @param what is refused, in the server's words: `alter mmap properties`
 * @throws CollectionAlreadyLoaded
 */
export function refuseWhileLoaded(ctx: EngineContext, collection: Collection, what: string): void {
  if (!isInUse(ctx, collection)) return;
  throw failure("CollectionAlreadyLoaded", {
    context: `can not ${what} if collection loaded`,
    collection: collection.name,
  });
}

/**
 * Gives a collection a dynamic field: rows that it has have no keys in it.
 *
 * @throws InvalidParameter beside other properties, for a value that is no boolean, and to take the field away again
 */
function switchDynamicField(
  ctx: EngineContext,
  collection: Collection,
  properties: Readonly<Record<string, string>>,
): void {
  const value = properties[DYNAMIC_FIELD_PROPERTY] as string;
  const wanted = readBoolean(value);
  if (wanted === undefined) throw invalidParameter(`invalid dynamic schema property value: ${value}`);
  if (Object.keys(properties).length > 1) {
    throw invalidParameter("cannot alter dynamic schema with other properties at the same time");
  }
  if (wanted === collection.schema.dynamic) return;
  if (!wanted) throw invalidParameter("dynamic schema cannot supported to be disabled");
  ctx.transaction(() => {
    ctx.catalog.addDynamicField(collection.id);
    ctx.entities.addDynamicField(collection);
  });
}

/** @throws InvalidParameter for a second rule of expiry beside the one there is */
function checkExpiry({ properties, schema }: Collection, changed: Readonly<Record<string, string>>): void {
  const [byAge, byField] = [TTL_PROPERTY, TTL_FIELD_PROPERTY].map((key) => Object.hasOwn(changed, key));
  if (byAge && !byField && properties[TTL_FIELD_PROPERTY] !== undefined) {
    throw invalidParameter("ttl field is already exists, cannot be set collection TTL");
  }
  if (byField && !byAge && properties[TTL_PROPERTY] !== undefined) {
    throw invalidParameter("collection TTL is already set, cannot be set ttl field");
  }
  checkTtlField(schema.fields, changed);
}

/**
 * Sets properties of a collection. `dynamicfield.enabled` gives it a dynamic field. `collection.ttl.seconds`, `ttl_field` and `timezone` take effect, the others are only kept.
 *
 * @throws CollectionNotFound, InvalidParameter (bad value), CollectionAlreadyLoaded (`mmap.enabled`, `warmup.*`)
 */
export const alterCollectionProperties: Operation<"collections/alter_properties"> = {
  path: "collections/alter_properties",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const changed = withTtl(parameterTexts(request.properties));
    checkCollectionProperties(changed, hasPartitionKey(collection), ctx.server);
    if (Object.hasOwn(changed, DYNAMIC_FIELD_PROPERTY)) {
      switchDynamicField(ctx, collection, changed);
      return { data: {} };
    }
    checkExpiry(collection, changed);
    if ([MMAP_PROPERTY, LAZY_LOAD_PROPERTY].some((key) => Object.hasOwn(changed, key))) {
      refuseWhileLoaded(ctx, collection, "alter mmap properties");
    }
    if (COLLECTION_WARMUP_PROPERTIES.some((key) => Object.hasOwn(changed, key))) {
      refuseWhileLoaded(ctx, collection, "alter warmup properties");
    }
    ctx.transaction(() => ctx.catalog.setProperties(collection.id, { ...collection.properties, ...changed }));
    return { data: {} };
  },
};
