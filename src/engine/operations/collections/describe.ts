import type { EngineContext } from "../../context.js";
import type { CollectionDescription, FunctionDescription } from "../../contract/collections.js";
import type { CollectionFacts } from "../../contract/facts.js";
import type { FieldDescription } from "../../contract/fields.js";
import type { KeyValue } from "../../contract/request.js";
import { givenParams } from "../../model/analyzer-files.js";
import { type Collection, schemaTimestamp } from "../../model/collection.js";
import { FUNCTION_TYPES, type FunctionSchema, functionOf } from "../../model/functions.js";
import { type FieldSchema, primaryField } from "../../model/schema.js";
import { fieldsOfStruct, plainFields, splitSubField } from "../../model/structs.js";
import { scalarType } from "../../model/types/table.js";
import type { Operation } from "../operation.js";
import { isLoaded, loadStateName, requireCollection } from "../resolve.js";

/**
 * Schema, properties and load state of a collection.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
 */
export const describeCollection: Operation<"collections/describe"> = {
  path: "collections/describe",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    return {
      data: {
        collectionName: collection.name,
        collectionID: collection.id,
        description: collection.description,
        autoId: primaryField(collection.schema).autoId,
        enableDynamicField: collection.schema.dynamic,
        consistencyLevel: collection.consistencyLevel,
        shardsNum: collection.shardsNum,
        partitionsNum: collection.partitions.length,
        load: loadStateName(ctx, collection),
        aliases: collection.aliases,
        properties: keyValues(collection.properties),
        functions: collection.schema.functions.map(describeFunction),
        fields: plainFields(collection.schema.fields).map((field) => describeField(collection, field)),
        ...describeStructs(collection),
        indexes: collection.indexes.map(({ fieldName, name, metricType }) => ({
          fieldName,
          indexName: name,
          metricType,
        })),
      },
      facts: [collectionFacts(ctx, collection)],
    };
  },
};

/** What older protocols show of a collection beside its description. */
export function collectionFacts(ctx: EngineContext, collection: Collection): CollectionFacts {
  const { id, createdAt, databaseId, shardsNum } = collection;
  return {
    id,
    createdAt,
    databaseId,
    shardsNum,
    schemaTimestamp: schemaTimestamp(collection),
    loadProgress: ctx.loader.loadProgress(id) ?? (isLoaded(collection) ? 100 : undefined),
  };
}

/** Parameters or properties as a list. */
export function keyValues(record: Readonly<Record<string, string>>): readonly KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function describeField(collection: Collection, field: FieldSchema): FieldDescription {
  const timeZone = collection.properties["timezone"];
  const params = keyValues(givenParams(field.params));
  const defaultValue =
    field.defaultValue === undefined ? undefined : scalarType(field.type).describeDefault(field.defaultValue, timeZone);
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    ...(params.length === 0 ? {} : { params }),
    ...(field.elementType === undefined ? {} : { elementType: field.elementType }),
    ...(defaultValue === undefined ? {} : { defaultValue: { Data: defaultValue } }),
    primaryKey: field.primaryKey,
    partitionKey: field.partitionKey,
    clusteringKey: field.clusteringKey,
    autoId: field.autoId,
    nullable: field.nullable,
    description: field.description,
    ...(functionOf(collection.schema.functions, field.name) === undefined ? {} : { isFunctionOutput: true }),
  };
}

function describeStructs(collection: Collection): Pick<CollectionDescription, "structFields"> {
  const { schema } = collection;
  if (schema.structs.length === 0) return {};
  return {
    structFields: schema.structs.map(({ id, name, description, nullable, params }) => ({
      id,
      name,
      type: "ArrayOfStruct",
      description,
      nullable,
      ...(Object.keys(params).length === 0 ? {} : { params: keyValues(params) }),
      fields: fieldsOfStruct(schema, name).map((field) => ({
        ...describeField(collection, field),
        name: splitSubField(field.name)?.field ?? field.name,
      })),
    })),
  };
}

function describeFunction(f: FunctionSchema): FunctionDescription {
  return {
    name: f.name,
    description: f.description,
    type: FUNCTION_TYPES[f.type] as number,
    id: f.id,
    inputFieldNames: f.inputFieldNames,
    outputFieldNames: f.outputFieldNames,
    params: keyValues(f.params),
  };
}
