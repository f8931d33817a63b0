import { readIds } from "../../api/grpc/columns/ids.js";
import { ConsistencyLevel, DslType, LoadState, PlaceholderType } from "../../api/grpc/messages/enums.js";
import type { Received } from "../../api/grpc/messages/table.js";
import { encode, type Sent } from "../../api/grpc/messages/table.js";
import { writeSchema } from "../../api/grpc/schema/write-schema.js";
import { parametersPair } from "../../api/index-parameters.js";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { RecordBatch } from "../../engine/contract/column.js";
import type { DenseVectorType } from "../../engine/model/data-type.js";
import { isElanusError } from "../../errors.js";
import { GREETING_MS, repeat, sleep } from "../repeat.js";
import { hitsByQuery } from "../rows.js";
import type { ServerAddress } from "../server-address.js";
import { isSince, readServerVersion, type ServerVersion } from "../server-version.js";
import type {
  CollectionName,
  DescribedCollection,
  IndexDescription,
  Key,
  NearestRequest,
  PartitionDescription,
  ReadRequest,
  Side,
  WriteRequest,
} from "../side.js";
import { Channel } from "./channel.js";
import type { ProcedureName, ReplyOf, RequestOf } from "./procedures.js";
import { readDescription } from "./read-description.js";
import { readRows } from "./read-rows.js";
import { writeRows } from "./write-rows.js";

/** Milliseconds between two looks at a load that goes on. */
const LOAD_POLL_MS = 100;

/** A server as clients of gRPC see it: Milvus from 2.2 on, Milvus Lite behind a port, Elanus. */
export class GrpcSide implements Side {
  readonly name: string;
  readonly server: ServerVersion;
  readonly isHere = false;
  readonly readsReleased = false;
  readonly #channel: Channel;
  readonly #signal: AbortSignal | undefined;

  private constructor(channel: Channel, name: string, server: ServerVersion, signal: AbortSignal | undefined) {
    this.#channel = channel;
    this.name = name;
    this.server = server;
    this.#signal = signal;
  }

  /** @throws ServerUnreachable, ServerAccess, ServerRefused */
  static async open(address: ServerAddress, signal: AbortSignal | undefined): Promise<GrpcSide> {
    const channel = await Channel.open(address);
    try {
      return new GrpcSide(channel, address.name, readServerVersion(await toldVersion(channel, signal)), signal);
    } catch (error) {
      await channel.close();
      throw error;
    }
  }

  async databases(): Promise<readonly string[]> {
    try {
      return (await this.#ask("ListDatabases", {})).db_names;
    } catch (error) {
      // Servers before 2.2.9 have one and do not say so.
      if (isUnimplemented(error)) return ["default"];
      throw error;
    }
  }

  async createDatabase(database: string): Promise<void> {
    await this.#ask("CreateDatabase", { db_name: database });
  }

  async collections(database: string): Promise<readonly string[]> {
    return (await this.#ask("ShowCollections", { db_name: database }, database)).collection_names;
  }

  async describe(name: CollectionName): Promise<DescribedCollection | undefined> {
    let reply: Received<"DescribeCollectionResponse">;
    try {
      reply = await this.#ask("DescribeCollection", of(name), name.database);
    } catch (error) {
      if (isMissingCollection(error)) return undefined;
      throw error;
    }
    const description = readDescription(reply);
    const named = { database: name.database, collection: description.collectionName };
    const partitions = await this.#partitions(named);
    const indexes = await this.#indexes(named);
    const loaded = partitions.some((partition) => partition.loaded);
    return {
      id: String(reply.collectionID),
      description: {
        ...description,
        load: loaded ? "LoadStateLoaded" : "LoadStateNotLoad",
        partitionsNum: partitions.length,
        indexes,
      },
      partitions,
      indexes,
    };
  }

  async createCollection(database: string, description: CollectionDescription): Promise<void> {
    const schema = writeSchema(description, database);
    const partitioned = description.fields.some((field) => field.partitionKey);
    await this.#ask(
      "CreateCollection",
      {
        db_name: database,
        collection_name: description.collectionName,
        schema: encode("CollectionSchema", { ...schema, dbName: "", properties: [] }),
        shards_num: description.shardsNum,
        consistency_level: ConsistencyLevel[description.consistencyLevel],
        properties: description.properties,
        ...(partitioned && { num_partitions: description.partitionsNum }),
      },
      database,
    );
  }

  async setProperty(name: CollectionName, key: string, value: string): Promise<void> {
    await this.#ask("AlterCollection", { ...of(name), properties: [{ key, value }] }, name.database);
  }

  async dropProperty(name: CollectionName, key: string): Promise<void> {
    await this.#ask("AlterCollection", { ...of(name), delete_keys: [key] }, name.database);
  }

  async createPartition(name: CollectionName, partition: string): Promise<void> {
    await this.#ask("CreatePartition", { ...of(name), partition_name: partition }, name.database);
  }

  async createIndex(name: CollectionName, index: IndexDescription): Promise<void> {
    const { fieldName, indexName, indexType, metricType, params } = index;
    const extra_params = [
      { key: "index_type", value: indexType },
      ...(metricType === "" ? [] : [{ key: "metric_type", value: metricType }]),
      ...parametersPair(params),
      ...params,
    ];
    await this.#ask(
      "CreateIndex",
      { ...of(name), field_name: fieldName, index_name: indexName, extra_params },
      name.database,
    );
  }

