import { failure, invalidParameter } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { CONSISTENCY_LEVELS, type Collection, type ConsistencyLevel, hasPartitionKey } from "../../model/collection.js";
import { checkParameters, parameterTexts } from "../../model/parameter-texts.js";
import { primaryField } from "../../model/schema.js";
import { isOn, readBoolean } from "../../model/types/parameters.js";
import {
  ALLOW_INSERT_AUTO_ID_PROPERTY,
  COLLECTION_WARMUP_PROPERTIES,
  CONSISTENCY_PROPERTY,
  checkCollectionProperties,
  checkTtlField,
  DESCRIPTION_PROPERTY,
  DYNAMIC_FIELD_PROPERTY,
  isIsolated,
  LAZY_LOAD_PROPERTY,
  MMAP_PROPERTY,
  PARTITION_KEY_ISOLATION_PROPERTY,
  TTL_FIELD_PROPERTY,
  TTL_PROPERTY,
  withTtl,
} from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { noConsistencyLevel } from "./definition.js";

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

/** @throws InvalidParameter where keys are to be taken that are not drawn */
function checkGivenKeys({ schema }: Collection, changed: Readonly<Record<string, string>>): void {
  if (!isOn(changed[ALLOW_INSERT_AUTO_ID_PROPERTY]) || primaryField(schema).autoId) return;
  throw invalidParameter(`the value for ${ALLOW_INSERT_AUTO_ID_PROPERTY} must be false when autoID is false`);
}

/**
 * Refuses to change how rows of one partition key lie beside each other while a vector index depends on it.
 *
 * @throws IndexDuplicate
 */
export function refuseIsolationChange({ properties, indexes }: Collection, isolated: boolean): void {
  if (isolated === isIsolated(properties)) return;
  const index = indexes.find(({ metricType }) => metricType !== "");
  if (index === undefined) return;
  throw failure("IndexDuplicate", {
    field: index.fieldName,
    text: "can not alter partition key isolation mode if the collection already has a vector index. Please drop the index first",
  });
}

/** A level by its name or its number. @throws ParameterMismatch */
function readConsistencyLevel(text: string): ConsistencyLevel {
  const level = CONSISTENCY_LEVELS.find((name, number) => text === name || text === String(number));
  if (level === undefined) throw noConsistencyLevel(text);
  return level;
}

/**
 * Sets properties of a collection. `dynamicfield.enabled` gives it a dynamic field, `collection.description` and `consistency_level`
 * are its own; `collection.ttl.seconds`, `ttl_field` and `timezone` take effect, the others are only kept.
 *
 * @throws CollectionNotFound, InvalidParameter (bad value), CollectionAlreadyLoaded (`mmap.enabled`, `warmup.*`), IndexDuplicate
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
    checkGivenKeys(collection, changed);
    if ([MMAP_PROPERTY, LAZY_LOAD_PROPERTY].some((key) => Object.hasOwn(changed, key))) {
      refuseWhileLoaded(ctx, collection, "alter mmap properties");
    }
    if (COLLECTION_WARMUP_PROPERTIES.some((key) => Object.hasOwn(changed, key))) {
      refuseWhileLoaded(ctx, collection, "alter warmup properties");
    }
    if (Object.hasOwn(changed, PARTITION_KEY_ISOLATION_PROPERTY)) {
      refuseIsolationChange(collection, isIsolated(changed));
    }
    const {
      [DESCRIPTION_PROPERTY]: description = collection.description,
      [CONSISTENCY_PROPERTY]: level = collection.consistencyLevel,
      ...kept
    } = changed;
    const properties = { ...collection.properties, ...kept };
    checkParameters(properties);
    const consistencyLevel = readConsistencyLevel(level);
    ctx.transaction(() => ctx.catalog.changeCollection(collection.id, { description, consistencyLevel, properties }));
    return { data: {} };
  },
};
