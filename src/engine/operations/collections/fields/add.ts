import { failure } from "../../../../errors.js";
import { isVectorType } from "../../../model/data-type.js";
import { MAX_VECTOR_FIELDS } from "../../../model/limits.js";
import { type CollectionSchema, DYNAMIC_FIELD, fieldByName } from "../../../model/schema.js";
import { checkFieldCount } from "../../../model/server-version.js";
import { vectorType } from "../../../model/types/table.js";
import { type NewField, readField, validateField } from "../../../model/validate-fields.js";
import { SYSTEM_FIELDS } from "../../../model/validate-names.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";

/**
 * Appends a nullable field, loaded or not. Rows that are there read its default value, or null; a vector field wants an index
 * before it is searched.
 *
 * @throws CollectionNotFound, InvalidParameter, and what a field of a new collection is refused for
 */
export const addField: Operation<"collections/fields/add"> = {
  path: "collections/fields/add",
  run(ctx, request) {
    const definition = request.schema;
    const collection = requireCollection(ctx, request);
    const name = (definition.fieldName ?? "").trim();
    refuseSystemField(name);
    const field = readField(definition, false, collection.properties["timezone"]);
    refuseRole(field);
    if (fieldByName(collection.schema, field.name) !== undefined) {
      throw failure("InvalidParameter", { text: `duplicated field name ${field.name}` });
    }
    checkFieldCount(collection.schema.fields.length + 1, ctx.serverVersion);
    if (isVectorType(field.type)) checkVectorField(collection.schema, field);
    validateField(collection.name, field, 100 + collection.schema.fields.length);
    ctx.transaction(() => {
      const added = ctx.catalog.addField(collection.id, field);
      const current = ctx.catalog.byId(collection.id);
      if (current !== undefined) ctx.entities.addField(current, added);
    });
    return { data: {} };
  },
};

function refuseSystemField(name: string): void {
  if (name === DYNAMIC_FIELD || SYSTEM_FIELDS.includes(name)) {
    throw failure("InvalidParameter", { text: `not support to add system field, field name = ${name}` });
  }
}

function checkVectorField({ fields }: CollectionSchema, field: NewField): void {
  if (fields.filter(({ type }) => isVectorType(type)).length >= MAX_VECTOR_FIELDS) {
    throw failure("VectorFieldLimit", { limit: MAX_VECTOR_FIELDS });
  }
  if (vectorType(field.type).family === "dense" && Object.keys(field.params).length === 0) {
    throw failure("InvalidParameter", {
      text: `vector field must have dimension specified, field name = ${field.name}`,
    });
  }
}

function refuseRole(field: NewField): void {
  const refuse = (text: string) => failure("InvalidParameter", { text });
  if (field.primaryKey) throw refuse(`not support to add pk field, field name = ${field.name}`);
  if (field.partitionKey) throw refuse(`not support to add partition key field, field name  = ${field.name}`);
  if (!field.nullable) {
    throw refuse(`added field must be nullable, please check it, field name = ${field.name}`);
  }
  if (field.autoId) {
    throw refuse(`only primary field can speficy AutoID with true, field name = ${field.name}`);
  }
}
