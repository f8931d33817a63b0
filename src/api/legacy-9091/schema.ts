import { typeName, typeNumber } from "../../engine/model/types/table.js";
import { type Fields, isObject, type Shape } from "../fields.js";
import type { DescribedCollection } from "../rest/v1/call.js";
import { idsOf, keyValuePairs, type LegacyEndpoint, UnreadableBody } from "./call.js";
import { CONSISTENCY_LEVELS } from "./wire-numbers.js";

const COLLECTION: Shape = { db_name: "string", collection_name: "string" };

/** `POST /api/v1/collection`: a schema in the words of the wire protocol. No index, not loaded. */
export const createCollection: LegacyEndpoint = {
  shape: {
    ...COLLECTION,
    schema: "object",
    shards_num: "int",
    consistency_level: "any",
    num_partitions: "int",
  },
  reply: "status",
  run: async ({ fields, collection, run }) => {
    const schema = (fields["schema"] ?? {}) as Record<string, unknown>;
    const fieldList = schema["fields"] ?? [];
    if (!Array.isArray(fieldList) || !fieldList.every(isObject)) {
      throw new UnreadableBody("field schema.fields: expected an array of objects");
    }
    const level = fields["consistency_level"];
    await run("collections/create", {
      ...collection,
      description: schema["description"],
      schema: {
        autoID: schema["autoID"] ?? schema["auto_id"] ?? false,
        enableDynamicField: schema["enable_dynamic_field"] ?? false,
        fields: fieldList.map(decodeField),
      },
      params: {
        ...(fields["shards_num"] !== undefined && { shardsNum: fields["shards_num"] }),
        ...(fields["num_partitions"] !== undefined && { partitionsNum: fields["num_partitions"] }),
        ...(level !== undefined && {
          consistencyLevel: typeof level === "number" ? (CONSISTENCY_LEVELS[level] ?? String(level)) : level,
        }),
      },
    });
    return undefined;
  },
};

function decodeField(field: Record<string, unknown>): Fields {
  const type = field["data_type"];
  const elementType = field["element_type"];
  return {
    fieldName: field["name"],
    description: field["description"],
    dataType: typeof type === "number" ? (typeName(type) ?? String(type)) : type,
    ...(elementType !== undefined && {
      elementDataType: typeof elementType === "number" ? (typeName(elementType) ?? String(elementType)) : elementType,
    }),
    isPrimary: field["is_primary_key"],
    autoID: field["autoID"] ?? field["auto_id"],
    isPartitionKey: field["is_partition_key"],
    isClusteringKey: field["is_clustering_key"],
    nullable: field["nullable"],
    defaultValue: field["default_value"],
    elementTypeParams: keyValuePairs(field["type_params"]),
  };
}

/** `GET /api/v1/collection` */
export const describeCollection: LegacyEndpoint = {
  shape: COLLECTION,
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
  shape: { db_name: "string" },
  reply: "data",
  run: async ({ fields, reply }) => {
    const { data, facts } = await reply("collections/list", { dbName: fields["db_name"] });
    return { collection_names: data, collection_ids: idsOf(facts) };
  },
};
