import type { Collection, ConsistencyLevel } from "../../model/collection.js";
import { indexOfField } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { describeDefaultValue } from "../../model/default-value.js";
import { type FieldSchema, primaryField } from "../../model/schema.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { loadStateName, requireCollection } from "../resolve.js";

/** A parameter or property as replies show it; values are always strings. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface FieldDescription {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly params?: readonly KeyValue[];
  readonly elementType?: string;
  readonly defaultValue?: { readonly Data: Readonly<Record<string, boolean | number | bigint | string>> };
  readonly primaryKey: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly description: string;
}

export interface CollectionDescription {
  readonly collectionName: string;
  readonly collectionID: number;
  readonly description: string;
  readonly autoId: boolean;
  readonly enableDynamicField: boolean;
  readonly consistencyLevel: ConsistencyLevel;
  readonly shardsNum: number;
  readonly partitionsNum: number;
  /** `LoadStateNotLoad`, `LoadStateLoading` or `LoadStateLoaded`. */
  readonly load: string;
  readonly aliases: readonly string[];
  readonly properties: readonly KeyValue[];
  readonly functions: readonly never[];
  /** In schema order; the dynamic field is not listed. */
  readonly fields: readonly FieldDescription[];
  /** The index of the first vector field only, as on the server: the others are seen through `indexes/list`. */
  readonly indexes: readonly { readonly fieldName: string; readonly indexName: string; readonly metricType: string }[];
}

/**
 * Schema, properties and load state of a collection.
 *
 * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
 */
export const describeCollection: Operation<CollectionRequest, CollectionDescription> = {
  path: "collections/describe",
  requestType: "CollectionNameReq",
  writes: false,
  request: { dbName, collectionName },
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
        functions: [],
        fields: collection.schema.fields.map(describeField),
        indexes: firstVectorIndex(collection),
      },
      message: "",
    };
  },
};

/** Parameters or properties as a list. */
export function keyValues(record: Readonly<Record<string, string>>): readonly KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function describeField(field: FieldSchema): FieldDescription {
  const params = keyValues(field.params);
  const defaultValue = describeDefaultValue(field.type, field.defaultValue);
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
  };
}

function firstVectorIndex(collection: Collection): CollectionDescription["indexes"] {
  const field = collection.schema.fields.find((f) => isVectorType(f.type));
  const index = field === undefined ? undefined : indexOfField(collection, field.id);
  if (index === undefined) return [];
  return [{ fieldName: index.fieldName, indexName: index.name, metricType: index.metricType }];
}
