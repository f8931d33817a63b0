import { buildBloomFilter, buildRoaringBitmap } from "milvus2-sdk-node-3";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { cpuTime } from "../support/cpu-time.js";

const c = { collectionName: "c" };

async function filled(options: object = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  await db.collections.create({ ...c, dimension: 2 });
  const data = Array.from({ length: 3000 }, (_, id) => ({ id, vector: [id, 1], owner: `u${id % 50}`, rank: id }));
  await db.entities.insert({ ...c, data });
  return db;
}
const ids = (rows: Iterable<{ id?: unknown }>) => [...rows].map(({ id }) => id);

describe.each([{ worker: false }, { worker: true }])("sets of members, %o", (options) => {
  it("filter queries, searches and deletes, as bytes or as base64", async () => {
    const db = await filled(options);
    const set = buildRoaringBitmap([3, 5, 8, 99_999]);
    const filter = "membership_match(id, {set}, type=roaring)";
    const exprParams = { set };
    expect(ids(await db.entities.query({ ...c, filter, exprParams }))).toEqual([3, 5, 8]);
    const hits = await db.entities.search({ ...c, data: [[5, 1]], limit: 10, filter, exprParams });
    expect(ids(hits).sort()).toEqual([3, 5, 8]);
    const base64 = Buffer.from(set).toString("base64");
    const body = { ...c, filter, exprParams: { set: base64 }, outputFields: ["id"] };
    const rest = await db.fetch("http://m/v2/vectordb/entities/query", { method: "POST", body: JSON.stringify(body) });
    expect(await rest.json()).toMatchObject({ code: 0, data: [{ id: 3 }, { id: 5 }, { id: 8 }] });
    const owners = buildBloomFilter(["u7", "u8"], 0.0001);
    const owned = await db.entities.query({
      ...c,
      filter: "membership_match(owner, {owners}, type=bloom) and rank < 100",
      exprParams: { owners },
    });
    expect(ids(owned)).toEqual([7, 8, 57, 58]);
    expect(await db.entities.delete({ ...c, filter, exprParams })).toEqual({ deleteCount: 3 });
    await expect(
      db.entities.delete({ ...c, filter: "membership_match(owner, {owners})", exprParams: { owners } }),
    ).rejects.toMatchObject({ code: 1100, message: expect.stringContaining("cannot be used in delete expressions") });
    expect(await db.entities.query({ ...c, filter: "", outputFields: ["count(*)"] })).toEqual([{ "count(*)": 2997 }]);
    await db.close();
  });

  it("are told apart by what they hold, not by their names", async () => {
    const db = await filled(options);
    const found = async (set: Uint8Array) =>
      ids(await db.entities.query({ ...c, filter: "membership_match(id, {set})", exprParams: { set } }));
    for (let round = 0; round < 3; round++) {
      for (let id = 0; id < 20; id++) expect(await found(buildRoaringBitmap([id]))).toEqual([id]);
    }
    // One that its owner writes over afterwards.
    const mine = Uint8Array.from(buildRoaringBitmap([1]));
    expect(await found(mine)).toEqual([1]);
    mine.set(buildRoaringBitmap([2]));
    expect(await found(mine)).toEqual([2]);
    await db.close();
  });

  it("that are large are asked many times without being looked through anew for every row", async () => {
    const db = await filled(options);
    const set = buildRoaringBitmap(Array.from({ length: 200_000 }, (_, i) => i * 7));
    const filter = "membership_match(id, {set})";
    const wanted = Array.from({ length: Math.ceil(3000 / 7) }, (_, i) => i * 7);
    const start = cpuTime();
    for (let round = 0; round < 5; round++) {
      expect(ids(await db.entities.query({ ...c, filter, exprParams: { set }, limit: 3000 }))).toEqual(wanted);
    }
    expect(cpuTime() - start).toBeLessThan(5000);
    await db.close();
  });
});
