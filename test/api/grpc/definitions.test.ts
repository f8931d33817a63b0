import { describe, expect, it } from "vitest";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { services } from "../../../src/api/grpc/rpcs.js";
import { Elanus } from "../../../src/index.js";
import { temporaryPath } from "../../support/temporary.js";
import { GrpcClient } from "./grpc-client.js";
import { createRequest, idField, indexed, pairs, serve, vectorField } from "./served.js";

describe("collections", () => {
  it("are made from a schema, without index and load, and described as they were made", async () => {
    const { ok } = await serve();
    const began = Date.now();
    await ok("CreateCollection", {
      ...createRequest(
        "book",
        [
          { ...vectorField, description: "first" },
          { ...idField, autoID: true },
          { name: "n", data_type: 4, nullable: true, default_value: { int_data: 7 } },
          { name: "big", data_type: 5, default_value: { long_data: 9223372036854775807n } },
          { name: "ok", data_type: 1, default_value: { bool_data: false } },
          { name: "f", data_type: 10, default_value: { double_data: 0.5 } },
          {
            name: "s",
            data_type: 21,
            type_params: pairs({ max_length: "9", enable_match: "True", enable_analyzer: "True" }),
            default_value: { string_data: "" },
          },
          { name: "tags", data_type: 22, element_type: 21, type_params: pairs({ max_length: "5", max_capacity: "3" }) },
          { name: "at", data_type: 26, nullable: true, default_value: { timestamptz_data: 1700000000000000n } },
          { name: "plain", data_type: 23, nullable: true, default_value: {} },
        ],
        {
          description: "all of them",
          enable_dynamic_field: true,
          properties: pairs({ "collection.ttl.seconds": "9" }),
        },
      ),
      shards_num: 2,
      consistency_level: 2,
      properties: pairs({ timezone: "Asia/Tokyo" }),
    });
    const described = await ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "book" });
    expect(described).toMatchObject({
      collection_name: "book",
      db_name: "default",
      db_id: 1,
      shards_num: 2,
      consistency_level: 2,
      num_partitions: 1,
      aliases: [],
      properties: expect.arrayContaining(pairs({ "collection.ttl.seconds": "9", timezone: "Asia/Tokyo" })),
      schema: {
        name: "book",
        description: "all of them",
        enable_dynamic_field: true,
        fields: [
          { fieldID: 100, name: "vec", description: "first", data_type: 101, type_params: pairs({ dim: "4" }) },
          { fieldID: 101, name: "id", is_primary_key: true, autoID: true, data_type: 5, default_value: undefined },
          { name: "n", nullable: true, default_value: { int_data: 7, long_data: undefined } },
          { name: "big", default_value: { long_data: 9223372036854775807n } },
          { name: "ok", default_value: { bool_data: false } },
          { name: "f", default_value: { float_data: 0.5, double_data: undefined } },
          {
            name: "s",
            type_params: pairs({ max_length: "9", enable_match: "true", enable_analyzer: "true" }),
            default_value: { string_data: "" },
          },
          { name: "tags", data_type: 22, element_type: 21 },
          { name: "at", default_value: { string_data: "2023-11-15T07:13:20+09:00" } },
          { name: "plain", default_value: undefined },
        ],
      },
    });
    expect(described.virtual_channel_names).toHaveLength(1);
    const made = Number(described.created_utc_timestamp);
    expect(made).toBeGreaterThanOrEqual(began);
    expect(BigInt(described.created_timestamp)).toBe(BigInt(made) << 18n);
    expect(described.update_timestamp_str).toBe(String(described.update_timestamp));
    expect(await ok("GetLoadState", { collection_name: "book" })).toMatchObject({ state: 1 });
    const byId = { collectionID: described.collectionID };
    expect(await ok("DescribeCollection", byId)).toMatchObject({ collection_name: "book" });
  });

  it("take Strong and 16 partitions with a key where nothing is said", async () => {
    const { ok, fails } = await serve();
    const key = { name: "k", data_type: 21, is_partition_key: true, type_params: pairs({ max_length: "9" }) };
    await ok("CreateCollection", createRequest("keyed", [idField, vectorField, key]));
    expect(await ok("DescribeCollection", { collection_name: "keyed" })).toMatchObject({
      consistency_level: 0,
      num_partitions: 16,
      shards_num: 1,
    });
    expect(await fails("CreateCollection", { ...createRequest("b"), num_partitions: 4 })).toEqual([
      65535,
      1,
      expect.stringContaining("num_partitions"),
    ]);
  });

  it("may be made twice alike, and not otherwise", async () => {
    const { ok, fails } = await serve();
    await ok("CreateCollection", createRequest("book"));
    await ok("CreateCollection", createRequest("book"));
    expect(await ok("GetLoadState", { collection_name: "book" })).toMatchObject({ state: 1 });
    expect(await fails("CreateCollection", createRequest("book", [idField, vectorField]))).toEqual([
      65535,
      1,
      "create duplicate collection with different parameters, collection: book",
    ]);
  });

  it.each([
    ["a schema that is none", { collection_name: "c", schema: Uint8Array.of(0x22, 0x7f) }, 65535, /too early/],
    ["no fields", { collection_name: "c" }, 65535, /^primary key is not specified$/],
    ["no name", createRequest(""), 1100, /^collection name should not be empty: invalid parameter$/],
    [
      "a struct without fields",
      createRequest("c", undefined, { struct_array_fields: [{ name: "s" }] }),
      1100,
      /struct field s must contain at least one sub-field/,
    ],
    ["a namespace", createRequest("c", undefined, { enable_namespace: true }), 3000, /namespace/],
    ["an external source", createRequest("c", undefined, { external_source: "s3://x" }), 3000, /external/],
    ["an unknown type", createRequest("c", [idField, { name: "x", data_type: 99 }]), 1100, /data type 99 is invalid/],
    ["a type of later versions", createRequest("c", [idField, { name: "x", data_type: 200 }]), 3000, /ArrayOfStruct/],
    [
      "a dynamic field by hand",
      createRequest("c", [idField, vectorField, { name: "$meta", data_type: 23 }]),
      1701,
      /meta/,
    ],
    [
      "an embedding function",
      createRequest("c", undefined, {
        functions: [
          {
            name: "f",
            type: 2,
            input_field_names: ["text"],
            output_field_names: ["vector"],
            params: pairs({ provider: "openai" }),
          },
        ],
      }),
      1100,
      /provider \[openai\] is disabled/,
    ],
    ["an unknown level", { ...createRequest("c"), consistency_level: 9 }, 1100, /consistencyLevel/],
  ])("refuses %s and leaves nothing", async (_, request, code, reason) => {
    const { ok, fails } = await serve();
    const [got, , text] = await fails("CreateCollection", request);
    expect([got, text]).toEqual([code, expect.stringMatching(reason)]);
    expect((await ok<"ShowCollectionsResponse">("ShowCollections")).collection_names).toEqual([]);
  });

  it("that are missing are told so: 100 with error_code 4, or false", async () => {
    const { ok, fails, codes } = await serve();
    expect(await fails("DescribeCollection", { collection_name: "none" })).toEqual([
      100,
      4,
      "can't find collection[database=default][collection=none]",
    ]);
    expect(await codes("DescribeCollection", { collectionID: 99 })).toEqual([100, 4]);
    expect(await codes("DescribeCollection", { db_name: "other", collection_name: "c" })).toEqual([800, 1]);
    expect(await ok("HasCollection", { collection_name: "none" })).toMatchObject({ value: false });
    await ok("DropCollection", { collection_name: "none" });
    await ok("CreateCollection", createRequest("book"));
    expect(await ok("HasCollection", { collection_name: "book" })).toMatchObject({ value: true });
    const both = await ok<"BatchDescribeCollectionResponse">("BatchDescribeCollection", {
      collection_name: ["none", "book"],
    });
    expect(both.responses).toMatchObject([
      { status: { code: 100 }, schema: { name: "" } },
      { status: { code: 0 }, schema: { name: "book" } },
    ]);
  });

  it("are not described in no batch", async () => {
    const { fails } = await serve();
    expect(await fails("BatchDescribeCollection", {})).toEqual([
      1100,
      5,
      "collection names cannot be empty: invalid parameter",
    ]);
  });

  it("are listed with ids and times, those in memory with their progress", async () => {
    const served = await serve();
    const { ok, codes } = served;
    await indexed(served, "book");
    await indexed(served, "loaded");
    await ok("CreateAlias", { collection_name: "book", alias: "other" });
    await ok("LoadCollection", { collection_name: "loaded" });
    const all = await ok<"ShowCollectionsResponse">("ShowCollections");
    expect(all.collection_names).toEqual(["book", "loaded"]);
    expect(all.collection_ids).toHaveLength(2);
    expect(Number(all.created_utc_timestamps[0])).toBeGreaterThan(1_700_000_000_000);
    expect(BigInt(all.created_timestamps[0] ?? 0)).toBe(BigInt(all.created_utc_timestamps[0] ?? 0) << 18n);
    expect([all.inMemory_percentages, all.query_service_available, all.shards_num]).toEqual([[], [], [1, 1]]);
    expect(await ok("ShowCollections", { type: 1 })).toMatchObject({
      collection_names: ["loaded"],
      inMemory_percentages: [100],
      query_service_available: [true],
    });
    expect(await ok("ShowCollections", { type: 1, collection_names: ["loaded"] })).toMatchObject({
      inMemory_percentages: [100],
    });
    expect(await codes("ShowCollections", { type: 1, collection_names: ["none"] })).toEqual([100, 4]);
    expect(await codes("ShowCollections", { type: 1, collection_names: ["book"] })).toEqual([101, 1]);
  });

  it("change their properties, fields and names, and with the schema its timestamp", async () => {
    const { ok, codes } = await serve();
    await ok("CreateCollection", createRequest("book"));
    const timestamp = async () =>
      (await ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "book" })).update_timestamp;
    const seen = [await timestamp()];
    const changed = async () => {
      const now = await timestamp();
      expect(seen).not.toContain(now);
      seen.push(now);
    };
    await ok("AlterCollection", { collection_name: "book", properties: pairs({ "collection.ttl.seconds": "5" }) });
    await changed();
    await ok("AlterCollection", { collection_name: "book", delete_keys: ["collection.ttl.seconds"] });
    await changed();
    await ok("AlterCollectionField", {
      collection_name: "book",
      field_name: "title",
      properties: pairs({ max_length: "99", "mmap.enabled": "true" }),
    });
    await changed();
    await ok("AlterCollectionField", { collection_name: "book", field_name: "title", delete_keys: ["mmap.enabled"] });
    await ok("AddCollectionField", {
      collection_name: "book",
      schema: encode("FieldSchema", { name: "late", data_type: 5, nullable: true }),
    });
    await changed();
    expect(await ok("DescribeCollection", { collection_name: "book" })).toMatchObject({
      properties: pairs({ timezone: "UTC" }),
      schema: { fields: [{}, {}, { type_params: pairs({ max_length: "99" }) }, { name: "late", fieldID: 103 }] },
    });
    await ok("CreatePartition", { collection_name: "book", partition_name: "p" });
    expect(await timestamp()).toBe(seen.at(-1));
    for (const request of [{}, { properties: pairs({ a: "b" }), delete_keys: ["a"] }]) {
      expect(await codes("AlterCollection", { collection_name: "book", ...request })).toEqual([1100, 5]);
    }
    expect(
      await codes("AlterCollectionField", {
        collection_name: "book",
        field_name: "title",
        delete_keys: ["max_length"],
      }),
    ).toEqual([1100, 5]);
    expect(await codes("AddCollectionField", { collection_name: "book", schema: Uint8Array.of(1) })).toEqual([
      65535, 1,
    ]);
    await ok("RenameCollection", { oldName: "book", newName: "novel" });
    expect(await codes("DescribeCollection", { collection_name: "book" })).toEqual([100, 4]);
    await ok("DropCollection", { collection_name: "novel" });
    await ok("CreateCollection", createRequest("book"));
    expect(seen).not.toContain(await timestamp());
  });

  it("keep their schema timestamp over a reopening", async () => {
    const path = temporaryPath();
    const timestamps: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const db = await Elanus.open(path);
      const server = await db.listen({ port: 0 });
      const client = new GrpcClient(server);
      await client.call("CreateCollection", "CreateCollectionRequest", createRequest("book"), "Status");
      const request = { collection_name: "book" };
      const reply = await client.call(
        "DescribeCollection",
        "DescribeCollectionRequest",
        request,
        "DescribeCollectionResponse",
      );
      timestamps.push(reply.update_timestamp);
      await client.close();
      await db.close();
    }
    expect(timestamps[0]).toBe(timestamps[1]);
  });
});

