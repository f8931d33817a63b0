import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const book = { collectionName: "book" };

async function open(params: Record<string, unknown> = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ ...book, dimension: 2, params });
  return db;
}

describe("a partial upsert", () => {
  it("leaves the dynamic keys that it does not name as they were, doubles among them", async () => {
    const db = await open();
    const post = (body: string) =>
      db.fetch(new Request("http://milvus/v2/vectordb/entities/insert", { method: "POST", body }));
    await post(
      '{"collectionName":"book","data":[{"id":1,"vector":[1,2],"price":1.0,"big":9007199254740993,"__proto__":{"x":2.0}}]}',
    );
    const halves = () => db.entities.query({ ...book, filter: "price / 2 == 0", outputFields: ["id"] });
    expect(await halves()).toEqual([]);
    await db.entities.upsert({ ...book, partialUpdate: true, data: [{ id: 1, color: "red" }] });
    expect(await halves()).toEqual([]);
    const text = JSON.stringify(await db.entities.get({ ...book, id: 1 }), (_, v) =>
      typeof v === "bigint" ? `${v}` : v,
    );
    expect(JSON.parse(text)).toEqual(
      JSON.parse('[{"id":1,"vector":[1,2],"price":1,"big":"9007199254740993","color":"red","__proto__":{"x":2}}]'),
    );
    await db.close();
  });

  it("does not build on an entity that has expired", async () => {
    const db = await open({ ttlSeconds: 1 });
    await db.entities.insert({ ...book, data: [{ id: 1, vector: [1, 2], color: "red" }] });
    await expired(db);
    await expect(
      db.entities.upsert({ ...book, partialUpdate: true, data: [{ id: 1, color: "blue" }] }),
    ).rejects.toMatchObject({
      code: 1804,
      message:
        "fail to deal the insert data, error: missing vector field: vector: invalid parameter[expected=FloatVector][actual=]",
    });
    await db.close();
  });
});

describe("delete by key", () => {
  it("removes entities that have expired: they do not come back when nothing expires any more", async () => {
    const db = await open({ ttlSeconds: 1 });
    const data = [1, 2, 3, 4].map((id) => ({ id, vector: [id, 2], n: id }));
    await db.entities.insert({ ...book, data });
    await expired(db);
    expect(await db.entities.delete({ ...book, id: 1 })).toEqual({ deleteCount: 1 });
    expect(await db.entities.delete({ ...book, filter: "id in [2]" })).toEqual({ deleteCount: 1 });
    expect(await db.entities.delete({ ...book, filter: "n == 3" })).toEqual({ deleteCount: 1 });
    await db.collections.dropProperties({ ...book, propertyKeys: ["collection.ttl.seconds"] });
    expect(await db.entities.query({ ...book, outputFields: ["id"] })).toEqual([{ id: 4 }]);
    await db.close();
  });
});

/** Waits until nothing lives. */
async function expired(db: Elanus): Promise<void> {
  await expect.poll(async () => (await db.collections.getStats(book)).rowCount, { interval: 50 }).toBe(0);
}
