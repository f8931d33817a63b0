import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { afterEach, describe, expect, it } from "vitest";
import type { ConsistencyLevel } from "../../src/index.js";
import { type Milvus, startMilvus, type TestingOptions } from "../../src/testing/index.js";

const started: Milvus[] = [];

async function start(options?: TestingOptions): Promise<Milvus> {
  const milvus = await startMilvus(options);
  started.push(milvus);
  return milvus;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((milvus) => milvus.close()));
});

const collectionName = "book";
const insert = ({ db }: Milvus, ...ids: number[]) =>
  db.entities.insert({ collectionName, data: ids.map((id) => ({ id, vector: [1, id] })) });
const ids = async ({ db }: Milvus, consistencyLevel?: ConsistencyLevel) => {
  const level = consistencyLevel === undefined ? {} : { consistencyLevel };
  const rows = await db.entities.query({ collectionName, filter: "id >= 0", outputFields: ["id"], ...level });
  return rows.map(({ id }) => id);
};

describe("strict", () => {
  it("shows weak reads what was written after a flush or a strong read only", async () => {
    const milvus = await start({ strict: true, from: (db) => db.collections.create({ collectionName, dimension: 2 }) });
    await insert(milvus, 1);
    expect([await ids(milvus), await ids(milvus, "Eventually")]).toEqual([[], []]);
    expect(await ids(milvus, "Session")).toEqual([1]);
    expect(await ids(milvus)).toEqual([]);
    await milvus.db.collections.flush({ collectionName });
    expect(await ids(milvus)).toEqual([1]);
    await Promise.all([insert(milvus, 2), insert(milvus, 3)]);
    await milvus.db.entities.delete({ collectionName, filter: "id == 1" });
    expect(await ids(milvus)).toEqual([1]);
    expect(await ids(milvus, "Strong")).toEqual([2, 3]);
    expect(await ids(milvus)).toEqual([2, 3]);
    await insert(milvus, 4);
    await milvus.reset();
    expect(await ids(milvus)).toEqual([]);
    await insert(milvus, 5);
    expect(await ids(milvus)).toEqual([]);
  });

  it("does the same over gRPC, by the level of the request or of the collection", async () => {
    const milvus = await start({ strict: true });
    const client = await milvus.client<MilvusClient>();
    for (const [name, level, seen] of [
      ["weak", "Bounded", 0],
      ["strong", "Strong", 1],
    ] as const) {
      await client.createCollection({ collection_name: name, dimension: 2, consistency_level: level });
      await client.insert({ collection_name: name, data: [{ id: 1, vector: [1, 0] }] });
      const search = { collection_name: name, data: [1, 0], limit: 3 };
      expect((await client.search(search)).results).toHaveLength(seen);
      expect((await client.search({ ...search, consistency_level: "Strong" } as never)).results).toHaveLength(1);
    }
  });

  it("keeps other collections, and other milvuses, out of it", async () => {
    const milvus = await start({ strict: true });
    await milvus.db.collections.create({ collectionName: "another", dimension: 2 });
    await milvus.db.collections.create({ collectionName, dimension: 2 });
    await insert(milvus, 1);
    await milvus.db.collections.create({ collectionName: "third", dimension: 2 });
    const asked = { filter: "id > 0", outputFields: ["id"] };
    expect(await milvus.db.entities.query({ collectionName: "third", ...asked })).toEqual([]);
    const plain = await start({ from: (db) => db.collections.create({ collectionName, dimension: 2 }) });
    await insert(plain, 1);
    expect(await ids(plain)).toEqual([1]);
  });
});
