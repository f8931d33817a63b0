import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

/** What 3.0 adds to the definitions of collections and indexes. */
const c = { collectionName: "c" };
let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "3.0" });
});
afterEach(() => db.close());
const create = (body: object) => db.request("/v2/vectordb/collections/create", { ...c, ...body });

describe("quick setup with another type of vector", () => {
  it.each<[string, object, string, unknown]>([
    ["FloatVector", { dimension: 2 }, "COSINE", [1, 2]],
    ["Float16Vector", { dimension: 2 }, "COSINE", [1, 2]],
    ["BFloat16Vector", { dimension: 2 }, "COSINE", [1, 2]],
    ["BinaryVector", { dimension: 8 }, "HAMMING", new Uint8Array([3])],
    ["SparseFloatVector", {}, "IP", { 1: 0.5 }],
  ])("%s", async (vectorFieldType, more, metricType, vector) => {
    expect(await create({ vectorFieldType, ...more })).toEqual({ code: 0, data: {} });
    const described = await db.collections.describe(c);
    expect(described.fields[1]).toMatchObject({ name: "vector", type: vectorFieldType });
    expect(described.indexes).toMatchObject([{ fieldName: "vector", metricType }]);
    await db.entities.insert({ ...c, data: [{ id: 1, vector } as never] });
    const hits = await db.entities.search({ ...c, data: [vector as never], limit: 1 });
    expect([...hits].map(({ id }) => id)).toEqual([1]);
  });

  it.each<[object, string]>([
    [{ vectorFieldType: "SparseFloatVector", dimension: 4 }, "dimension should not be specified for SparseFloatVector"],
    [{ vectorFieldType: "BinaryVector" }, "dimension is required for quickly create collection"],
    [{ vectorFieldType: "BinaryVector", dimension: 9 }, "binary vector dimension should be multiple of 8"],
    [{ vectorFieldType: "Int8Vector", dimension: 4 }, "vectorFieldType can only be [FloatVector, BinaryVector"],
    [{ vectorFieldType: "toString", dimension: 4 }, "vectorFieldType can only be [FloatVector, BinaryVector"],
    [{ vectorFieldType: "BinaryVector", dimension: 8, metricType: "COSINE" }, "does not support metric type: COSINE"],
    [
      { dimension: 4, consistencyLevel: "Strong", params: { consistencyLevel: "Bounded" } },
      "top-level consistencyLevel",
    ],
  ])("%o is refused, and nothing is made", async (body, message) => {
    expect(await create(body)).toMatchObject({ code: 1100, message: expect.stringContaining(message) });
    expect(await db.collections.list()).toEqual([]);
  });
});

describe("indexes", () => {
  const fields = [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    { fieldName: "s", dataType: "SparseFloatVector" },
    { fieldName: "doc", dataType: "JSON", nullable: true },
    { fieldName: "flag", dataType: "Bool", nullable: true },
  ];
  beforeEach(async () => {
    await db.collections.create({ ...c, schema: { fields } });
  });
  const index = (fieldName: string, indexType: string, params: object = {}, metricType?: string) =>
    db.request("/v2/vectordb/indexes/create", {
      ...c,
      indexParams: [{ fieldName, indexName: fieldName, indexType, params, ...(metricType && { metricType }) }],
    });

  it.each<[string, string, object, string | undefined]>([
    ["v", "FAISS", { faiss_index_name: "IVF64,Flat" }, "L2"],
    ["v", "AISAQ", { max_degree: 56, search_list_size: 100, pq_code_budget_gb_ratio: 0.1 }, "COSINE"],
    ["v", "DISKANN", {}, "IP"],
    ["s", "SPARSE_INVERTED_INDEX", { inverted_index_algo: "SINDI" }, "IP"],
    ["s", "SPARSE_INVERTED_INDEX", { inverted_index_algo: "BLOCK_MAX_WAND" }, "IP"],
    ["doc", "STL_SORT", { json_path: 'doc["a"]', json_cast_type: "double" }, undefined],
    ["doc", "BITMAP", { json_path: 'doc["a"]', json_cast_type: "varchar" }, undefined],
    ["doc", "HYBRID", { json_path: 'doc["a"]', json_cast_type: "bool" }, undefined],
    ["flag", "HYBRID", {}, undefined],
    ["flag", "BITMAP", { warmup: "async" }, undefined],
  ])("on %s of type %s with %o are made, and described as asked", async (field, type, params, metric) => {
    expect(await index(field, type, params, metric)).toEqual({ code: 0, data: {} });
    expect(await db.indexes.describe({ ...c, indexName: field })).toMatchObject([
      { fieldName: field, indexType: type, metricType: metric ?? "", indexState: "Finished" },
    ]);
    // Again, whatever the case of the type that a path is cast to.
    const again = Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        key === "json_cast_type" ? String(value).toUpperCase() : value,
      ]),
    );
    expect(await index(field, type, again, metric)).toEqual({ code: 0, data: {} });
  });

  it.each<[string, string, object, string | undefined, number, string]>([
    ["v", "FAISS", {}, "L2", 1100, "param 'faiss_index_name' is required"],
    ["v", "SINDI", {}, "IP", 1100, "invalid index type: SINDI"],
    [
      "s",
      "SPARSE_INVERTED_INDEX",
      { inverted_index_algo: "FAST" },
      "IP",
      1100,
      "sparse inverted index algo FAST not found or not supported, supported: [TAAT_NAIVE DAAT_WAND DAAT_MAXSCORE",
    ],
    ["doc", "STL_SORT", { json_cast_type: "double" }, undefined, 1101, "json index must specify json path: missing"],
    ["doc", "BITMAP", { json_path: 'doc["a"]' }, undefined, 1101, "json index must specify cast type: missing"],
    [
      "doc",
      "BITMAP",
      { json_path: 'doc["a"]', json_cast_type: "double" },
      undefined,
      1100,
      "json_cast_type double is not supported for BITMAP index",
    ],
    [
      "doc",
      "STL_SORT",
      { json_path: 'doc["a"]', json_cast_type: "bool" },
      undefined,
      1100,
      "json_cast_type bool is not supported for STL_SORT index",
    ],
    ["flag", "BITMAP", { warmup: "now" }, undefined, 1100, "invalid warmup policy: now, must be 'disable', 'sync' or"],
    ["v", "HNSW", { M: "8", note: "x".repeat(102_400) }, "L2", 1100, "index params should be limited to 102400"],
  ])("on %s of type %s with %o are refused", async (field, type, params, metric, code, message) => {
    expect(await index(field, type, params, metric)).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await db.indexes.list(c)).toEqual([]);
  });

  it("of a path are described with the type in capitals, and find what they are for", async () => {
    await index("doc", "STL_SORT", { json_path: 'doc["a"]', json_cast_type: "double" });
    await index("v", "FLAT", {}, "L2");
    await index("s", "SPARSE_INVERTED_INDEX", {}, "IP");
    await db.collections.load(c);
    await db.entities.insert({ ...c, data: [1, 2, 3].map((id) => ({ id, v: [id, 1], s: { 1: 1 }, doc: { a: id } })) });
    expect(await db.entities.query({ ...c, filter: 'doc["a"] > 1', outputFields: ["id"] })).toEqual([
      { id: 2 },
      { id: 3 },
    ]);
    const server = await db.listen({ port: 0 });
    const { MilvusClient } = await import("milvus2-sdk-node-3");
    const client = new MilvusClient({ address: new URL(server.url).host, logLevel: "error" });
    const { index_descriptions: told } = await client.describeIndex({ collection_name: "c", index_name: "doc" });
    expect(told[0]?.params).toContainEqual({ key: "json_cast_type", value: "DOUBLE" });
    await client.closeConnection();
  });
});

