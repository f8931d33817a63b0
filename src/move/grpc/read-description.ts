import { subFieldName } from "../../api/grpc/columns/struct-names.js";
import { ConsistencyLevel } from "../../api/grpc/messages/enums.js";
import type { Received } from "../../api/grpc/messages/table.js";
import type { CollectionDescription, FunctionDescription } from "../../engine/contract/collections.js";
import type { FieldDescription, StructDescription } from "../../engine/contract/fields.js";
import { typeName } from "../../engine/model/types/table.js";

type Level = CollectionDescription["consistencyLevel"];
const LEVELS: ReadonlyMap<number, Level> = new Map(
  Object.entries(ConsistencyLevel).map(([name, number]) => [number, name as Level]),
);

/** What a server says of a collection, but for its indexes and its load state, which it tells elsewhere. */
export function readDescription(reply: Received<"DescribeCollectionResponse">): CollectionDescription {
  const { schema } = reply;
  const fields = (schema?.fields ?? []).filter((field) => !field.is_dynamic).map(readField);
  const structs = (schema?.struct_array_fields ?? []).map(readStruct);
  const properties = reply.properties.length > 0 ? reply.properties : (schema?.properties ?? []);
  return {
    collectionName: schema?.name ?? reply.collection_name,
    collectionID: Number(reply.collectionID),
    description: schema?.description ?? "",
    autoId: fields.some((field) => field.autoId),
    enableDynamicField: schema?.enable_dynamic_field ?? false,
    consistencyLevel: LEVELS.get(reply.consistency_level) ?? "Bounded",
    shardsNum: reply.shards_num,
    partitionsNum: Number(reply.num_partitions),
    load: "LoadStateNotLoad",
    aliases: reply.aliases,
    properties: properties.map(({ key, value }) => ({ key, value })),
    functions: (schema?.functions ?? []).map(readFunction),
    fields,
    ...(structs.length > 0 && { structFields: structs }),
    indexes: [],
  };
}

function readField(field: Received<"FieldSchema">): FieldDescription {
  const defaultValue = readDefault(field.default_value);
  return {
    id: Number(field.fieldID),
    name: field.name,
    type: nameOf(field.data_type),
    ...(field.type_params.length > 0 && { params: field.type_params.map(({ key, value }) => ({ key, value })) }),
    ...(field.element_type !== 0 && { elementType: nameOf(field.element_type) }),
    ...(defaultValue !== undefined && { defaultValue }),
    primaryKey: field.is_primary_key,
    partitionKey: field.is_partition_key,
    clusteringKey: field.is_clustering_key,
    autoId: field.autoID,
    nullable: field.nullable,
    description: field.description,
    ...(field.is_function_output && { isFunctionOutput: true }),
  };
}

function readStruct(struct: Received<"StructArrayFieldSchema">): StructDescription {
  return {
    id: Number(struct.fieldID),
    name: struct.name,
    type: "ArrayOfStruct",
    description: struct.description,
    nullable: struct.nullable,
    ...(struct.type_params.length > 0 && { params: struct.type_params.map(({ key, value }) => ({ key, value })) }),
    fields: struct.fields.map((field) => ({ ...readField(field), name: subFieldName(struct.name, field.name) })),
  };
}

/** The name of a type, or its number where we know none: the plan refuses it by that. */
function nameOf(number: number): string {
  return typeName(number) ?? `type ${number}`;
}

/** `long_data: 5` as `{ LongData: 5 }`. */
function readDefault(value: Received<"ValueField"> | undefined): FieldDescription["defaultValue"] | undefined {
  const member = Object.entries(value ?? {}).find(([, set]) => set !== undefined);
  if (member === undefined) return undefined;
  const name = member[0].replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { Data: { [name]: member[1] as number | string } };
}

function readFunction(f: Received<"FunctionSchema">): FunctionDescription {
  return {
    name: f.name,
    description: f.description,
    type: f.type,
    id: Number(f.id),
    inputFieldNames: f.input_field_names,
    outputFieldNames: f.output_field_names,
    params: f.params.map(({ key, value }) => ({ key, value })),
  };
}
