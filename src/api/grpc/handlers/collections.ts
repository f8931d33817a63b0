import { failure, isElanusError } from "../../../errors.js";
import { hybridTime } from "../../../values/hybrid-time.js";
import { asElanusError } from "../../rest/envelope.js";
import { isSet } from "../clock.js";
import { ConsistencyLevel, ShowType } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { decodeSchema, readField, readSchema, readStruct } from "../schema/read-schema.js";
import { writeSchema } from "../schema/write-schema.js";
import { statusOf } from "../status.js";
import { LEVELS } from "./consistency.js";
import { collectionOf, oneOf, recordOf, rowCount } from "./parts.js";

/** Partitions of a collection with a partition key whose maker does not say how many. */
const PARTITIONS_WITH_KEY = 16;

/** Makes a collection, and no more: clients index and load it themselves. */
export async function createCollection(
  request: Received<"CreateCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const schema = decodeSchema("CollectionSchema", request.schema);
  if (schema.fields.length === 0) throw failure("PrimaryKeyMissing");
  const definition = readSchema(schema);
  const asked = Number(request.num_partitions);
  const hasKey = schema.fields.some((field) => field.is_partition_key);
  const partitionsNum = asked === 0 && hasKey ? PARTITIONS_WITH_KEY : asked;
  await call.execute("collections/create", {
    ...collectionOf(request),
    description: schema.description,
    schema: definition,
    properties: { ...recordOf(schema.properties), ...recordOf(request.properties) },
    params: {
      consistencyLevel: LEVELS[request.consistency_level] ?? String(request.consistency_level),
      ...(request.shards_num !== 0 && { shardsNum: request.shards_num }),
      ...(partitionsNum !== 0 && { partitionsNum }),
    },
  });
  return {};
}

export async function dropCollection(
  request: Received<"DropCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("collections/drop", collectionOf(request));
  return {};
}

export async function hasCollection(
  request: Received<"HasCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"BoolResponse">> {
  const { data } = await call.execute("collections/has", collectionOf(request));
  return { value: data.has };
}

export async function renameCollection(
  request: Received<"RenameCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("collections/rename", {
    dbName: request.db_name,
    collectionName: request.oldName,
    newCollectionName: request.newName,
    ...(request.newDBName !== "" && { newDbName: request.newDBName }),
  });
  return {};
}

/** A collection's name, when only its id is given. @throws CollectionMissing */
export async function nameOf(
  request: { readonly db_name: string; readonly collection_name: string; readonly collectionID: number | bigint },
  call: RpcCall,
): Promise<string> {
  if (request.collection_name !== "" || !isSet(request.collectionID)) return request.collection_name;
  const id = Number(request.collectionID);
  const { data, facts = [] } = await call.execute("collections/list", { dbName: request.db_name });
  const name = data[facts.findIndex((known) => known.id === id)];
  if (name === undefined) throw failure("CollectionMissing", { collection: String(id) });
  return name;
}

