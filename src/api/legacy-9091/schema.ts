import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { FieldDefinition } from "../../engine/contract/fields.js";
import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import { hybridTime } from "../../values/hybrid-time.js";
import type { Fields } from "../fields.js";
import { type LegacyEndpoint, numberField, textField, textOf } from "./call.js";
import { KEY_VALUES, keyValues, type Message } from "./decode.js";
import { CONSISTENCY_LEVELS } from "./wire-numbers.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };

const FIELD: Message = {
  name: "string",
  description: "string",
  is_primary_key: "bool",
  autoID: "bool",
  auto_id: "bool",
  data_type: "any",
  element_type: "any",
  type_params: KEY_VALUES,
  is_partition_key: "bool",
  is_clustering_key: "bool",
  nullable: "bool",
  default_value: "any",
};
const SCHEMA: Message = {
  name: "string",
  description: "string",
  autoID: "bool",
  auto_id: "bool",
  enable_dynamic_field: "bool",
  fields: { list: FIELD },
};

/** `POST /api/v1/collection`: a schema in the words of the wire protocol. No index, not loaded. */
export const createCollection: LegacyEndpoint = {
  operation: "collections/create",
  message: {
    ...COLLECTION,
    schema: { message: SCHEMA },
    shards_num: "int",
    consistency_level: "any",
    num_partitions: "int",
  },
  reply: "status",
  run: async ({ fields, collection, run }) => {
    const schema = fields["schema"] as Fields;
    const name = schema["name"] ?? collection.collectionName;
    if (name !== collection.collectionName) {
      throw failure("ParameterMismatch", {
        text: `collection name = ${collection.collectionName}, schema.Name=${String(name)}`,
        expected: "collection name matches schema name",
        actual: "don't match",
      });
    }
    const level = fields["consistency_level"];
    await run("collections/create", {
      ...collection,
      description: textField(schema, "description"),
      schema: {
        autoID: schema["autoID"] === true || schema["auto_id"] === true,
        enableDynamicField: schema["enable_dynamic_field"] === true,
        fields: ((schema["fields"] ?? []) as readonly Fields[]).map(decodeField),
      },
      params: {
        ...present("shardsNum", numberField(fields, "shards_num")),
        ...present("partitionsNum", numberField(fields, "num_partitions")),
        ...(level !== undefined && {
          consistencyLevel: typeof level === "number" ? (CONSISTENCY_LEVELS[level] ?? String(level)) : textOf(level),
        }),
      },
    });
    return undefined;
  },
};

/** Zero is absent in this protocol. */
function present<Key extends string>(key: Key, value: number | undefined): Partial<Record<Key, number>> {
  return value === undefined || value === 0 ? {} : ({ [key]: value } as Record<Key, number>);
}

function decodeField(field: Fields): FieldDefinition {
  const { data_type, element_type, default_value } = field;
  return {
    fieldName: textField(field, "name"),
    description: textField(field, "description"),
    dataType: nameOf(data_type),
    ...(element_type !== undefined && { elementDataType: nameOf(element_type) }),
    isPrimary: field["is_primary_key"] === true,
    autoID: field["autoID"] === true || field["auto_id"] === true,
    isPartitionKey: field["is_partition_key"] === true,
    isClusteringKey: field["is_clustering_key"] === true,
    nullable: field["nullable"] === true,
    ...(default_value !== undefined && { defaultValue: default_value }),
    elementTypeParams: keyValues(field["type_params"]),
  };
}

/** Types are numbers; their names are tolerated. A number without a name is shown as it is when it is refused. */
function nameOf(type: unknown): string {
  return typeof type === "number" ? (typeName(type) ?? String(type)) : textOf(type);
}

/** `GET /api/v1/collection` */
export const describeCollection: LegacyEndpoint = {
  message: COLLECTION,
  reply: "data",
  run: async ({ collection, reply }) => {
    const { data: described, facts } = await reply("collections/describe", collection);
    const createdAt = facts?.[0]?.createdAt ?? 0;
    const channel = `elanus_${described.collectionID}_0`;
    const level = CONSISTENCY_LEVELS.indexOf(described.consistencyLevel);
    return {
      schema: {
        name: described.collectionName,
        description: described.description,
        autoID: described.autoId,
        enable_dynamic_field: described.enableDynamicField,
        fields: described.fields.map(encodeField),
      },
      collectionID: described.collectionID,
      virtual_channel_names: [channel],
      physical_channel_names: [channel],
      created_timestamp: hybridTime(createdAt),
      created_utc_timestamp: createdAt,
      collection_name: described.collectionName,
      shards_num: described.shardsNum,
      aliases: described.aliases,
      consistency_level: level,
      properties: described.properties,
      num_partitions: described.partitionsNum,
    };
  },
};

function encodeField(field: CollectionDescription["fields"][number]): Fields {
  return {
    fieldID: field.id,
    name: field.name,
    is_primary_key: field.primaryKey,
    description: field.description,
    data_type: typeNumber(field.type),
    ...(field.elementType !== undefined && { element_type: typeNumber(field.elementType) }),
    type_params: field.params ?? [],
    autoID: field.autoId,
    ...(field.partitionKey && { is_partition_key: true }),
    ...(field.clusteringKey && { is_clustering_key: true }),
    ...(field.nullable && { nullable: true }),
  };
}