it("what says when data are warm cannot change while they are in memory", async () => {
  await db.collections.create({ ...c, dimension: 2 });
  const properties = { "warmup.vectorIndex": "sync" };
  const alter = () => db.request("/v2/vectordb/collections/alter_properties", { ...c, properties });
  expect(await alter()).toEqual({
    code: 104,
    message: "can not alter warmup properties if collection loaded: collection already loaded[collection=c]",
  });
  await db.collections.release(c);
  expect(await alter()).toEqual({ code: 0, data: {} });
  properties["warmup.vectorIndex"] = "later";
  expect(await alter()).toMatchObject({ code: 1100, message: expect.stringContaining("invalid warmup policy: later") });
});

describe("the age at which rows expire", () => {
  const properties = async () =>
    Object.fromEntries((await db.collections.describe(c)).properties.map(({ key, value }) => [key, value]));
  const alter = (changed: object) =>
    db.request("/v2/vectordb/collections/alter_properties", { ...c, properties: changed });

  it("may have a short name, and be said once", async () => {
    expect(await create({ dimension: 2, properties: { "ttl.seconds": 60 } })).toEqual({ code: 0, data: {} });
    expect(await properties()).toMatchObject({ "collection.ttl.seconds": "60" });
    expect(await properties()).not.toHaveProperty(["ttl.seconds"]);
    expect(await alter({ "ttl.seconds": 70 })).toEqual({ code: 0, data: {} });
    expect(await properties()).toMatchObject({ "collection.ttl.seconds": "70" });
    const twice = { code: 1100, message: "collection TTL is specified multiple times: invalid parameter" };
    expect(await alter({ "ttl.seconds": 1, "collection.ttl.seconds": 1 })).toEqual(twice);
    for (const more of [
      { properties: { "ttl.seconds": 1 }, params: { ttlSeconds: 1 } },
      { properties: { "collection.ttl.seconds": 1 }, params: { ttlSeconds: 1 } },
      { properties: { "collection.ttl.seconds": 1, "ttl.seconds": 1 } },
    ]) {
      expect(await create({ collectionName: "d", dimension: 2, ...more })).toEqual(twice);
    }
  });

  it("lies within bounds, and -1 is none", async () => {
    await db.collections.create({ ...c, dimension: 2, properties: { "collection.ttl.seconds": -1 } });
    await db.entities.insert({ ...c, data: [{ id: 1, vector: [1, 2] }] });
    expect(await db.entities.query({ ...c, filter: "" })).toHaveLength(1);
    for (const ttl of [-2, 3_155_760_001, "99999999999999999999"]) {
      expect(await alter({ "collection.ttl.seconds": ttl })).toEqual({
        code: 1100,
        message: `collection TTL is out of range, expect [-1, 3155760000], got ${ttl}: invalid parameter`,
      });
    }
    expect(await alter({ "collection.ttl.seconds": 3_155_760_000 })).toEqual({ code: 0, data: {} });
  });
});

it.each<[object, string]>([
  [
    { fieldName: "t", dataType: "Text", nullable: true, defaultValue: "x" },
    "default value is not supported when adding TEXT field, field name = t",
  ],
  [
    { fieldName: "$namespace_id", dataType: "Int64", nullable: true },
    "not support to add system field, field name = $namespace_id",
  ],
  ...["Mol", "Date", "Time", "Decimal"].map((dataType): [object, string] => [
    { fieldName: "x", dataType, nullable: true },
    `field data type: ${dataType} is not supported`,
  ]),
])("a field %o is not added", async (schema, text) => {
  await db.collections.create({ ...c, dimension: 2 });
  const message = `${text}: invalid parameter`;
  expect(await db.request("/v2/vectordb/collections/fields/add", { ...c, schema })).toEqual({ code: 1100, message });
});