describe("partitions", () => {
  it("come and go, and are listed with parallel ids", async () => {
    const served = await serve();
    const { ok, fails, codes } = served;
    await indexed(served, "book");
    await ok("CreatePartition", { collection_name: "book", partition_name: "novel" });
    expect(await ok("HasPartition", { collection_name: "book", partition_name: "novel" })).toMatchObject({
      value: true,
    });
    expect(await ok("HasPartition", { collection_name: "book", partition_name: "x" })).toMatchObject({ value: false });
    const all = await ok<"ShowPartitionsResponse">("ShowPartitions", { collection_name: "book" });
    expect(all).toMatchObject({ partition_names: ["_default", "novel"], inMemory_percentages: [] });
    expect(new Set(all.partitionIDs).size).toBe(2);
    expect(all.created_utc_timestamps).toHaveLength(2);
    await ok("LoadPartitions", { collection_name: "book", partition_names: ["novel"] });
    expect(await ok("ShowPartitions", { collection_name: "book", type: 1 })).toMatchObject({
      partition_names: ["novel"],
      inMemory_percentages: [100],
    });
    const named = { collection_name: "book", type: 1, partition_names: ["novel"] };
    expect(await ok("ShowPartitions", named)).toMatchObject({ inMemory_percentages: [100] });
    expect(await codes("ShowPartitions", { ...named, partition_names: ["_default"] })).toEqual([201, 1]);
    expect(await codes("ShowPartitions", { ...named, partition_names: ["x"] })).toEqual([200, 15]);
    expect(await ok("GetPartitionStatistics", { collection_name: "book", partition_name: "novel" })).toMatchObject({
      stats: pairs({ row_count: "0" }),
    });
    expect(await codes("HasPartition", { collection_name: "none", partition_name: "p" })).toEqual([100, 4]);
    expect(await fails("CreatePartition", { collection_name: "book" })).toEqual([
      65535,
      1,
      expect.stringContaining("Partition name should not be empty."),
    ]);
    expect(await codes("DropPartition", { collection_name: "book", partition_name: "novel" })).toEqual([65535, 1]);
    await ok("ReleasePartitions", { collection_name: "book", partition_names: ["novel"] });
    await ok("DropPartition", { collection_name: "book", partition_name: "novel" });
    await ok("DropPartition", { collection_name: "book", partition_name: "novel" });
  });
});

