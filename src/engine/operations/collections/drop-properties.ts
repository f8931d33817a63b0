import { failure } from "../../../errors.js";
import {
  DYNAMIC_FIELD_PROPERTY,
  LAZY_LOAD_PROPERTY,
  MMAP_PROPERTY,
  PARTITION_KEY_ISOLATION_PROPERTY,
} from "../../model/validate-properties.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { refuseIsolationChange, refuseWhileLoaded } from "./alter-properties.js";

/** A record without some of its keys. */
export function withoutKeys(
  record: Readonly<Record<string, string>>,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  const gone = new Set(keys);
  return Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)));
}

/**
 * Removes properties of a collection; unknown keys are ignored.
 *
 * @throws CollectionNotFound, CollectionAlreadyLoaded (`mmap.enabled`)
 */
export const dropCollectionProperties: Operation<"collections/drop_properties"> = {
  path: "collections/drop_properties",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (request.propertyKeys.includes(DYNAMIC_FIELD_PROPERTY)) {
      throw failure("InvalidParameter", {
        text: `cannot delete key ${DYNAMIC_FIELD_PROPERTY}, dynamic field schema could support set to true/false`,
      });
    }
    const inMemory = request.propertyKeys.find((key) => key === MMAP_PROPERTY || key === LAZY_LOAD_PROPERTY);
    if (inMemory !== undefined) {
      refuseWhileLoaded(ctx, collection, `delete ${inMemory === MMAP_PROPERTY ? "mmap" : inMemory} properties`);
    }
    if (request.propertyKeys.includes(PARTITION_KEY_ISOLATION_PROPERTY)) refuseIsolationChange(collection, false);
    const left = withoutKeys(collection.properties, request.propertyKeys);
    ctx.transaction(() => ctx.catalog.changeCollection(collection.id, { properties: left }));
    return { data: {} };
  },
};