  async dropIndex(name: CollectionName, index_name: string): Promise<void> {
    await this.#ask("DropIndex", { ...of(name), index_name }, name.database);
  }

  async createAlias(name: CollectionName, alias: string): Promise<void> {
    await this.#ask("CreateAlias", { ...of(name), alias }, name.database);
  }

  async load(name: CollectionName, partitions: readonly string[] | undefined): Promise<void> {
    const { database } = name;
    try {
      if (partitions !== undefined) {
        await this.#ask("LoadPartitions", { ...of(name), partition_names: partitions, replica_number: 1 }, database);
      }
    } catch (error) {
      // Milvus Lite loads collections as a whole.
      if (!isUnimplemented(error)) throw error;
      await this.load(name, undefined);
      return;
    }
    if (partitions === undefined) await this.#ask("LoadCollection", { ...of(name), replica_number: 1 }, database);
    for (;;) {
      const asked = { ...of(name), partition_names: partitions ?? [] };
      const { progress } = await this.#ask("GetLoadingProgress", asked, database);
      if (Number(progress) >= 100) return;
      await sleep(LOAD_POLL_MS, this.#signal);
    }
  }

  async release(name: CollectionName): Promise<void> {
    await this.#ask("ReleaseCollection", of(name), name.database);
  }

  async read(request: ReadRequest): Promise<RecordBatch> {
    const { database, partition, filter, outputFields, limit, described } = request;
    const reply = await this.#ask(
      "Query",
      {
        ...of(request),
        expr: filter,
        output_fields: outputFields,
        partition_names: partition === undefined ? [] : [partition],
        // As iterators ask: the rows of the smallest keys.
        query_params: [
          { key: "limit", value: String(limit) },
          { key: "iterator", value: "True" },
          { key: "reduce_stop_for_best", value: "True" },
        ],
      },
      database,
    );
    return readRows(this.name, reply.fields_data, described.description);
  }