export async function describeCollection(
  request: Received<"DescribeCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeCollectionResponse">> {
  const database = request.db_name === "" ? call.defaultDatabase : request.db_name;
  const collectionName = await nameOf(request, call);
  const { data, facts } = await call.execute("collections/describe", { dbName: database, collectionName });
  const [known] = facts ?? [];
  if (known === undefined) throw failure("Internal", { reason: "a description without facts" });
  const channel = `elanus_${known.id}_0`;
  return {
    schema: writeSchema(data, database),
    collectionID: known.id,
    virtual_channel_names: [channel],
    physical_channel_names: [channel],
    created_timestamp: hybridTime(known.createdAt),
    created_utc_timestamp: known.createdAt,
    shards_num: data.shardsNum,
    aliases: data.aliases,
    consistency_level: ConsistencyLevel[data.consistencyLevel],
    collection_name: data.collectionName,
    properties: data.properties,
    db_name: database,
    num_partitions: data.partitionsNum,
    db_id: known.databaseId,
    request_time: call.clock.next(),
    update_timestamp: known.schemaTimestamp,
    update_timestamp_str: String(known.schemaTimestamp),
  };
}

/** Clients look into the schema whatever the status says. */
export function noSchema(): Sent<"DescribeCollectionResponse"> {
  return { schema: {} };
}

/** Each collection has a status of its own. */
export async function batchDescribeCollection(
  request: Received<"BatchDescribeCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"BatchDescribeCollectionResponse">> {
  const named = request.collection_name.map((collection_name) => ({ collection_name, collectionID: 0 }));
  const numbered = request.collectionID.map((collectionID) => ({ collection_name: "", collectionID }));
  if (named.length + numbered.length === 0) {
    throw failure("InvalidParameter", { text: "collection names cannot be empty" });
  }
  const responses: Sent<"DescribeCollectionResponse">[] = [];
  for (const asked of [...named, ...numbered]) {
    try {
      const described = await describeCollection({ db_name: request.db_name, ...asked }, call);
      responses.push({ status: {}, ...described });
    } catch (error) {
      // That is the answer to all of them.
      if (isElanusError(error, "PermissionDenied")) throw error;
      responses.push({ status: statusOf(asElanusError(error)), ...noSchema() });
    }
  }
  return { responses };
}

export async function showCollections(
  request: Received<"ShowCollectionsRequest">,
  call: RpcCall,
): Promise<Sent<"ShowCollectionsResponse">> {
  const dbName = request.db_name;
  const { data, facts = [] } = await call.execute("collections/list", { dbName });
  const all = data.map((name, i) => ({ name, facts: facts[i] as (typeof facts)[number] }));
  if (request.type !== ShowType.InMemory) return shown(all);
  const loaded = all.filter((item) => item.facts.loadProgress !== undefined);
  if (request.collection_names.length === 0) return inMemory(loaded);
  const asked = request.collection_names.map((name) => {
    const found = all.find((item) => item.name === name);
    if (found === undefined) {
      const database = dbName === "" ? call.defaultDatabase : dbName;
      throw failure("CollectionNotFound", { database, collection: name });
    }
    if (!loaded.includes(found)) throw failure("CollectionNotLoaded", { collection: found.facts.id });
    return found;
  });
  return inMemory(asked);
}

interface Listed {
  readonly name: string;
  readonly facts: {
    readonly id: number;
    readonly createdAt: number;
    readonly shardsNum: number;
    readonly loadProgress: number | undefined;
  };
}

function shown(items: readonly Listed[]): Sent<"ShowCollectionsResponse"> {
  return {
    collection_names: items.map((item) => item.name),
    collection_ids: items.map((item) => item.facts.id),
    created_timestamps: items.map((item) => hybridTime(item.facts.createdAt)),
    created_utc_timestamps: items.map((item) => item.facts.createdAt),
    shards_num: items.map((item) => item.facts.shardsNum),
  };
}

function inMemory(items: readonly Listed[]): Sent<"ShowCollectionsResponse"> {
  return {
    ...shown(items),
    inMemory_percentages: items.map((item) => item.facts.loadProgress ?? 0),
    query_service_available: items.map((item) => item.facts.loadProgress === 100),
  };
}

/** Sets properties, or removes some: one of the two. */
export async function alterCollection(
  request: Received<"AlterCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const collection = { dbName: request.db_name, collectionName: await nameOf(request, call) };
  const { properties, delete_keys: propertyKeys } = request;
  oneOf("collection", properties, propertyKeys);
  if (properties.length > 0) {
    await call.execute("collections/alter_properties", { ...collection, properties: recordOf(properties) });
  } else await call.execute("collections/drop_properties", { ...collection, propertyKeys });
  return {};
}

export async function alterCollectionField(
  request: Received<"AlterCollectionFieldRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const { properties, delete_keys: deleteKeys } = request;
  oneOf("field", properties, deleteKeys);
  await call.execute("collections/fields/alter_properties", {
    ...collectionOf(request),
    fieldName: request.field_name,
    fieldParams: recordOf(properties),
    deleteKeys,
  });
  return {};
}

export async function addCollectionField(
  request: Received<"AddCollectionFieldRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const schema = readField(decodeSchema("FieldSchema", request.schema));
  await call.execute("collections/fields/add", {
    dbName: request.db_name,
    collectionName: await nameOf(request, call),
    schema,
  });
  return {};
}

export async function addCollectionStructField(
  request: Received<"AddCollectionStructFieldRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const { struct_array_field_schema: struct } = request;
  if (struct === undefined) throw failure("InvalidParameter", { text: "there is no struct array field to be added" });
  await call.execute("collections/struct_fields/add", {
    dbName: request.db_name,
    collectionName: await nameOf(request, call),
    schema: readStruct(struct),
  });
  return {};
}

export async function getCollectionStatistics(
  request: Received<"GetCollectionStatisticsRequest">,
  call: RpcCall,
): Promise<Sent<"GetCollectionStatisticsResponse">> {
  const { data } = await call.execute("collections/get_stats", collectionOf(request));
  return { stats: rowCount(data.rowCount) };
}

export async function truncateCollection(
  request: Received<"TruncateCollectionRequest">,
  call: RpcCall,
): Promise<Sent<"TruncateCollectionResponse">> {
  await call.execute("collections/truncate", collectionOf(request));
  return {};
}
