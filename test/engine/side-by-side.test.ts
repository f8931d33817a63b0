import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError, type OpenOptions } from "../../src/index.js";
import { clustered } from "../vector/oracle.js";

const D = 32;
const N = 4000;
const base = clustered(N, D, 1);
const queries = clustered(200, D, 2);
const vectorOf = (all: Float32Array, i: number): number[] => [...all.subarray(i * D, (i + 1) * D)];

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function filled(options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  opened.push(db);
  await db.collections.create({ collectionName: "c", dimension: D, metricType: "L2" });
  const data = Array.from({ length: N }, (_, id) => ({ id, vector: vectorOf(base, id), even: id % 2 === 0 }));
  await db.entities.insert({ collectionName: "c", data });
  return db;
}

const request = (i: number, more: object = {}) => ({
  collectionName: "c",
  data: [vectorOf(queries, i % 200)],
  limit: 7,
  outputFields: ["even"],
  ...more,
});

async function oneByOne(db: Elanus, count: number, more?: object) {
  const found = [];
  for (let i = 0; i < count; i++) found.push([...(await db.entities.search(request(i, more)))]);
  return found;
}

/** Several callers, each of whom waits for his own answers. */
async function sideBySide(db: Elanus, count: number, callers: number, more?: object) {
  const found: object[][] = [];
  let next = 0;
  const caller = async () => {
    while (next < count) {
      const i = next++;
      found[i] = [...(await db.entities.search(request(i, more)))];
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return found;
}

/**
 * Searches side by side until other threads take part; so many that on any machine it is worth waking them. That may take a while:
 * threads are not woken while their cores are wanted elsewhere.
 */
async function busy(db: Elanus): Promise<void> {
  const searched = async () => {
    await sideBySide(db, 200, 100);
    return (await db.stats()).searchThreads.searched;
  };
  await expect.poll(searched, { interval: 1 }).toBeGreaterThan(0);
}

describe("searches side by side", () => {
  it.each([false, true])("find what they find one by one (worker: %s)", async (worker) => {
    const db = await filled({ worker, searchThreads: 2 });
    const alone = await oneByOne(db, 50);
    expect((await db.stats()).searchThreads).toEqual({ most: 2, running: 0, searched: 0, failReason: "" });
    await busy(db);
    expect(await sideBySide(db, 50, 8)).toEqual(alone);
    expect(await sideBySide(db, 50, 2)).toEqual(alone);
    expect(await sideBySide(db, 50, 50)).toEqual(alone);
    const all = await db.entities.search(
      request(0, { data: Array.from({ length: 50 }, (_, i) => vectorOf(queries, i)) }),
    );
    expect(Array.from({ length: 50 }, (_, i) => all.slice(i * 7, i * 7 + 7))).toEqual(alone);
    // Again, after all of that, one by one.
    expect(await oneByOne(db, 20)).toEqual(alone.slice(0, 20));
  });

  it.each<[string, object]>([
    ["a filter", { filter: "even == true" }],
    ["a range", { searchParams: { params: { radius: 30, range_filter: 3 } } }],
    ["groups", { groupingField: "even", limit: 2 }],
    ["pages", { offset: 5 }],
    ["a filter whose values differ", { filter: "id > {least}", exprParams: { least: 1000 } }],
  ])("find the same with %s", async (_name, more) => {
    const db = await filled();
    await busy(db);
    expect(await sideBySide(db, 60, 8, more)).toEqual(await oneByOne(db, 60, more));
    const together = await db.entities.search(
      request(0, { ...more, data: Array.from({ length: 60 }, (_, i) => vectorOf(queries, i)) }),
    );
    expect([...together]).toEqual((await oneByOne(db, 60, more)).flat());
  });

  it("over HTTP and one handle find the same", async () => {
    const db = await filled();
    const server = await db.listen({ port: 0 });
    const search = async (i: number): Promise<unknown> => {
      const { data, ...rest } = request(i);
      const answer = await fetch(`${server.url}/v2/vectordb/entities/search`, {
        method: "POST",
        body: JSON.stringify({ ...rest, data, annsField: "vector" }),
      });
      return await answer.json();
    };
    const alone = [];
    for (let i = 0; i < 30; i++) alone.push(await search(i));
    for (let round = 0; round < 10; round++) {
      expect(await Promise.all(Array.from({ length: 30 }, (_, i) => search(i)))).toEqual(alone);
    }
  });

  it("see what was there when they were called, whatever is called after them", async () => {
    const db = await filled();
    await busy(db);
    const near = { id: N, vector: vectorOf(queries, 0), even: true };
    const searches = (n: number) => Promise.all(Array.from({ length: n }, () => db.entities.search(request(0))));
    const before = searches(4);
    const insert = db.entities.insert({ collectionName: "c", data: [near] });
    const after = searches(4);
    const removal = db.entities.delete({ collectionName: "c", filter: `id == ${N}` });
    const last = searches(4);
    await Promise.all([insert, removal]);
    for (const hits of await before) expect(hits[0]?.["id"]).not.toBe(N);
    for (const hits of await after) expect(hits[0]?.["id"]).toBe(N);
    for (const hits of await last) expect(hits[0]?.["id"]).not.toBe(N);
  });

  it.each(["release", "drop"] as const)(
    "are answered when a %s comes after them; later ones are refused",
    async (what) => {
      const db = await filled();
      await busy(db);
      const before = Array.from({ length: 10 }, (_, i) => db.entities.search(request(i)));
      const many = db.entities
        .search(request(0, { data: Array.from({ length: 200 }, (_, i) => vectorOf(queries, i)), limit: 1000 }))
        .catch((error: unknown) => error);
      const end = db.collections[what]({ collectionName: "c" });
      const refused = db.entities.search(request(0)).catch((error: unknown) => error);
      for (const [i, hits] of (await Promise.all(before)).entries()) expect(hits, `${i}`).toHaveLength(7);
      await end;
      expect((await refused) as { code: number }).toMatchObject({ code: what === "drop" ? 100 : 101 });
      // A search of many vectors goes on after a pause, and then sees that the collection has gone.
      const outcome = await many;
      if (isElanusError(outcome)) expect(outcome.code).toBe(101);
      else expect(outcome).toHaveLength(200_000);
    },
  );

  it("are answered when the database is closed after them", async () => {
    const db = await filled();
    await busy(db);
    const before = Array.from({ length: 20 }, (_, i) => db.entities.search(request(i)));
    const closed = db.close();
    for (const hits of await Promise.all(before)) expect(hits).toHaveLength(7);
    await closed;
  });

  it("are searched by the calling thread alone in what only it can search", async () => {
    const db = await Elanus.open(":memory:", { searchThreads: 2 });
    opened.push(db);
    const fields = [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "sparse", dataType: "SparseFloatVector" },
    ];
    const indexParams = [{ fieldName: "sparse", indexType: "SPARSE_INVERTED_INDEX", metricType: "IP" }];
    await db.collections.create({ collectionName: "s", schema: { fields }, indexParams });
    const row = (id: number) => ({ [id % 50]: 1, [50 + (id % 70)]: 0.5 });
    const data = Array.from({ length: 3000 }, (_, id) => ({ id, sparse: row(id) }));
    await db.entities.insert({ collectionName: "s", data });
    const search = (i: number) => db.entities.search({ collectionName: "s", data: [row(i)], limit: 3 });
    const alone = [];
    for (let i = 0; i < 50; i++) alone.push([...(await search(i))]);
    for (let round = 0; round < 10; round++) {
      const together = await Promise.all(Array.from({ length: 50 }, (_, i) => search(i)));
      expect(together.map((hits) => [...hits])).toEqual(alone);
    }
    expect((await db.stats()).searchThreads.running).toBe(0);
  });
});
