import type { CollectionDescription, FunctionDescription } from "../../../engine/contract/collections.js";
import type { FieldDescription, StructDescription } from "../../../engine/contract/fields.js";
import { typeNumber } from "../../../engine/model/types/table.js";
import type { Sent } from "../messages/table.js";

/** A schema as clients know it: the dynamic field is not among its fields. */
export function writeSchema(description: CollectionDescription, dbName: string): Sent<"CollectionSchema"> {
  return {
    name: description.collectionName,
    description: description.description,
    fields: description.fields.map(writeField),
    struct_array_fields: description.structFields?.map(writeStruct) ?? [],
    enable_dynamic_field: description.enableDynamicField,
    properties: description.properties,
    functions: description.functions.map((f) => writeFunction(description, f)),
    dbName,
  };
}

function writeStruct(struct: StructDescription): Sent<"StructArrayFieldSchema"> {
  return {
    fieldID: struct.id,
    name: struct.name,
    description: struct.description,
    fields: struct.fields.map(writeField),
    type_params: struct.params ?? [],
    nullable: struct.nullable,
  };
}

function writeField(field: FieldDescription): Sent<"FieldSchema"> {
  return {
    fieldID: field.id,
    name: field.name,
    is_primary_key: field.primaryKey,
    description: field.description,
    data_type: typeNumber(field.type) ?? 0,
    type_params: field.params ?? [],
    autoID: field.autoId,
    element_type: field.elementType === undefined ? 0 : (typeNumber(field.elementType) ?? 0),
    default_value: field.defaultValue && writeDefault(field.defaultValue.Data),
    is_partition_key: field.partitionKey,
    is_clustering_key: field.clusteringKey,
    nullable: field.nullable,
    is_function_output: field.isFunctionOutput === true,
  };
}

function writeFunction(description: CollectionDescription, f: FunctionDescription): Sent<"FunctionSchema"> {
  const idOf = (name: string): number => description.fields.find((field) => field.name === name)?.id ?? 0;
  return {
    name: f.name,
    id: f.id,
    description: f.description,
    type: f.type,
    input_field_names: f.inputFieldNames,
    input_field_ids: f.inputFieldNames.map(idOf),
    output_field_names: f.outputFieldNames,
    output_field_ids: f.outputFieldNames.map(idOf),
    params: f.params,
  };
}

/** `{ LongData: 5 }` as the member of that name. */
function writeDefault(data: Readonly<Record<string, boolean | number | bigint | string>>): Sent<"ValueField"> {
  return Object.fromEntries(
    Object.entries(data).map(([member, value]) => [member.replace("Data", "_data").toLowerCase(), value]),
  );
}
