import type {
  CollectionDescription,
  CreateCollectionRequest,
  FunctionDefinition,
} from "../engine/contract/collections.js";
import type {
  FieldDefinition,
  FieldDescription,
  StructDefinition,
  StructDescription,
} from "../engine/contract/fields.js";
import type { KeyValue } from "../engine/contract/request.js";

/** By their numbers in the wire protocol. */
const FUNCTION_TYPES: Readonly<Record<number, string>> = { 1: "BM25", 2: "TextEmbedding", 3: "Rerank", 4: "MinHash" };

/** The definition that makes a collection as it is described, without indexes. */
export function definitionOf(database: string, described: CollectionDescription): CreateCollectionRequest {
  const partitioned = described.fields.some((field) => field.partitionKey);
  return {
    dbName: database,
    collectionName: described.collectionName,
    description: described.description,
    schema: {
      enableDynamicField: described.enableDynamicField,
      fields: described.fields.map(fieldDefinition),
      ...(described.structFields !== undefined && { structFields: described.structFields.map(structDefinition) }),
      functions: described.functions.map(
        (f): FunctionDefinition => ({
          name: f.name,
          description: f.description,
          type: FUNCTION_TYPES[f.type] ?? String(f.type),
          inputFieldNames: f.inputFieldNames,
          outputFieldNames: f.outputFieldNames,
          params: recordOf(f.params),
        }),
      ),
    },
    params: {
      consistencyLevel: described.consistencyLevel,
      ...(described.shardsNum > 0 && { shardsNum: described.shardsNum }),
      ...(partitioned && { partitionsNum: described.partitionsNum }),
    },
    properties: recordOf(described.properties),
  };
}

function fieldDefinition(field: FieldDescription): FieldDefinition {
  const [defaultValue] = Object.values(field.defaultValue?.Data ?? {});
  return {
    fieldName: field.name,
    dataType: field.type,
    description: field.description,
    isPrimary: field.primaryKey,
    autoID: field.autoId,
    isPartitionKey: field.partitionKey,
    isClusteringKey: field.clusteringKey,
    nullable: field.nullable,
    elementTypeParams: recordOf(field.params ?? []),
    ...(field.elementType !== undefined && { elementDataType: field.elementType }),
    ...(defaultValue !== undefined && { defaultValue }),
  };
}

function structDefinition(struct: StructDescription): StructDefinition {
  return {
    fieldName: struct.name,
    description: struct.description,
    nullable: struct.nullable,
    typeParams: recordOf(struct.params ?? []),
    fields: struct.fields.map(fieldDefinition),
  };
}

export function recordOf(pairs: readonly KeyValue[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
