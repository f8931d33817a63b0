import { HttpClient } from "@zilliz/milvus2-sdk-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";

// The official client, with the database in place of the network.
let db: Elanus;
let client: HttpClient;

async function connect(
  config: { acceptInt64?: boolean; token?: string } = {},
  options: OpenOptions = {},
): Promise<void> {
  await db?.close();
  db = await Elanus.open(":memory:", options);
  client = new HttpClient({
    endpoint: "http://milvus",
    fetch: (url: string, init: RequestInit) => db.fetch(new Request(url, init)),
    ...config,
  });
}

beforeEach(() => connect());
afterEach(() => db.close());

const collection_name = "book";
const schema = {
  autoId: false,
  enabledDynamicField: true,
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
    { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 64 } },
    { fieldName: "pages", dataType: "Int64", nullable: true },
  ],
};
const indexParams = [
  {
    fieldName: "vector",
    indexName: "vector_index",
    metricType: "L2",
    params: { index_type: "HNSW", M: "8", efConstruction: "64" },
  },
];
const row = (id: number | string) => ({
  id,
  vector: [Number(id), 0, 0, 0],
  title: `book ${id}`,
  pages: Number(id) * 100,
});

describe("the official HTTP client without a socket", () => {
  it("walks the whole life of a collection", async () => {
    const named = { collectionName: collection_name };
    expect(
      await client.createDatabase({ dbName: "shop", properties: { "database.max.collections": 5 } }),
    ).toMatchObject({ code: 0 });
    expect((await client.listDatabases({} as never)).data).toEqual(["default", "shop"]);
    expect(await client.dropDatabase({ dbName: "shop" })).toMatchObject({ code: 0 });

    const created = await client.createCollection({
      ...named,
      schema,
      indexParams,
      consistencyLevel: "Strong",
    } as never);
    expect(created).toMatchObject({ code: 0 });
    expect((await client.hasCollection({ ...named, dbName: "default" })).data).toEqual({ has: true });
    expect((await client.listCollections()).data).toEqual([collection_name]);
    const described = await client.describeCollection(named);
    expect(described.data).toMatchObject({
      collectionName: collection_name,
      load: "LoadStateLoaded",
      fields: [
        { name: "id" },
        { name: "vector", params: [{ key: "dim", value: "4" }] },
        { name: "title" },
        { name: "pages", nullable: true },
      ],
      indexes: [{ fieldName: "vector", indexName: "vector_index", metricType: "L2" }],
    });

    // By default it expects Int64 values as strings, and sends them so.
    const inserted = await client.insert({ ...named, data: [1, 2, 3, 4].map(row) });
    expect(inserted).toMatchObject({ code: 0, data: { insertCount: 4, insertIds: ["1", "2", "3", "4"] } });
    expect((await client.upsert({ ...named, data: [row("4"), row("9007199254740993")] })).data).toEqual({
      upsertCount: 2,
      upsertIds: ["4", "9007199254740993"],
    });
    expect((await client.getCollectionStatistics(named)).data).toEqual({ rowCount: 5 });

    const got = await client.get({ ...named, id: ["1"], outputFields: ["*"] });
    expect(got.data).toEqual([{ id: "1", vector: [1, 0, 0, 0], title: "book 1", pages: "100" }]);
    // A row goes back as it came.
    expect((await client.upsert({ ...named, data: got.data as never })).data).toEqual({
      upsertCount: 1,
      upsertIds: ["1"],
    });
    const queried = await client.query({
      ...named,
      filter: "pages >= 300 and id < 10",
      outputFields: ["title"],
      limit: 10,
    } as never);
    expect(queried.data).toEqual([
      { id: "3", title: "book 3" },
      { id: "4", title: "book 4" },
    ]);
    const found = await client.search({
      ...named,
      data: [
        [1, 0, 0, 0],
        [4, 0, 0, 0],
      ],
      limit: 2,
      outputFields: ["title"],
    } as never);
    expect(found).toMatchObject({ code: 0, topks: [2, 2] });
    // It cuts the flat hits into one list per query vector, by topks.
    const hits = found.data as unknown as { id: string }[][];
    expect(hits.map((list) => list.map(({ id }) => id))).toEqual([
      ["1", "2"],
      ["4", "3"],
    ]);

    expect(await client.createPartition({ ...named, partitionName: "novel" })).toMatchObject({ code: 0, data: {} });
    expect((await client.listPartitions(named)).data).toEqual(["_default", "novel"]);
    expect((await client.hasPartition({ ...named, partitionName: "novel" })).data).toEqual({ has: true });
    await client.insert({ ...named, partitionName: "novel", data: [row(50)] } as never);
    expect((await client.getPartitionStatistics({ ...named, partitionName: "novel" })).data).toEqual({ rowCount: 1 });
    expect(await client.dropPartition({ ...named, partitionName: "novel" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("partition cannot be dropped, partition is loaded, please release it first"),
    });
    expect(await client.releasePartitions({ ...named, partitionNames: ["novel"] })).toMatchObject({ code: 0 });
    expect(await client.loadPartitions({ ...named, partitionNames: ["novel"] })).toMatchObject({ code: 0 });
    await client.releasePartitions({ ...named, partitionNames: ["novel"] });
    expect(await client.dropPartition({ ...named, partitionName: "novel" })).toMatchObject({ code: 0 });

    expect(await client.createAlias({ ...named, aliasName: "tome" })).toMatchObject({ code: 0 });
    expect((await client.listAliases({} as never)).data).toEqual(["tome"]);
    expect((await client.describeAlias({ aliasName: "tome" } as never)).data).toEqual({
      dbName: "default",
      collectionName: collection_name,
      aliasName: "tome",
    });
    expect(await client.alterAlias({ ...named, aliasName: "tome" })).toMatchObject({ code: 0 });
    expect(await client.dropAlias({ aliasName: "tome" } as never)).toMatchObject({ code: 0 });

    expect(await client.delete({ ...named, filter: "id in [1, 2]" })).toMatchObject({
      code: 0,
      data: { deleteCount: 2 },
    });
    expect(
      (await client.alterCollectionProperties({ ...named, properties: { "mmap.enabled": true } } as never)).code,
    ).toBe(104);
    expect([0, 1100, 101]).toContain((await client.refreshLoad(named as never)).code);
    expect((await client.getCompactionState({ compactionID: 1 } as never)).data).toMatchObject({ state: "Completed" });

    expect((await client.listIndexes(named)).data).toEqual(["vector_index"]);
    expect(await client.releaseCollection(named)).toMatchObject({ code: 0 });
    expect((await client.getCollectionLoadState(named)).data).toEqual({ loadState: "LoadStateNotLoad" });
    expect(await client.search({ ...named, data: [[1, 0, 0, 0]], limit: 1 } as never)).toMatchObject({ code: 101 });
    expect(await client.dropIndex({ ...named, indexName: "vector_index" })).toMatchObject({ code: 0 });
    expect(await client.createIndex({ ...named, indexParams })).toMatchObject({ code: 0 });
    expect(await client.loadCollection(named)).toMatchObject({ code: 0 });
    expect(await client.renameCollection({ ...named, newCollectionName: "tome" } as never)).toMatchObject({ code: 0 });
    expect(await client.dropCollection({ collectionName: "tome" })).toMatchObject({ code: 0 });
    expect((await client.listCollections()).data).toEqual([]);
  });

  it("takes Int64 values as numbers when it says so", async () => {
    await connect({ acceptInt64: true });
    await client.createCollection({ collectionName: collection_name, dimension: 4 } as never);
    const inserted = await client.insert({ collectionName: collection_name, data: [{ id: 7, vector: [1, 0, 0, 0] }] });
    expect(inserted.data).toMatchObject({ insertIds: [7] });
  });

  it("gets its documented refusals as HTTP errors", async () => {
    await connect({ token: "root:wrong" }, { auth: { users: { root: "Milvus" } } });
    await expect(client.listCollections()).rejects.toMatchObject({ name: "HttpError", status: 401 });
    await expect(client.POST("/vectordb/nope", {})).rejects.toMatchObject({ status: 404 });
    client = new HttpClient({
      endpoint: "http://milvus",
      username: "root",
      password: "Milvus",
      fetch: (url: string, init: RequestInit) => db.fetch(new Request(url, init)),
    });
    expect(await client.listCollections()).toEqual({ code: 0, data: [] });
  });
});