describe("load and release", () => {
  it("walk the states that pollers see", async () => {
    const served = await serve();
    const { ok, fails, codes } = served;
    const book = { collection_name: "book" };
    expect(await ok("GetLoadState", { collection_name: "none" })).toMatchObject({ state: 0 });
    expect(await codes("GetLoadingProgress", { collection_name: "none" })).toEqual([100, 4]);
    await ok("CreateCollection", createRequest("book"));
    expect(await fails("LoadCollection", book)).toEqual([700, 25, "index not found[collection=book]"]);
    await ok("CreateIndex", { ...book, field_name: "vec" });
    await ok("CreatePartition", { ...book, partition_name: "novel" });
    expect(await ok("GetLoadState", book)).toMatchObject({ state: 1 });
    expect(await fails("GetLoadingProgress", book)).toEqual([
      101,
      1,
      expect.stringMatching(/^collection not loaded\[collection=\d+\]$/),
    ]);
    await ok("LoadCollection", book);
    expect(await ok("GetLoadState", book)).toMatchObject({ state: 3 });
    expect(await ok("GetLoadingProgress", book)).toMatchObject({ progress: 100, refresh_progress: 100 });
    await ok("LoadCollection", { ...book, refresh: true });
    expect(await ok("GetLoadingProgress", book)).toMatchObject({ progress: 100, refresh_progress: 100 });

    const novel = { ...book, partition_names: ["novel"] };
    await ok("ReleasePartitions", novel);
    await ok("ReleasePartitions", novel);
    expect(await ok("GetLoadState", novel)).toMatchObject({ state: 1 });
    expect(await ok("GetLoadState", book)).toMatchObject({ state: 3 });
    expect(await fails("GetLoadingProgress", novel)).toEqual([
      201,
      1,
      expect.stringMatching(/^partition not loaded\[partition=\d+\]$/),
    ]);
    await ok("LoadPartitions", novel);
    expect(await ok("GetLoadingProgress", novel)).toMatchObject({ progress: 100 });
    await ok("ReleaseCollection", book);
    expect(await ok("GetLoadState", book)).toMatchObject({ state: 1 });
  });

  it("refuses what is not there", async () => {
    const served = await serve();
    const { ok, fails, codes } = served;
    await indexed(served, "book");
    const book = { collection_name: "book" };
    expect(await fails("ReleasePartitions", { ...book, partition_names: ["x"] })).toEqual([
      200,
      15,
      "partition not found[partition=x]",
    ]);
    expect(await codes("ReleasePartitions", { collection_name: "none", partition_names: ["x"] })).toEqual([100, 4]);
    expect(await fails("ReleasePartitions", book)).toEqual([
      1100,
      5,
      "invalid parameter[expected=any partition][actual=empty partition list]",
    ]);
    expect(await codes("LoadPartitions", { ...book, partition_names: ["x"] })).toEqual([200, 15]);
    expect(await codes("LoadPartitions", book)).toEqual([65535, 1]);
    expect(await codes("GetLoadState", { ...book, partition_names: ["x"] })).toEqual([200, 15]);
    expect(await codes("GetLoadState", { collection_name: "9" })).toEqual([1100, 5]);
    expect(await codes("LoadCollection", { ...book, resource_groups: ["big"] })).toEqual([300, 1]);
    await ok("LoadCollection", { ...book, resource_groups: ["__default_resource_group"], replica_number: 1 });
    expect(await codes("LoadCollection", { ...book, collection_name: "none", refresh: true })).toEqual([100, 4]);
  });

  it("names a refused release under the old rules with error_code 1", async () => {
    const served = await serve({ loadRules: "legacy" });
    await indexed(served, "book");
    await served.ok("LoadCollection", { collection_name: "book" });
    expect(await served.fails("ReleasePartitions", { collection_name: "book", partition_names: ["_default"] })).toEqual(
      [1100, 1, "releasing some partitions after load collection is not supported: invalid parameter"],
    );
    expect(
      await served.codes("LoadPartitions", { collection_name: "book", partition_names: ["_default"] }),
    ).toMatchObject([1100, 5]);
  });
});

