import { createServer, type Socket } from "node:net";
import { DataType, type MilvusClient } from "@zilliz/milvus2-sdk-node";
import { afterEach, describe, expect, it } from "vitest";
import { type Milvus, startMilvus, type TestingOptions } from "../../src/testing/index.js";

// Another Milvus of ours stands for the real one: it is reached over REST v2 all the same.

const started: Milvus[] = [];

async function start(options?: TestingOptions): Promise<Milvus> {
  const milvus = await startMilvus(options);
  started.push(milvus);
  return milvus;
}

afterEach(async () => {
  // Those beside are closed last.
  for (const milvus of started.splice(0).reverse()) await milvus.close();
});

const collectionName = "book";

async function everything({ db, url }: Milvus, client: MilvusClient): Promise<void> {
  await db.collections.create({ collectionName, dimension: 2, metricType: "L2" });
  await db.entities.insert({ collectionName, data: [{ id: 1, vector: [1, 0], title: "a" }] });
  await client.insert({ collection_name: collectionName, data: [{ id: 2, vector: [0, 1], title: "b" }] });
  await client.search({ collection_name: collectionName, data: [0.9, 0.1], limit: 2, output_fields: ["title"] });
  await db.entities.query({ collectionName, filter: "id > 0", outputFields: ["*"] });
  await db.collections.describe({ collectionName });
  await db.entities.search({ collectionName, data: [[1, 0, 0]], limit: 1 }).catch(() => {});
  await fetch(`${url}/v2/vectordb/collections/list`, { method: "POST", body: "{}" });
  await client.delete({ collection_name: collectionName, filter: "id == 1" });
}

