import { failure } from "../../../../errors.js";
import type { EngineContext } from "../../../context.js";
import type { Collection } from "../../../model/collection.js";
import { parameterTexts } from "../../../model/parameter-texts.js";
import { type FieldSchema, fieldByName } from "../../../model/schema.js";
import { fieldsOfStruct, type StructSchema, structByName, structOf } from "../../../model/structs.js";
import { checkMaxCapacity, checkMaxLength } from "../../../model/types/parameters.js";
import { checkWarmup, MMAP_PROPERTY, WARMUP_PROPERTY } from "../../../model/validate-properties.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { refuseWhileLoaded } from "../alter-properties.js";
import { withoutKeys } from "../drop-properties.js";

/**
 * Changes type parameters of a field or a struct, or its description (`field.description`). Rows that are there already are not checked against a smaller length.
 *
 * @throws CollectionNotFound, InvalidParameter (unknown field or parameter, value out of range), MaxCapacityOutOfRange,
 * CollectionAlreadyLoaded (`mmap.enabled`, `warmup`)
 */
export const alterFieldProperties: Operation<"collections/fields/alter_properties"> = {
  path: "collections/fields/alter_properties",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const { schema } = collection;
    const name = request.fieldName.trim();
    const struct = structByName(schema, name);
    const field = fieldByName(schema, name) ?? struct;
    if (field === undefined) {
      throw failure("InvalidParameter", { text: `field ${request.fieldName} does not exist in collection` });
    }
    const given = Object.entries(parameterTexts(request.fieldParams));
    const changed = Object.fromEntries(given.map(([key, value]) => [knownKey(key), value]));
    checkFieldParams(collection.name, { type: "ArrayOfStruct", ...field }, changed);
    const removed = (request.deleteKeys ?? []).map(knownKey);
    refuseRemoval(removed);
    if (Object.hasOwn(changed, MMAP_PROPERTY)) refuseWhileLoaded(ctx, collection, "alter collection field properties");
    if (Object.hasOwn(changed, WARMUP_PROPERTY)) refuseWhileLoaded(ctx, collection, "alter warmup properties");
    if (removed.length > 0) refuseWhileLoaded(ctx, collection, "drop collection field properties");
    const { [DESCRIPTION]: description = field.description, ...params } = { ...field.params, ...changed };
    const change = { description, params: withoutKeys(params, removed) };
    ctx.transaction(() => {
      if (struct === undefined) ctx.catalog.changeField(collection.id, field.id, change);
      else ctx.catalog.changeStruct(collection.id, field.id, change);
      if (changed["max_capacity"] !== undefined) changeBeside(ctx, collection, field, changed["max_capacity"]);
    });
    return { data: {} };
  },
};

const DESCRIPTION = "field.description";

const LISTS: readonly string[] = ["Array", "ArrayOfVector", "ArrayOfStruct"];

/** pymilvus writes `mmap_enabled`. */
function knownKey(key: string): string {
  return key === "mmap_enabled" ? MMAP_PROPERTY : key;
}

/** The lists in the fields of a struct have one length, so the capacity of one is that of all. */
function changeBeside(
  ctx: EngineContext,
  { id, schema }: Collection,
  changed: FieldSchema | StructSchema,
  max_capacity: string,
): void {
  const struct = schema.structs.find(({ name }) => name === changed.name || name === structOf(changed));
  if (struct === undefined) return;
  for (const field of fieldsOfStruct(schema, struct.name)) {
    const { description, params } = field;
    if (field !== changed) ctx.catalog.changeField(id, field.id, { description, params: { ...params, max_capacity } });
  }
  const { description, params } = struct;
  if (struct !== changed && Object.hasOwn(params, "max_capacity")) {
    ctx.catalog.changeStruct(id, struct.id, { description, params: { ...params, max_capacity } });
  }
}

/** A field cannot do without its length or capacity. */
function refuseRemoval(keys: readonly string[]): void {
  for (const key of keys) {
    if (key !== MMAP_PROPERTY && key !== WARMUP_PROPERTY) {
      throw failure("InvalidParameter", { text: `${key} is not allowed to drop in collection field param` });
    }
  }
}

/** @param field or a struct */
function checkFieldParams(
  collection: string,
  field: { readonly name: string; readonly type: string; readonly elementType?: string },
  params: Readonly<Record<string, string>>,
): void {
  for (const key of Object.keys(params)) {
    switch (key) {
      case "max_length":
        if (field.type !== "VarChar" && field.elementType !== "VarChar") throw notAlterable("maxlength", "string");
        checkMaxLength({ name: field.name, params }, collection);
        break;
      case "max_capacity":
        if (!LISTS.includes(field.type)) throw notAlterable("maxcapacity", "array");
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