describe("indexes", () => {
  it("are made from pairs and JSON, and described in both forms", async () => {
    const served = await serve();
    const { ok, fails, codes } = served;
    await ok("CreateCollection", createRequest("book"));
    const book = { collection_name: "book" };
    expect(await fails("DescribeIndex", book)).toEqual([700, 25, "index not found[collection=book]"]);
    await ok("CreateIndex", {
      ...book,
      field_name: "vec",
      extra_params: pairs({ index_type: "HNSW", metric_type: "IP", params: '{"M":8,"efConstruction":"64"}', M: "16" }),
    });
    const {
      index_descriptions: [described],
    } = await ok<"DescribeIndexResponse">("DescribeIndex", { ...book, index_name: "vec" });
    expect(described).toMatchObject({ index_name: "vec", field_name: "vec", state: 3, index_state_fail_reason: "" });
    expect(Number(described?.indexID)).toBeGreaterThan(0);
    expect(Object.fromEntries((described?.params ?? []).map(({ key, value }) => [key, value]))).toEqual({
      index_type: "HNSW",
      metric_type: "IP",
      M: "16",
      efConstruction: "64",
      params: '{"M":16,"efConstruction":64}',
    });
    // Again without a name: the same index.
    await ok("CreateIndex", {
      ...book,
      field_name: "vec",
      extra_params: pairs({ index_type: "HNSW", metric_type: "IP", params: '{"M":16,"efConstruction":64}' }),
    });
    await ok("CreateIndex", { ...book, field_name: "title", index_name: "by_title" });
    expect((await ok<"DescribeIndexResponse">("DescribeIndex", book)).index_descriptions).toHaveLength(2);
    const byField = await ok<"DescribeIndexResponse">("DescribeIndex", { ...book, field_name: "title" });
    expect(byField.index_descriptions).toMatchObject([{ index_name: "by_title" }]);
    expect(byField.index_descriptions[0]?.params.map(({ key }) => key)).toEqual(["index_type"]);
    expect(await fails("DescribeIndex", { ...book, index_name: "x" })).toEqual([
      700,
      25,
      "index not found[indexName=x]",
    ]);
    expect(await codes("DescribeIndex", { collection_name: "none" })).toEqual([100, 4]);
    expect(await ok("GetIndexState", { ...book, index_name: "vec" })).toMatchObject({ state: 3, fail_reason: "" });
    expect(await codes("GetIndexState", { ...book, index_name: "x" })).toEqual([700, 25]);
    expect(await ok("GetIndexBuildProgress", { ...book, field_name: "vec" })).toMatchObject({
      indexed_rows: 0,
      total_rows: 0,
    });
    expect((await ok<"GetIndexStatisticsResponse">("GetIndexStatistics", book)).index_descriptions).toHaveLength(2);
  });

  it("default to AUTOINDEX with the metric of the type", async () => {
    const { ok } = await serve();
    await ok("CreateCollection", createRequest("book"));
    await ok("CreateIndex", {
      collection_name: "book",
      field_name: "vec",
      extra_params: pairs({ index_type: "", params: "" }),
    });
    const {
      index_descriptions: [index],
    } = await ok<"DescribeIndexResponse">("DescribeIndex", { collection_name: "book" });
    expect(index?.params).toEqual(pairs({ index_type: "AUTOINDEX", metric_type: "COSINE" }));
  });

  it("are altered and dropped", async () => {
    const served = await serve();
    const { ok, codes } = served;
    await indexed(served, "book");
    const book = { collection_name: "book" };
    await ok("AlterIndex", { ...book, index_name: "vec", extra_params: pairs({ "mmap.enabled": "true" }) });
    await ok("AlterIndex", { ...book, index_name: "vec", delete_keys: ["mmap.enabled"] });
    expect(await codes("AlterIndex", { ...book, index_name: "vec" })).toEqual([1100, 5]);
    expect(await codes("CreateIndex", { ...book, field_name: "vec", extra_params: pairs({ params: "[1]" }) })).toEqual([
      1100, 5,
    ]);
    await ok("LoadCollection", book);
    expect(await codes("DropIndex", { ...book, field_name: "vec" })).toEqual([65535, 1]);
    await ok("ReleaseCollection", book);
    await ok("DropIndex", { ...book, field_name: "vec" });
    await ok("DropIndex", { ...book, index_name: "vec" });
    await ok("DropIndex", book);
    expect(await codes("DescribeIndex", book)).toEqual([700, 25]);
  });
});