describe("a shadow", () => {
  it("is sent each call of every surface; where all ends alike, nothing is told", async () => {
    const real = await start();
    const milvus = await start({ shadow: real.url });
    const calls = real.record();
    await everything(milvus, await milvus.client());
    expect(await milvus.differences()).toEqual([]);
    expect(await real.db.entities.query({ collectionName, filter: "", outputFields: ["count(*)"] })).toEqual([
      { "count(*)": 1 },
    ]);
    expect(new Set(calls.map(({ surface }) => surface))).toEqual(new Set(["rest-v2", "typed"]));
    expect(calls.filter(({ operation }) => operation === "entities/insert")).toHaveLength(2);
  });

  it("is sent values of every kind as they came by gRPC", async () => {
    const real = await start();
    const milvus = await start({ shadow: real.url });
    const client = await milvus.client<MilvusClient>();
    const collection_name = collectionName;
    await client.createCollection({
      collection_name,
      enable_dynamic_field: true,
      fields: [
        { name: "id", data_type: DataType.Int64, is_primary_key: true },
        { name: "flag", data_type: DataType.Bool },
        { name: "price", data_type: DataType.Double },
        { name: "tags", data_type: DataType.Array, element_type: DataType.VarChar, max_capacity: 4, max_length: 9 },
        { name: "more", data_type: DataType.JSON },
        { name: "words", data_type: DataType.SparseFloatVector },
        { name: "bits", data_type: DataType.BinaryVector, dim: 16 },
        { name: "half", data_type: DataType.Float16Vector, dim: 2 },
      ],
      index_params: [
        { field_name: "words", index_type: "SPARSE_INVERTED_INDEX", metric_type: "IP" },
        { field_name: "bits", index_type: "BIN_FLAT", metric_type: "HAMMING" },
        { field_name: "half", index_type: "FLAT", metric_type: "L2" },
      ],
    });
    const row = { flag: true, price: 1.5, tags: ["a", "b"], more: { deep: [1, null] }, free: "x" };
    const inserted = await client.insert({
      collection_name,
      data: [
        { ...row, id: "9007199254740993", words: { 1: 0.5, 9: 2 }, bits: [1, 255], half: [0.5, 0.25] },
        { ...row, id: 2, flag: false, words: { 9: 1 }, bits: [0, 0], half: [1, 1] },
      ],
    });
    expect(inserted.status).toMatchObject({ code: 0 });
    const all = { collection_name, limit: 2, output_fields: ["*"] };
    const queries = [
      { data: { 9: 1 }, anns_field: "words" },
      { data: [1, 254], anns_field: "bits" },
      { data: [0.5, 0.5], anns_field: "half" },
    ];
    for (const query of queries) {
      expect((await client.search({ ...all, ...query } as never)).status).toMatchObject({ code: 0 });
    }
    await client.query({ collection_name, filter: "id > 0", output_fields: ["*"] });
    expect(await milvus.differences()).toEqual([]);
    expect(await real.db.entities.get({ collectionName, id: [2], outputFields: ["tags", "free"] })).toMatchObject([
      { tags: ["a", "b"], free: "x" },
    ]);
  });

  it("tells what ended otherwise, by code and by data; the answers are those of this one", async () => {
    const real = await start();
    const milvus = await start({ shadow: real.url });
    await everything(milvus, await milvus.client());
    await milvus.differences();
    await real.db.entities.delete({ collectionName, filter: "id == 2" });
    real.fail("collections/has", { code: 8, message: "slow down" });
    const rows = await milvus.db.entities.get({ collectionName, id: [2], outputFields: ["title"] });
    expect(rows).toMatchObject([{ title: "b" }]);
    expect(await milvus.db.collections.has({ collectionName })).toEqual({ has: true });
    expect(await milvus.differences()).toMatchObject([
      { kind: "data", operation: "entities/get", local: { data: [{ title: "b" }] }, real: { code: 0, data: [] } },
      { kind: "code", operation: "collections/has", local: { code: 0 }, real: { code: 8, message: "slow down" } },
    ]);
  });

  it("is emptied with this one, of what it was told to make", async () => {
    const real = await start();
    await real.db.collections.create({ collectionName: "another", dimension: 2 });
    const milvus = await start({ shadow: real.url });
    await milvus.db.collections.create({ collectionName, dimension: 2 });
    await milvus.reset();
    await milvus.db.collections.create({ collectionName, dimension: 3 });
    expect(await milvus.differences()).toEqual([]);
    const snapshot = await milvus.snapshot();
    await milvus.restore(snapshot);
    await milvus.db.collections.list();
    expect(await milvus.differences()).toMatchObject([{ kind: "left behind" }]);
    await milvus.close();
    expect(await real.db.collections.list()).toContain("another");
  });

  it("keeps what was there before, and loses what was made there by whatever name", async () => {
    const real = await start();
    const kept = ["precious", "same"];
    await real.db.collections.create({ collectionName: "precious", dimension: 8 });
    await real.db.collections.create({ collectionName: "same", dimension: 4 });
    const milvus = await start({ shadow: real.url });
    const { collections, aliases, snapshots } = milvus.db;
    await collections.create({ collectionName: "precious", dimension: 4 });
    await collections.create({ collectionName: "same", dimension: 4 });
    await collections.create({ collectionName: "named", dimension: 4 });
    await aliases.create({ collectionName: "named", aliasName: "nick" });
    await collections.create({ collectionName: "old", dimension: 4 });
    await collections.rename({ collectionName: "old", newCollectionName: "new" });
    await snapshots.create({ collectionName: "new", snapshotName: "s" });
    await snapshots.restore({ collectionName: "new", snapshotName: "s", targetCollectionName: "restored" });
    expect(await milvus.differences()).toMatchObject([{ kind: "code", operation: "collections/create" }]);
    await milvus.reset();
    await milvus.differences();
    expect(await real.db.collections.list()).toEqual(kept);
    await collections.create({ collectionName: "named", dimension: 4 });
    await milvus.restore(await milvus.snapshot());
    await milvus.close();
    expect(await real.db.collections.list()).toEqual(kept);
  });

  it("tells nothing of what REST refuses in other words than gRPC", async () => {
    const real = await start();
    const milvus = await start({ shadow: real.url });
    const client = await milvus.client<MilvusClient>();
    await milvus.db.collections.create({ collectionName, dimension: 4 });
    const { status } = await client.search({ collection_name: collectionName, data: [1, 2], limit: 1 });
    expect(status.code).toBeGreaterThan(0);
    expect(await milvus.differences()).toEqual([]);
  });

  it("that nobody can reach is told once, and fails nothing", async () => {
    const milvus = await start({ shadow: "http://127.0.0.1:9" });
    await everything(milvus, await milvus.client());
    expect(await milvus.differences()).toMatchObject([{ kind: "unreachable", operation: "collections/create" }]);
  });

  it("may die in the middle", async () => {
    const real = await start();
    const milvus = await start({ shadow: real.url });
    const client = await milvus.client<MilvusClient>();
    await milvus.db.collections.create({ collectionName, dimension: 2 });
    await milvus.differences();
    const [dying] = await Promise.all([
      real.close(),
      milvus.db.entities.insert({ collectionName, data: [{ id: 1, vector: [1, 0] }] }),
    ]);
    expect(dying).toBeUndefined();
    await client.insert({ collection_name: collectionName, data: [{ id: 2, vector: [0, 1] }] });
    expect(await milvus.db.collections.list()).toEqual([collectionName]);
    expect((await milvus.differences()).map(({ kind }) => kind)).toContainEqual("unreachable");
  });

  it("may speak something else", async () => {
    const sockets = new Set<Socket>();
    const odd = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).end("SSH-2.0-x\r\n");
    });
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const { port } = odd.address() as { port: number };
    const milvus = await start({ shadow: `http://127.0.0.1:${port}` });
    expect(await milvus.db.collections.list()).toEqual([]);
    expect(await milvus.differences()).toMatchObject([{ kind: "unreachable" }]);
    odd.close();
    for (const socket of sockets) socket.destroy();
  });

  it("is refused where its address is none; there are no differences without one", async () => {
    await expect(startMilvus({ shadow: "localhost:19530" })).rejects.toThrow(
      /is no address of a server: http:\/\/host:port or https:\/\/host:port/,
    );
    await expect((await start()).differences()).rejects.toThrow(/startMilvus\(\{ shadow \}\)/);
  });
});
