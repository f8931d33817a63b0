import { invalidParameter } from "../../../../errors.js";
import type { EngineContext } from "../../../context.js";
import type { DropFieldRequest } from "../../../contract/fields.js";
import { leftoversOf } from "../../../entities/leftovers.js";
import type { Collection } from "../../../model/collection.js";
import { isVectorType } from "../../../model/data-type.js";
import { DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../../../model/schema.js";
import { fieldsOfStruct, type StructSchema, splitSubField, structOf } from "../../../model/structs.js";
import { SYSTEM_FIELDS } from "../../../model/validate-names.js";
import { TTL_FIELD_PROPERTY } from "../../../model/validate-properties.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";

/**
 * Drops a field with its indexes, loaded or not, at once: its values stay in the file, where nobody reads them, until a
 * compaction. Its id is never used again: a later field of the same
 * name is a new, empty one.
 *
 * @throws CollectionNotFound, InvalidParameter
 */
export const dropField: Operation<"collections/fields/drop"> = {
  path: "collections/fields/drop",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const struct = structNamed(collection, request);
    const fields =
      struct === undefined ? [fieldOf(collection, request)] : fieldsOfStruct(collection.schema, struct.name);
    if (struct !== undefined) refuseNeededStruct(collection, struct);
    else for (const field of fields) refuseNeeded(collection, field);
    ctx.removal(() => {
      for (const field of fields) dropWithIndexes(ctx, collection, field);
      if (struct !== undefined) ctx.catalog.dropStruct(collection.id, struct.id);
    });
    for (const field of fields) ctx.loader.fieldDropped(collection.id, field.id);
    return { data: {} };
  },
};

/** Call inside a transaction. */
export function dropWithIndexes(ctx: EngineContext, collection: Collection, field: FieldSchema): void {
  const indexes = collection.indexes.filter((index) => index.fieldId === field.id);
  for (const index of indexes) ctx.catalog.dropIndex(collection.id, index.id);
  ctx.catalog.dropField(collection.id, field.id, leftoversOf(collection, field, indexes));
}

/** The struct array field that is to be dropped as a whole. */
function structNamed({ schema }: Collection, { fieldName = "", fieldId }: DropFieldRequest): StructSchema | undefined {
  if (fieldName !== "" && fieldId !== undefined) return undefined;
  return schema.structs.find(({ id, name }) => (fieldId === undefined ? name === fieldName : id === fieldId));
}

function refuseNeededStruct({ schema }: Collection, { name }: StructSchema): void {
  const others = schema.fields.filter((field) => structOf(field) !== name);
  if (others.some(({ type }) => isVectorType(type))) return;
  throw invalidParameter(`cannot drop struct array field ${name}: it would leave no vector field in the collection`);
}

function fieldOf({ schema }: Collection, { fieldName = "", fieldId }: DropFieldRequest): FieldSchema {
  if ((fieldName === "") === (fieldId === undefined))
    throw invalidParameter("exactly one of fieldName or fieldId is required");
  if (fieldId !== undefined) {
    if (fieldId <= 0) throw invalidParameter("fieldId must be greater than 0");
    const field = schema.fields.find(({ id }) => id === fieldId);
    if (field === undefined) throw invalidParameter(`field not found with id: ${fieldId}`);
    return field;
  }
  if (fieldName === DYNAMIC_FIELD && schema.dynamic) {
    throw invalidParameter(
      `cannot drop dynamic field: ${fieldName}, use AlterCollection to disable dynamic schema instead`,
    );
  }
  if (SYSTEM_FIELDS.includes(fieldName)) throw invalidParameter(`cannot drop system field: ${fieldName}`);
  const field = fieldByName(schema, fieldName);
  if (field === undefined) throw invalidParameter(`field not found: ${fieldName}`);
  return field;
}

/** What a collection cannot be without, and what something else in it uses. */
function refuseNeeded({ schema, properties }: Collection, field: FieldSchema): void {
  const { name } = field;
  const part = splitSubField(name);
  if (part !== undefined)
    throw invalidParameter(`cannot drop sub-field of struct array field: ${part.struct}.${part.field}`);
  if (field.primaryKey) throw invalidParameter(`cannot drop primary key field: ${name}`);
  if (field.partitionKey) throw invalidParameter(`cannot drop partition key field: ${name}`);
  if (field.clusteringKey) throw invalidParameter(`cannot drop clustering key field: ${name}`);
  if (properties[TTL_FIELD_PROPERTY] === name) {
    throw invalidParameter(
      `cannot drop field ${name} because it is referenced by collection property ttl_field, drop the property first`,
    );
  }
  for (const { name: user, inputFieldNames, outputFieldNames } of schema.functions) {
    const role = inputFieldNames.includes(name) ? "input" : outputFieldNames.includes(name) ? "output" : undefined;
    if (role !== undefined) {
      throw invalidParameter(`field is referenced by function ${user} as ${role}, drop function first`);
    }
  }
  if (isVectorType(field.type) && schema.fields.filter(({ type }) => isVectorType(type)).length === 1) {
    throw invalidParameter(`cannot drop the last vector field: ${name}`);
  }
}
