import { failure } from "../../../../errors.js";
import { type FieldSchema, fieldByName } from "../../../model/schema.js";
import { checkMaxCapacity, checkMaxLength } from "../../../model/types/parameters.js";
import { parameterTexts } from "../../../model/validate-fields.js";
import { checkWarmup, MMAP_PROPERTY, WARMUP_PROPERTY } from "../../../model/validate-properties.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { refuseWhileLoaded } from "../alter-properties.js";
import { withoutKeys } from "../drop-properties.js";

/**
 * Changes type parameters of a field, or its description (`field.description`). Rows that are there already are not checked against a smaller length.
 *
 * @throws CollectionNotFound, InvalidParameter (unknown field or parameter, value out of range), MaxCapacityOutOfRange,
 * CollectionAlreadyLoaded (`mmap.enabled`, `warmup`)
 */
export const alterFieldProperties: Operation<"collections/fields/alter_properties"> = {
  path: "collections/fields/alter_properties",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const field = fieldByName(collection.schema, request.fieldName.trim());
    if (field === undefined) {
      throw failure("InvalidParameter", { text: `field ${request.fieldName} does not exist in collection` });
    }
    const changed = parameterTexts(request.fieldParams);
    checkFieldParams(collection.name, field, changed);
    const removed = request.deleteKeys ?? [];
    refuseRemoval(removed);
    if (Object.hasOwn(changed, MMAP_PROPERTY)) refuseWhileLoaded(ctx, collection, "alter collection field properties");
    if (Object.hasOwn(changed, WARMUP_PROPERTY)) refuseWhileLoaded(ctx, collection, "alter warmup properties");
    if (removed.length > 0) refuseWhileLoaded(ctx, collection, "drop collection field properties");
    const { [DESCRIPTION]: description = field.description, ...params } = { ...field.params, ...changed };
    ctx.transaction(() => {
      ctx.catalog.changeField(collection.id, field.id, { description, params: withoutKeys(params, removed) });
    });
    return { data: {} };
  },
};

const DESCRIPTION = "field.description";

/** A field cannot do without its length or capacity. */
function refuseRemoval(keys: readonly string[]): void {
  for (const key of keys) {
    if (key !== MMAP_PROPERTY && key !== WARMUP_PROPERTY) {
      throw failure("InvalidParameter", { text: `${key} is not allowed to drop in collection field param` });
    }
  }
}

function checkFieldParams(collection: string, field: FieldSchema, params: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(params)) {
    switch (key) {
      case "max_length":
        if (field.type !== "VarChar" && field.elementType !== "VarChar") throw notAlterable("maxlength", "string");
        checkMaxLength({ name: field.name, params }, collection);
        break;
      case "max_capacity":
        if (field.type !== "Array") throw notAlterable("maxcapacity", "array");
        checkMaxCapacity({ name: field.name, params }, collection);
        break;
      case WARMUP_PROPERTY:
        checkWarmup(params);
        break;
      case MMAP_PROPERTY:
      case DESCRIPTION:
        break;
      default:
        throw failure("InvalidParameter", { text: `${key} does not allow update in collection field param` });
    }
  }
}

function notAlterable(what: string, types: string): Error {
  return failure("InvalidParameter", { text: `can not modify the ${what} for non-${types} types` });
}
