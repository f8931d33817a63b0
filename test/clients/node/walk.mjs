// The official Node client on its way through a collection's life.
//
//   node walk.mjs <package of the client> <walk>
import { createRequire } from "node:module";
import { address, step } from "./steps.mjs";

const [name, chosen] = process.argv.slice(2);
const { MilvusClient, DataType } = createRequire(import.meta.url)(name);
let client;
const connect = () => {
  client = new MilvusClient({ address });
  return client.connectPromise;
};
// Real servers need it to read at once what was just written.
const strong = { consistency_level: "Strong" };
const vectors = [
  [1, 0, 0, 0],
  [2, 0, 0, 0],
  [3, 0, 0, 0],
];

const walks = {
  async quickstart() {
    await step("connect", connect);
    await step("create", () =>
      client.createCollection({ collection_name: "quick", dimension: 4, metric_type: "L2", ...strong }),
    );
    await step("insert", () =>
      client.insert({
        collection_name: "quick",
        data: vectors.map((vector, i) => ({ id: i + 1, vector, color: `c${i}`, nested: { deep: [i] } })),
      }),
    );
    await step("search", () => client.search({ collection_name: "quick", data: vectors[0], limit: 2 }));
    await step("search two", () =>
      client.search({ collection_name: "quick", data: vectors.slice(0, 2), limit: 1, output_fields: ["id", "color"] }),
    );
    await step("search nothing", () =>
      client.search({ collection_name: "quick", data: vectors[0], filter: "id > 99", output_fields: ["color"] }),
    );
    await step("query", () =>
      client.query({ collection_name: "quick", filter: "id >= 2", output_fields: ["id", "vector", "color"] }),
    );
    await step("query nothing", () =>
      client.query({ collection_name: "quick", filter: "id > 99", output_fields: ["*"] }),
    );
    await step("count", () => client.count({ collection_name: "quick" }));
    await step("get", () => client.get({ collection_name: "quick", ids: [1], output_fields: ["color"] }));
    await step("upsert", () =>
      client.upsert({ collection_name: "quick", data: [{ id: 1, vector: vectors[2], color: "new" }] }),
    );
    await step("delete", () => client.delete({ collection_name: "quick", ids: [2] }));
    await step("delete by filter", () => client.delete({ collection_name: "quick", filter: 'color == "c2"' }));
    await step("flush", () => client.flushSync({ collection_names: ["quick"] }));
    await step("statistics", () => client.getCollectionStatistics({ collection_name: "quick" }));
    await step("describe", () => client.describeCollection({ collection_name: "quick" }));
    await step("index", () => client.describeIndex({ collection_name: "quick" }));
    await step("version", () => client.getVersion());
    await step("health", () => client.checkHealth());
    await step("metrics", () => client.getMetric({ request: { metric_type: "system_info" } }));
    await step("drop", () => client.dropCollection({ collection_name: "quick" }));
    await step("gone", () => client.hasCollection({ collection_name: "quick" }));
  },

  async partitions() {
    await connect();
    const book = { collection_name: "book" };
    const novel = { ...book, partition_names: ["novel"] };
    await client.createCollection({
      ...book,
      ...strong,
      fields: [
        { name: "id", data_type: DataType.Int64, is_primary_key: true },
        { name: "vec", data_type: DataType.FloatVector, dim: 4 },
      ],
    });
    await step("create index", () =>
      client.createIndex({
        ...book,
        field_name: "vec",
        index_type: "HNSW",
        metric_type: "L2",
        params: { M: 8, efConstruction: 64 },
      }),
    );
    await step("create partition", () => client.createPartition({ ...book, partition_name: "novel" }));
    await step("insert", () =>
      client.insert({ ...book, partition_name: "novel", data: vectors.map((vec, i) => ({ id: i, vec })) }),
    );
    await client.insert({ ...book, data: [{ id: 9, vec: vectors[0] }] });
    await step("load", () => client.loadCollectionSync(book));
    await step("has partition", () => client.hasPartition({ ...book, partition_name: "novel" }));
    // The guide, word for word: how to release a partition.
    const milvusClient = client;
    await step(
      "release",
      async () =>
        // biome-ignore format: as it stands in the guide
        await milvusClient.releasePartitions({ collection_name: "book", partition_names: ["novel"] }),
    );
    await step("release again", () => client.releasePartitions(novel));
    await step("state of novel", () => client.getLoadState(novel));
    await step("state of book", () => client.getLoadState(book));
    await step("search novel", () => client.search({ ...novel, data: vectors[0], limit: 5 }));
    await step("search all", () => client.search({ ...book, data: vectors[0], limit: 5, output_fields: ["id"] }));
    await step("load novel", () => client.loadPartitionsSync(novel));
    await step("search novel again", () =>
      client.search({ ...novel, data: vectors[0], limit: 1, output_fields: ["id"] }),
    );
    await step("drop loaded", () => client.dropPartition({ ...book, partition_name: "novel" }));
    await step("unknown partition", () => client.releasePartitions({ ...book, partition_names: ["x"] }));
    await step("unknown collection", () => client.releasePartitions({ ...novel, collection_name: "none" }));
    await step("no names", () => client.releasePartitions({ ...book, partition_names: [] }));
    await step("show partitions", () => client.showPartitions(book));
    await step("statistics", () => client.getPartitionStatistics({ ...book, partition_name: "novel" }));
    await client.releasePartitions(novel);
    await step("drop", () => client.dropPartition({ ...book, partition_name: "novel" }));
    await step("release collection", () => client.releaseCollection(book));
    await step("search released", () => client.search({ ...book, data: vectors[0] }));
  },

  async legacy() {
    await connect();
    await client.createCollection({ collection_name: "book", dimension: 4 });
    await client.createPartition({ collection_name: "book", partition_name: "novel" });
    await step("release", () => client.releasePartitions({ collection_name: "book", partition_names: ["novel"] }));
    await step("load", () => client.loadPartitions({ collection_name: "book", partition_names: ["novel"] }));
  },

  async iterators() {
    await connect();
    const all = { collection_name: "all" };
    await client.createCollection({ ...all, dimension: 4, metric_type: "L2", ...strong });
    await client.insert({
      ...all,
      data: Array.from({ length: 100 }, (_, i) => ({ id: i, vector: [i % 10, 0, 0, 0] })),
    });
    await step("query iterator", async () => {
      const pages = [];
      const iterator = await client.queryIterator({ ...all, filter: "id >= 0", batchSize: 30, output_fields: ["id"] });
      for await (const page of iterator) pages.push(page.map((row) => row.id));
      return pages;
    });
    await step("search iterator", async () => {
      const pages = [];
      const iterator = await client.searchIterator({
        ...all,
        data: [0, 0, 0, 0],
        batchSize: 30,
        limit: 100,
        output_fields: ["id"],
      });
      for await (const page of iterator) pages.push(page.map((row) => row.id));
      return pages;
    });
  },

  async types() {
    await connect();
    const types = { collection_name: "types" };
    await step("create", () =>
      client.createCollection({
        ...types,
        fields: [
          { name: "id", data_type: DataType.VarChar, is_primary_key: true, max_length: 20 },
          { name: "v", data_type: DataType.FloatVector, dim: 4 },
          { name: "ok", data_type: DataType.Bool },
          { name: "i8", data_type: DataType.Int8 },
          { name: "i64", data_type: DataType.Int64 },
          { name: "f", data_type: DataType.Float },
          { name: "d", data_type: DataType.Double },
          { name: "s", data_type: DataType.VarChar, max_length: 30, nullable: true },
          { name: "j", data_type: DataType.JSON, nullable: true },
          { name: "a", data_type: DataType.Array, element_type: DataType.VarChar, max_capacity: 5, max_length: 9 },
          { name: "n", data_type: DataType.Int32, default_value: 7 },
        ],
        enable_dynamic_field: true,
        index_params: [
          { field_name: "v", index_type: "HNSW", metric_type: "L2", params: { M: 8, efConstruction: 64 } },
        ],
      }),
    );
    await step("load", () => client.loadCollectionSync(types));
    const row = { v: [1, 2, 3, 4], ok: true, i8: -128, i64: "9223372036854775807", f: 0.5, d: 0.1, a: ["x", "é"] };
    await step("insert", () =>
      client.insert({
        ...types,
        data: [
          { id: "one", ...row, s: "text", j: { a: [1, { b: null }] }, n: 5, extra: { deep: true } },
          { id: "two", ...row, ok: false, i64: -1, s: null, j: null, a: [] },
        ],
      }),
    );
    await step("query", () => client.query({ ...types, filter: 'id in ["one", "two"]', output_fields: ["*"] }));
    await step("dynamic", () => client.query({ ...types, filter: 'extra["deep"] == true', output_fields: ["extra"] }));
    await step("template", () =>
      client.query({
        ...types,
        filter: "i64 == {x}",
        exprValues: { x: -1 },
        output_fields: ["id"],
      }),
    );
    await step("missing field", () => client.insert({ ...types, data: [{ id: "three" }] }));
  },

  async vectors() {
    await connect();
    const narrow = { collection_name: "vectors" };
    const kinds = [
      ["f16", "Float16Vector", "L2", { dim: 4 }],
      ["bf16", "BFloat16Vector", "COSINE", { dim: 4 }],
      ["bits", "BinaryVector", "HAMMING", { dim: 16 }],
      ["i8", "Int8Vector", "L2", { dim: 4 }],
      ["sparse", "SparseFloatVector", "IP", {}],
    ];
    await step("create", () =>
      client.createCollection({
        ...narrow,
        fields: [
          { name: "id", data_type: DataType.Int64, is_primary_key: true },
          ...kinds.map(([name, type, , more]) => ({ name, data_type: DataType[type], ...more })),
        ],
        index_params: kinds.map(([field_name, , metric_type]) => ({
          field_name,
          index_type: field_name === "sparse" ? "SPARSE_INVERTED_INDEX" : "AUTOINDEX",
          metric_type,
        })),
      }),
    );
    await step("load", () => client.loadCollectionSync(narrow));
    const near = {
      f16: [1, 0.5, 0, 0],
      bf16: [1, 0.5, 0, 0],
      bits: [255, 1],
      i8: [1, -128, 127, 0],
      sparse: { 3: 0.5, 70000: 2 },
    };
    const far = { f16: [-4, 0, 0, 0], bf16: [-1, 0, 1, 0], bits: [0, 0], i8: [0, 0, 0, 0], sparse: { 9: 1 } };
    await step("insert", () =>
      client.insert({
        ...narrow,
        data: [
          { id: 1, ...near },
          { id: 2, ...far },
        ],
      }),
    );
    await step("query", () => client.query({ ...narrow, filter: "id > 0", output_fields: ["*"] }));
    for (const [name] of kinds) {
      await step(`search ${name}`, () =>
        client.search({ ...narrow, data: [near[name]], anns_field: name, limit: 2, output_fields: ["id", name] }),
      );
    }
  },

  async definitions() {
    await connect();
    const book = { collection_name: "book" };
    await client.createCollection({ ...book, dimension: 4 });
    await step("alias", () => client.createAlias({ ...book, alias: "other" }));
    await step("describe alias", () => client.describeAlias({ ...book, alias: "other" }));
    await step("list aliases", () => client.listAliases(book));
    await step("drop alias", () => client.dropAlias({ alias: "other" }));
    await step("alter", () =>
      client.alterCollectionProperties({ ...book, properties: { "collection.ttl.seconds": 60 } }),
    );
    await step("add field", () =>
      client.addCollectionField({ ...book, field: { name: "late", data_type: "Int64", nullable: true } }),
    );
    await step("rename", () => client.renameCollection({ ...book, new_collection_name: "novel" }));
    await step("create database", () => client.createDatabase({ db_name: "shelf" }));
    await step("list databases", () => client.listDatabases());
    await step("use database", () => client.useDatabase({ db_name: "shelf" }));
    await step("empty", () => client.showCollections());
    await step("missing database", () => client.useDatabase({ db_name: "none" }).then(() => client.showCollections()));
    await client.useDatabase({ db_name: "default" });
    await step("show collections", () => client.showCollections());
    await step("show loaded", () => client.showCollections({ type: 1 }));
    await step("users", () => client.listUsers());
    await step("roles", () => client.listRoles());
    await step("not there", () => client.describeCollection({ collection_name: "none" }));
    await step("create group", () => client.createResourceGroup({ resource_group: "big" }));
    await step("groups", () => client.listResourceGroups());
    await step("drop group", () => client.dropResourceGroup({ resource_group: "big" }));
  },

  /** What clients of Milvus 3.0 ask of a search. */
  async ranking() {
    await connect();
    await client.createCollection({
      collection_name: "shop",
      fields: [
        { name: "id", data_type: DataType.Int64, is_primary_key: true },
        { name: "v", data_type: DataType.FloatVector, dim: 2 },
        { name: "price", data_type: DataType.Int64, nullable: true },
        { name: "cat", data_type: DataType.VarChar, max_length: 10 },
      ],
      index_params: [{ field_name: "v", index_type: "FLAT", metric_type: "L2" }],
    });
    const prices = [0, 2, 4, null, 3, 0];
    const data = prices.map((price, id) => ({ id, v: [id, 0], price, cat: id % 2 === 0 ? "y" : "x" }));
    await client.insert({ collection_name: "shop", data });
    const search = (more) =>
      client.search({ collection_name: "shop", anns_field: "v", data: [0, 0], limit: 6, ...more });
    await step("ordered", () =>
      search({ limit: 3, output_fields: ["price"], order_by_fields: [{ field: "price", order: "desc" }] }),
    );
    await step("grouped", () => search({ output_fields: ["cat"], group_by_fields: ["cat", "price"] }));
    await step("facets", () =>
      search({
        output_fields: ["price"],
        search_aggregation: {
          fields: ["cat"],
          size: 2,
          metrics: { p: { op: "avg", field_name: "price" } },
          order: [{ key: "_key", direction: "asc" }],
          top_hits: { size: 2, sort: [{ field_name: "price", direction: "desc" }] },
        },
      }),
    );
  },
};

await walks[chosen]();
await client.closeConnection();
process.exit(0);
