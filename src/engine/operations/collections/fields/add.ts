import { failure, invalidParameter } from "../../../../errors.js";
import { withFileWords } from "../../../model/analyzer-files.js";
import { isVectorType } from "../../../model/data-type.js";
import { MAX_VECTOR_FIELDS } from "../../../model/limits.js";
import { type CollectionSchema, DYNAMIC_FIELD, fieldByName } from "../../../model/schema.js";
import type { ServerTraits } from "../../../model/server-version.js";
import { fieldCount, structByName } from "../../../model/structs.js";
import { vectorType } from "../../../model/types/table.js";
import { type FieldDefinition, type NewField, readField, validateField } from "../../../model/validate-fields.js";
import type { IndexDefinition } from "../../../model/validate-index.js";
import { NAMESPACE_FIELD, SYSTEM_FIELDS } from "../../../model/validate-names.js";
import { analyzerFiles } from "../../file-resources/files.js";
import { planIndexes, writeIndexes } from "../../indexes/plan.js";
import type { Operation } from "../../operation.js";
import { isInUse, requireCollection } from "../../resolve.js";

/**
 * Appends a nullable field, loaded or not. Rows that are there read its default value, or null; a vector field wants an index
 * before it is searched, which may come with it.
 *
 * @throws CollectionNotFound, InvalidParameter, and what a field of a new collection is refused for
 */
export const addField: Operation<"collections/fields/add"> = {
  path: "collections/fields/add",
  async run(ctx, request) {
    const { schema: definition, indexParams } = request;
    refuseStruct(definition);
    const collection = requireCollection(ctx, request);
    const name = (definition.fieldName ?? "").trim();
    refuseSystemField(name);
    if (definition.dataType === "Text" && (definition.defaultValue ?? undefined) !== undefined) {
      throw failure("InvalidParameter", {
        text: `default value is not supported when adding TEXT field, field name = ${name}`,
      });
    }
    const read = readField(definition, false, collection.properties["timezone"]);
    const field = withFileWords(read, analyzerFiles(ctx));
    refuseRole(field);
    refuseTakenName(collection.schema, field.name);
    refuseClustering(collection.schema, field);
    refuseTooMany(collection.schema, ctx.server);
    if (isVectorType(field.type)) checkVectorField(collection.schema, field);
    validateField(collection.name, field, 100 + collection.schema.fields.length);
    if (indexParams !== undefined) refuseOtherField(indexParams, "schema", field.name);
    const added = ctx.transaction(() => {
      const made = ctx.catalog.addField(collection.id, field);
      const current = requireCollection(ctx, request);
      ctx.entities.addField(current, made);
      if (indexParams !== undefined) {
        const indexes = [{ ...indexParams, fieldName: field.name }];
        writeIndexes(ctx, collection.id, planIndexes(current, indexes, "create index", ctx.server));
      }
      return made;
    });
    if (indexParams !== undefined && isVectorType(field.type) && isInUse(ctx, collection)) {
      await ctx.loader.vectorIndexCreated(collection.id, added.id);
    }
    return { data: {} };
  },
};

/**
 * @param beside the key that defines the field
 * @throws InvalidParameter for an index on another field than the one that it comes with
 */
export function refuseOtherField(index: IndexDefinition, beside: "schema" | "outputField", field: string): void {
  const { fieldName = "" } = index;
  if (fieldName === "" || fieldName === field) return;
  throw invalidParameter(`indexParams.fieldName "${fieldName}" must match ${beside}.fieldName "${field}"`);
}

/** @throws InvalidParameter */
export function refuseTakenName(schema: CollectionSchema, name: string): void {
  if (fieldByName(schema, name) === undefined && structByName(schema, name) === undefined) return;
  throw failure("InvalidParameter", { text: `duplicated field name ${name}` });
}

function refuseStruct({ dataType, elementDataType }: FieldDefinition): void {
  if (dataType !== "ArrayOfStruct" && elementDataType !== "Struct") return;
  throw failure("InvalidParameter", {
    text: "StructArray field must be added through /v2/vectordb/collections/struct_fields/add",
  });
}

/** @throws InvalidParameter */
export function refuseSystemField(name: string): void {
  if (name === DYNAMIC_FIELD || name === NAMESPACE_FIELD || SYSTEM_FIELDS.includes(name)) {
    throw failure("InvalidParameter", { text: `not support to add system field, field name = ${name}` });
  }
}

/** @throws VectorFieldLimit */
export function checkVectorCount({ fields }: CollectionSchema, added: number): void {
  if (fields.filter(({ type }) => isVectorType(type)).length + added > MAX_VECTOR_FIELDS) {
    throw failure("VectorFieldLimit", { limit: MAX_VECTOR_FIELDS });
  }
}

function checkVectorField(schema: CollectionSchema, field: NewField): void {
  checkVectorCount(schema, 1);
  if (vectorType(field.type).family === "dense" && Object.keys(field.params).length === 0) {
    throw failure("InvalidParameter", {
      text: `vector field must have dimension specified, field name = ${field.name}`,
    });
  }
}

/** A collection is ordered by one field at most. */
function refuseClustering({ fields }: CollectionSchema, { name, clusteringKey }: NewField): void {
  if (!clusteringKey || !fields.some((field) => field.clusteringKey)) return;
  throw invalidParameter(`already has another clustering key field, field name: ${name}`);
}

function refuseTooMany(schema: CollectionSchema, { maxFields }: ServerTraits): void {
  if (fieldCount(schema) < maxFields) return;
  throw invalidParameter(`The number of fields has reached the maximum value ${maxFields}`);
}

function refuseRole(field: NewField): void {
  if (field.primaryKey) throw invalidParameter(`not support to add pk field, field name = ${field.name}`);
  if (field.partitionKey) throw invalidParameter(`not support to add partition key field, field name  = ${field.name}`);
  if (!field.nullable) {
    throw invalidParameter(`added field must be nullable, please check it, field name = ${field.name}`);
  }
  if (field.autoId) {
    throw invalidParameter(`only primary field can speficy AutoID with true, field name = ${field.name}`);
  }
}