describe("databases and aliases", () => {
  it("databases: by field, by metadata, else default", async () => {
    const { ok, codes } = await serve();
    await ok("CreateDatabase", { db_name: "other", properties: pairs({ a: "b" }) });
    await ok("CreateCollection", createRequest("here"), { dbname: "other" });
    await ok("CreateCollection", { ...createRequest("there"), db_name: "other" });
    const names = async (request: object, headers = {}) =>
      (await ok<"ShowCollectionsResponse">("ShowCollections", request, headers)).collection_names;
    expect(await names({})).toEqual([]);
    expect(await names({}, { dbname: "" })).toEqual([]);
    expect(await names({}, { dbname: "other" })).toEqual(["here", "there"]);
    expect(await names({ db_name: "default" }, { dbname: "other" })).toEqual([]);
    expect(await codes("ShowCollections", {}, { dbname: "none" })).toEqual([800, 1]);
    const list = await ok<"ListDatabasesResponse">("ListDatabases");
    expect(list).toMatchObject({ db_names: ["default", "other"], db_ids: [1, 2] });
    expect(list.created_timestamp).toHaveLength(2);
    expect(await ok("DescribeDatabase", { db_name: "other" })).toMatchObject({
      db_name: "other",
      dbID: 2,
      properties: pairs({ a: "b" }),
    });
    await ok("AlterDatabase", { db_name: "other", properties: pairs({ c: "d" }) });
    await ok("AlterDatabase", { db_name: "other", delete_keys: ["a"] });
    expect(await ok("DescribeDatabase", { db_name: "other" })).toMatchObject({ properties: pairs({ c: "d" }) });
    expect(await codes("CreateDatabase", { db_name: "" })).toEqual([802, 1]);
    expect(await codes("DropDatabase", { db_name: "other" })).toEqual([65535, 1]);
    await ok("RenameCollection", { db_name: "other", oldName: "here", newName: "moved", newDBName: "default" });
    expect(await names({})).toEqual(["moved"]);
    await ok("DropCollection", { collection_name: "there", db_name: "other" });
    await ok("DropDatabase", { db_name: "other" });
  });

  it("aliases: made, moved, dropped; a collection is described under its own name", async () => {
    const { ok, codes } = await serve();
    await ok("CreateCollection", createRequest("book"));
    await ok("CreateCollection", createRequest("novel"));
    await ok("CreateAlias", { collection_name: "book", alias: "a" });
    expect(await ok("DescribeCollection", { collection_name: "a" })).toMatchObject({
      collection_name: "book",
      schema: { name: "book" },
      aliases: ["a"],
    });
    await ok("AlterAlias", { collection_name: "novel", alias: "a" });
    expect(await ok("DescribeAlias", { alias: "a" })).toMatchObject({
      db_name: "default",
      alias: "a",
      collection: "novel",
    });
    expect(await ok("ListAliases", { collection_name: "novel" })).toMatchObject({ aliases: ["a"] });
    expect(await ok("ListAliases", {})).toMatchObject({ db_name: "default", aliases: ["a"] });
    expect(await codes("DescribeAlias", { alias: "x" })).toEqual([1600, 1]);
    expect(await codes("CreateAlias", { collection_name: "book", alias: "" })).toEqual([1100, 5]);
    await ok("DropAlias", { alias: "a" });
    await ok("DropAlias", { alias: "a" });
  });
});

