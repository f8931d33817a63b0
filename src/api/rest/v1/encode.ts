import { type DescribedCollection, type DescribedField, typeParam } from "./call.js";

/** A described collection as v1 shows it: fewer keys than v2, and the size of a type in parentheses behind it. */
export function encodeCollection(collection: DescribedCollection): Record<string, unknown> {
  return {
    collectionName: collection.collectionName,
    description: collection.description,
    enableDynamicField: collection.enableDynamicField,
    load: collection.load,
    shardsNum: collection.shardsNum,
    fields: collection.fields.map(encodeField),
    indexes: collection.indexes,
  };
}

function encodeField(field: DescribedField): Record<string, unknown> {
  const { name, primaryKey, autoId, description, partitionKey, clusteringKey, nullable } = field;
  return { name, type: sizedType(field), primaryKey, autoId, description, partitionKey, clusteringKey, nullable };
}

/** `FloatVector(128)`, `VarChar(256)`, `Int64`. */
function sizedType(field: DescribedField): string {
  const size = field.type.endsWith("Vector")
    ? typeParam(field, "dim")
    : field.type === "VarChar"
      ? typeParam(field, "max_length")
      : undefined;
  return size === undefined ? field.type : `${field.type}(${size})`;
}