  async count(name: CollectionName, _: DescribedCollection, partition: string | undefined): Promise<number> {
    if (partition !== undefined && this.server.product === "Milvus Lite" && isSince(this.server, 3, 0)) {
      // Its count(*) is that of all partitions; its statistics do not lag behind.
      const asked = { ...of(name), partition_name: partition };
      const { stats } = await this.#ask("GetPartitionStatistics", asked, name.database);
      return Number(stats.find(({ key }) => key === "row_count")?.value ?? 0);
    }
    const reply = await this.#ask(
      "Query",
      {
        ...of(name),
        output_fields: ["count(*)"],
        partition_names: partition === undefined ? [] : [partition],
      },
      name.database,
    );
    return Number(reply.fields_data[0]?.scalars?.long_data?.data[0] ?? 0);
  }

  /** Not repeated: after a failure the caller alone knows what is to be done. */
  async write({ database, collection, partition, rows, mode }: WriteRequest): Promise<void> {
    const request = {
      db_name: database,
      collection_name: collection,
      ...(partition !== undefined && { partition_name: partition }),
      fields_data: writeRows(rows),
      num_rows: rows.rowCount,
    };
    await this.#channel.call(mode === "insert" ? "Insert" : "Upsert", request, { database, signal: this.#signal });
  }

  async remove(name: CollectionName, partition: string | undefined, expr: string): Promise<void> {
    const request = { ...of(name), expr, ...(partition !== undefined && { partition_name: partition }) };
    await this.#ask("Delete", request, name.database);
  }

  async nearest(request: NearestRequest): Promise<readonly (readonly Key[])[]> {
    const { database, field, partitions = [], metricType, vectors, limit, described } = request;
    const type = described.description.fields.find(({ name }) => name === field)?.type as DenseVectorType;
    const placeholders = [{ tag: "$0", type: PlaceholderType[type], values: vectors }];
    const { results } = await this.#ask(
      "Search",
      {
        ...of(request),
        partition_names: partitions,
        placeholder_group: encode("PlaceholderGroup", { placeholders }),
        // Up to 2.3 a server ends when it is not told.
        dsl_type: DslType.BoolExprV1,
        nq: vectors.length,
        search_params: Object.entries({
          anns_field: field,
          topk: String(limit),
          metric_type: metricType,
          params: "{}",
          round_decimal: "-1",
        }).map(([key, value]) => ({ key, value })),
      },
      database,
    );
    return hitsByQuery(readIds(results?.ids), (results?.topks ?? []).map(Number));
  }

  close(): Promise<void> {
    return this.#channel.close();
  }

  /** Calls what may be called twice. */
  #ask<Name extends ProcedureName>(
    name: Name,
    request: Sent<RequestOf<Name>>,
    database?: string,
  ): Promise<Received<ReplyOf<Name>>> {
    const options = { signal: this.#signal, ...(database !== undefined && { database }) };
    return repeat(() => this.#channel.call(name, request, options), this.#signal);
  }

  async #partitions(name: CollectionName): Promise<readonly PartitionDescription[]> {
    const partition_names = await this.#partitionNames(name);
    const state = await this.#state(name, []);
    const loaded = new Set<string>();
    if (state) {
      for (const partition of partition_names) if (await this.#state(name, [partition])) loaded.add(partition);
      // Where partitions have no states of their own the collection's is theirs.
      if (loaded.size === 0) for (const partition of partition_names) loaded.add(partition);
    }
    return partition_names.map((partition) => ({ name: partition, loaded: loaded.has(partition) }));
  }

  async #partitionNames(name: CollectionName): Promise<readonly string[]> {
    try {
      return (await this.#ask("ShowPartitions", of(name), name.database)).partition_names;
    } catch (error) {
      // Milvus Lite before 3 has no others.
      if (!isUnimplemented(error)) throw error;
      return ["_default"];
    }
  }

  /** Whether something is loaded. */
  async #state(name: CollectionName, partition_names: readonly string[]): Promise<boolean> {
    try {
      const { state } = await this.#ask("GetLoadState", { ...of(name), partition_names }, name.database);
      return state === LoadState.LoadStateLoaded || state === LoadState.LoadStateLoading;
    } catch (error) {
      if (isElanusError(error, "ServerRefused")) return false;
      throw error;
    }
  }

  async #indexes(name: CollectionName): Promise<readonly IndexDescription[]> {
    try {
      const { index_descriptions } = await this.#ask("DescribeIndex", of(name), name.database);
      return index_descriptions.map(readIndex);
    } catch (error) {
      if (isElanusError(error, "ServerRefused") && !isUnimplemented(error)) return [];
      throw error;
    }
  }
}

function of({ database, collection }: CollectionName) {
  return { db_name: database, collection_name: collection };
}

/** What the server says that it is: one that greets nobody is asked for its version alone. */
async function toldVersion(channel: Channel, signal: AbortSignal | undefined): Promise<string> {
  const options = { signal, silenceMs: GREETING_MS };
  try {
    const client_info = { sdk_type: "Elanus", sdk_version: "1", user: "", host: "" };
    const { server_info } = await channel.call("Connect", { client_info }, options);
    if (server_info !== undefined && server_info.build_tags !== "") return server_info.build_tags;
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
  }
  try {
    return (await channel.call("GetVersion", {}, options)).version;
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    return SILENT_SERVER;
  }
}

/** Milvus Lite before 3 does not say what it is. */
const SILENT_SERVER = "2.5-lite";

const UNIMPLEMENTED = 12;

function isUnimplemented(error: unknown): boolean {
  return isElanusError(error, "ServerRefused") && error.details["grpc"] === UNIMPLEMENTED;
}

/** Older servers say it in words. */
function isMissingCollection(error: unknown): boolean {
  if (!isElanusError(error, "ServerRefused")) return false;
  return (
    [100, 4].includes(error.details["code"] as number) ||
    /can't find collection|collection.*not (?:found|exist)/i.test(String(error.details["reason"]))
  );
}

/** Build parameters may stand as pairs, and inside of `params`, a JSON text. */
function readIndex({ index_name, field_name, params }: Received<"IndexDescription">): IndexDescription {
  const pairs = new Map(params.map(({ key, value }) => [key, value]));
  const nested = nestedParams(pairs.get("params"));
  const indexType = pairs.get("index_type") ?? "AUTOINDEX";
  const metricType = pairs.get("metric_type") ?? "";
  const own = new Map(Object.entries(nested).map(([key, value]) => [key, String(value)]));
  for (const [key, value] of pairs) if (!["params", "index_type", "metric_type"].includes(key)) own.set(key, value);
  return {
    indexName: index_name,
    fieldName: field_name,
    indexType,
    metricType,
    params: [...own].map(([key, value]) => ({ key, value })),
  };
}

function nestedParams(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
