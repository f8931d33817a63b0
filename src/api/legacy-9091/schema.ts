import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import type { Fields } from "../fields.js";
import type { DescribedCollection } from "../rest/v1/call.js";
import { idsOf, type LegacyEndpoint } from "./call.js";
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
        text: `collection name = ${String(collection.collectionName)}, schema.Name=${String(name)}`,
        expected: "collection name matches schema name",
        actual: "don't match",
      });
    }
    const level = fields["consistency_level"];
    await run("collections/create", {
      ...collection,
      description: schema["description"],
      schema: {
        autoID: schema["autoID"] ?? schema["auto_id"] ?? false,
        enableDynamicField: schema["enable_dynamic_field"] ?? false,
        fields: ((schema["fields"] ?? []) as readonly Fields[]).map(decodeField),
      },
      params: {
        ...(fields["shards_num"] !== undefined && { shardsNum: fields["shards_num"] }),
        ...(fields["num_partitions"] !== undefined && { partitionsNum: fields["num_partitions"] }),
        ...(level !== undefined && {
          consistencyLevel: typeof level === "number" ? (CONSISTENCY_LEVELS[level] ?? String(level)) : String(level),
        }),
      },
    });
    return undefined;
  },
};

function decodeField(field: Fields): Fields {
  const type = field["data_type"];
  const elementType = field["element_type"];
  return {
    fieldName: field["name"],
    description: field["description"],
    dataType: nameOf(type),
    ...(elementType !== undefined && {
      elementDataType: nameOf(elementType),
    }),
    isPrimary: field["is_primary_key"],
    autoID: field["autoID"] ?? field["auto_id"],
    isPartitionKey: field["is_partition_key"],
    isClusteringKey: field["is_clustering_key"],
    nullable: field["nullable"],
    defaultValue: field["default_value"],
    elementTypeParams: keyValues(field["type_params"]),
  };
}

/** Types are numbers; their names are tolerated. A number without a name is shown as it is when it is refused. */
function nameOf(type: unknown): string | undefined {
  return typeof type === "number" ? (typeName(type) ?? String(type)) : type === undefined ? undefined : String(type);
}

/** `GET /api/v1/collection` */
export const describeCollection: LegacyEndpoint = {
  message: COLLECTION,
  reply: "data",
  run: async ({ collection, run }) => {
    const described = (await run("collections/describe", collection)) as DescribedCollection;
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
      collection_name: described.collectionName,
      shards_num: described.shardsNum,
      aliases: described.aliases,
      consistency_level: level,
      properties: described.properties,
      num_partitions: described.partitionsNum,
    };
  },
};

function encodeField(field: DescribedCollection["fields"][number]): Fields {
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

/** `GET /api/v1/collections` */
export const listCollections: LegacyEndpoint = {
  message: { db_name: "string" },
  reply: "data",
  run: async ({ fields, reply }) => {
    const { data, facts } = await reply("collections/list", { dbName: fields["db_name"] });
    return { collection_names: data, collection_ids: idsOf(facts) };
  },
};