describe("maintenance and introspection", () => {
  it("flushes and compacts, with nothing left to wait for", async () => {
    const { ok, codes } = await serve();
    await ok("CreateCollection", createRequest("book"));
    const flushed = await ok<"FlushResponse">("Flush", { collection_names: ["book"] });
    for (const map of [
      flushed.coll_segIDs,
      flushed.flush_coll_segIDs,
      flushed.coll_seal_times,
      flushed.coll_flush_ts,
    ]) {
      expect([...map.keys()]).toEqual(["book"]);
    }
    expect(flushed.coll_segIDs.get("book")).toEqual({ data: [] });
    expect(Math.abs(Number(flushed.coll_seal_times.get("book")) - Date.now() / 1000)).toBeLessThan(5);
    expect(BigInt(flushed.coll_flush_ts.get("book") ?? 0) >> 18n).toBeGreaterThan(1_700_000_000_000n);
    expect(await codes("Flush", { collection_names: ["book", "none"] })).toEqual([100, 4]);
    expect(await ok("GetFlushState", { segmentIDs: [1, 2] })).toMatchObject({ flushed: true });
    expect(Number((await ok<"FlushAllResponse">("FlushAll")).flush_all_ts)).toBeGreaterThan(0);
    expect(await ok("GetFlushAllState")).toMatchObject({ flushed: true });
    const described = await ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "book" });
    for (const request of [{ collection_name: "book" }, { collectionID: described.collectionID }]) {
      const { compactionID } = await ok<"ManualCompactionResponse">("ManualCompaction", request);
      expect(Number(compactionID)).toBeGreaterThan(0);
      expect(await ok("GetCompactionState", { compactionID })).toMatchObject({ state: 2 });
      expect(await ok("GetCompactionStateWithPlans", { compactionID })).toMatchObject({ state: 2, mergeInfos: [] });
    }
    expect(await codes("ManualCompaction", { collection_name: "none" })).toEqual([100, 4]);
    expect(await ok("GetCollectionStatistics", { collection_name: "book" })).toMatchObject({
      stats: pairs({ row_count: "0" }),
    });
    await ok("TruncateCollection", { collection_name: "book" });
  });

  it("shows one node to tools", async () => {
    const served = await serve();
    const { ok, call, codes, db } = served;
    await indexed(served, "book");
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vec: [1, 2, 3, 4], title: "a" }] });
    const metrics = await ok<"GetMetricsResponse">("GetMetrics", { request: '{"metric_type":"system_info"}' });
    const { nodes_info: nodes } = JSON.parse(metrics.response) as { nodes_info: { infos: { type: string } }[] };
    expect(nodes.map((node) => node.infos.type)).toEqual([
      "rootcoord",
      "querycoord",
      "datacoord",
      "proxy",
      "querynode",
      "datanode",
    ]);
    for (const request of ["", "{", '{"metric_type":"x"}']) {
      expect(await call("GetMetrics", { request })).toMatchObject({ status: { code: 1200 }, response: "{}" });
    }
    expect(await ok("GetComponentStates")).toMatchObject({ state: { state_code: 1, nodeID: 1 } });
    expect(await ok("CheckHealth")).toMatchObject({ isHealthy: true, reasons: [], quota_states: [] });
    expect(await ok("GetReplicas", { collection_name: "book" })).toMatchObject({ replicas: [] });
    expect(await ok("GetQuerySegmentInfo", { collectionName: "book" })).toMatchObject({ infos: [] });
    await ok("LoadCollection", { collection_name: "book" });
    const { collectionID } = await ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "book" });
    expect(await ok("GetReplicas", { collectionID })).toMatchObject({
      replicas: [{ collectionID, node_ids: [1], resource_group_name: "__default_resource_group" }],
    });
    const segment = { collectionID, num_rows: 1, level: 2 };
    expect(await ok("GetPersistentSegmentInfo", { collectionName: "book" })).toMatchObject({
      infos: [{ ...segment, state: 4 }],
    });
    expect(await ok("GetPersistentSegmentInfo", { collectionName: "book", states: [3] })).toMatchObject({ infos: [] });
    expect(await ok("GetQuerySegmentInfo", { collectionName: "book" })).toMatchObject({
      infos: [{ ...segment, state: 3, index_name: "vec", nodeIds: [1] }],
    });
    expect(await ok("ListResourceGroups")).toMatchObject({ resource_groups: ["__default_resource_group"] });
    expect(await ok("DescribeResourceGroup", { resource_group: "__default_resource_group" })).toMatchObject({
      resource_group: { capacity: 1, nodes: [{ node_id: 1 }] },
    });
    expect(await codes("DescribeResourceGroup", { resource_group: "x" })).toEqual([300, 1]);
    expect(await codes("LoadBalance", { collectionName: "none" })).toEqual([100, 4]);
    expect(await codes("LoadBalance", {})).toEqual([100, 4]);
    const balance = { collectionName: "book", src_nodeID: 1 };
    const { infos } = await ok<"GetQuerySegmentInfoResponse">("GetQuerySegmentInfo", { collectionName: "book" });
    const sealed_segmentIDs = infos.map(({ segmentID }) => segmentID);
    expect(sealed_segmentIDs).toHaveLength(1);
    await ok("LoadBalance", balance);
    await ok("LoadBalance", { ...balance, dst_nodeIDs: [1], sealed_segmentIDs });
    expect(await codes("LoadBalance", { ...balance, src_nodeID: 2 })).toEqual([901, 1]);
    expect(await codes("LoadBalance", { ...balance, dst_nodeIDs: [1, 7] })).toEqual([901, 1]);
    expect(await codes("LoadBalance", { ...balance, sealed_segmentIDs: [5] })).toEqual([600, 47]);
    await ok("ReleaseCollection", { collection_name: "book" });
    expect(await codes("LoadBalance", balance)).toEqual([103, 1]);
  });

  it("answers the lists that tools read when they start", async () => {
    const { ok, codes, call } = await serve();
    expect(await ok("ListCredUsers")).toMatchObject({ usernames: ["root"] });
    expect(await ok("SelectRole")).toMatchObject({
      results: [{ role: { name: "admin" } }, { role: { name: "public" } }],
    });
    expect(await ok("SelectUser", { user: { name: "x" } })).toMatchObject({ results: [] });
    expect(await ok("SelectGrant", { entity: { role: { name: "admin" } } })).toMatchObject({ entities: [] });
    expect(await codes("SelectGrant", { entity: { role: { name: "x" } } })).toEqual([65535, 42]);
    expect(await ok("ListPrivilegeGroups")).toMatchObject({ privilege_groups: { length: 9 } });
    await ok("ListImportTasks");
    await ok("ListFileResources");
    await ok("ListRefreshExternalCollectionJobs");
    expect(await call("Dummy", {})).toEqual({ response: "{}" });
    expect(await ok("GetVersion")).toMatchObject({ version: expect.stringMatching(/^v2\.6\.22/) });
  });

  it("gives later and later timestamps", async () => {
    const { ok } = await serve();
    const given = await Promise.all(
      Array.from({ length: 50 }, () => ok<"AllocTimestampResponse">("AllocTimestamp").then((r) => BigInt(r.timestamp))),
    );
    expect(new Set(given).size).toBe(50);
    expect(Number((given[0] ?? 0n) >> 18n) - Date.now()).toBeLessThan(5000);
  });
});

describe("refused RPCs", () => {
  it("answer 3000 in their own reply, whatever is asked", async () => {
    const { client } = await serve();
    const { refusals, names } = await import("./refusals.js").then(async ({ refusalsOf }) => refusalsOf(client));
    expect(names.length).toBeGreaterThan(20);
    for (const [name, status] of refusals) {
      expect([name, status]).toEqual([
        name,
        expect.objectContaining({
          code: 3000,
          error_code: 1,
          reason: `unsupported operation: ${name} is not supported by the embedded engine`,
        }),
      ]);
    }
    expect(Object.keys(services)).toHaveLength(2);
  });
});
