import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError, type SearchIteratorRequest } from "../../src/index.js";

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(metricType: string, worker = false): Promise<Elanus> {
  const db = await Elanus.open(":memory:", { worker, exactBelow: 100 });
  opened.push(db);
  await db.collections.create({
    collectionName: "c",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64" },
      ],
    },
    indexParams: [{ fieldName: "v", metricType, indexType: "HNSW", params: { M: 4, efConstruction: 8 } }],
  });
  return db;
}

const rows = (count: number, at: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => ({ id: i, v: [at(i), 1], n: i }));
const c = { collectionName: "c" };

async function batches<T>(
  iterator: AsyncIterable<readonly T[]>,
  each?: (n: number) => Promise<unknown>,
): Promise<T[][]> {
  const all: T[][] = [];
  for await (const batch of iterator) {
    all.push([...batch]);
    await each?.(all.length);
  }
  return all;
}
const ids = (all: readonly (readonly { readonly id?: unknown }[])[]) => all.flat().map(({ id }) => id);
const refused = async (iterator: AsyncIterable<unknown>): Promise<string> => {
  try {
    for await (const _ of iterator);
  } catch (error) {
    return isElanusError(error) ? `${error.code} ${error.message}` : String(error);
  }
  return "";
};

describe.each(["L2", "IP", "COSINE"])("a search iterator, %s", (metric) => {
  it.each([false, true])("gives every row once, best first, ties by key; worker: %s", async (worker) => {
    const db = await open(metric, worker);
    await db.entities.insert({ ...c, data: rows(700, (i) => (i * 37) % 50) });
    const all = await batches(db.entities.searchIterator({ ...c, data: [[9, 1]], batchSize: 64, outputFields: ["n"] }));
    const exact = await db.entities.search({
      ...c,
      data: [[9, 1]],
      limit: 700,
      outputFields: ["n"],
      searchParams: { radius: metric === "L2" ? 1e30 : -1e30 },
    });
    expect(all.flat()).toEqual([...exact]);
    expect(all.map((batch) => batch.length)).toEqual([...new Array<number>(10).fill(64), 60]);
  });
});

describe("a search iterator", () => {
  it("keeps to filter, range and limit, whatever the sizes", async () => {
    const db = await open("L2");
    await db.entities.insert({ ...c, data: rows(60, (i) => i % 7) });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batchSize: fc.integer({ min: 1, max: 70 }),
          limit: fc.option(fc.integer({ min: 0, max: 70 }), { nil: undefined }),
          least: fc.integer({ min: 0, max: 60 }),
          radius: fc.option(fc.constantFrom(1, 4, 9, 100), { nil: undefined }),
        }),
        async ({ batchSize, limit, least, radius }) => {
          const request = {
            ...c,
            data: [[0, 1]],
            filter: "n >= {least}",
            exprParams: { least },
            searchParams: { params: { ...(radius === undefined ? {} : { radius }) } },
          } satisfies SearchIteratorRequest;
          const wanted = limit ?? 100;
          const found = await batches(
            db.entities.searchIterator({ ...request, batchSize, ...(limit === undefined ? {} : { limit }) }),
          );
          const all = wanted === 0 ? [] : ids([await db.entities.search({ ...request, limit: wanted })]);
          expect(ids(found)).toEqual(all);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("goes through more rows of one score than a search can give", async () => {
    const db = await open("L2");
    await db.entities.insert({ ...c, data: rows(20_000, () => 3) });
    const all = await batches(db.entities.searchIterator({ ...c, data: [[0, 1]], batchSize: 9000 }));
    expect(all.map((batch) => batch.length)).toEqual([9000, 9000, 2000]);
    expect(new Set(ids(all)).size).toBe(20_000);
  });

  it("gives no row twice and leaves none out while others are written", async () => {
    const db = await open("L2");
    await db.entities.insert({ ...c, data: rows(100, (i) => i) });
    const all = await batches(db.entities.searchIterator({ ...c, data: [[0, 1]], batchSize: 10 }), async (n) => {
      if (n > 5) return;
      // One row that was given moves behind, one comes in front, one far behind, one that is still to come goes.
      await db.entities.upsert({ ...c, data: { id: n, v: [500 + n, 1], n } });
      await db.entities.insert({ ...c, data: [{ id: 1000 + n, v: [0, 1], n }] });
      await db.entities.insert({ ...c, data: [{ id: 2000 + n, v: [400 + n, 1], n }] });
      await db.entities.delete({ ...c, id: 90 + n });
    });
    const found = ids(all);
    expect(new Set(found).size).toBe(found.length);
    const gone = [91, 92, 93, 94, 95];
    const kept = Array.from({ length: 100 }, (_, i) => i).filter((id) => !gone.includes(id));
    expect([...found].sort((a, b) => Number(a) - Number(b))).toEqual([...kept, 2001, 2002, 2003, 2004, 2005]);
  });

  it("notices that the collection is another one", async () => {
    const db = await open("L2");
    await db.entities.insert({ ...c, data: rows(10, (i) => i) });
    const iterator = db.entities.searchIterator({ ...c, data: [[0, 1]], batchSize: 4 });
    expect((await iterator.next()).value).toHaveLength(4);
    await db.collections.drop(c);
    await db.collections.create({ ...c, dimension: 2, metricType: "L2" });
    expect(await refused(iterator)).toMatch(/^1100 collection id:\d+ in the request is not consistent/);
  });

  it("ends when the caller has enough, and refuses what it cannot do", async () => {
    const db = await open("L2");
    await db.entities.insert({ ...c, data: rows(10, (i) => i) });
    for await (const batch of db.entities.searchIterator({ ...c, data: [[0, 1]], batchSize: 3 })) {
      expect(batch).toHaveLength(3);
      break;
    }
    const search = (more: object) => refused(db.entities.searchIterator({ ...c, data: [[0, 1]], ...more } as never));
    expect(await search({ batchSize: 0 })).toContain(
      "batchSize of searchIterator must be an integer from 1 to 16384, not 0",
    );
    expect(await search({ limit: -1 })).toContain("limit of searchIterator must be an integer from 0 on");
    expect(await search({ offset: 1 })).toContain("searchIterator does not take offset");
    expect(await search({ groupingField: "n" })).toContain("searchIterator does not take groupingField");
    expect(await search({ searchParams: { round_decimal: 1 } })).toContain("does not take round_decimal");
    expect(await search({ searchParams: { params: { group_by_fields: "n" } } })).toContain(
      "does not take group_by_fields",
    );
    expect(await search({ orderByFields: ["n"] } as object)).toContain("does not take orderByFields");
    expect(await search({ functionChains: [] } as object)).toContain("does not take functionChains");
    expect(
      await search({
        data: [
          [0, 1],
          [1, 1],
        ],
      }),
    ).toContain("search iterator does not support nq > 1, got 2");
    expect(await search({ filtre: "" })).toContain('did you mean "filter"?');
    await db.close();
    expect(await search({})).toBe("1 service not ready: the database is closed");
  });
});

describe.each([false, true])("a query iterator, worker: %s", (worker) => {
  it("gives every row once, by key, also while others are written", async () => {
    const db = await open("L2", worker);
    await db.entities.insert({ ...c, data: rows(25, (i) => i) });
    const filter = "n < {most}";
    const all = await batches(
      db.entities.queryIterator({ ...c, filter, exprParams: { most: 1000 }, batchSize: 10, outputFields: ["n"] }),
      async (n) => {
        if (n > 1) return;
        await db.entities.delete({ ...c, id: 20 });
        await db.entities.insert({ ...c, data: [{ id: -1, v: [0, 0], n: 0 }] });
        await db.entities.upsert({ ...c, data: [{ id: 3, v: [0, 0], n: 3 }] });
        await db.entities.insert({ ...c, data: [{ id: 2n ** 60n, v: [0, 0], n: 7 }] });
      },
    );
    expect(all.map((batch) => batch.length)).toEqual([10, 10, 5]);
    const expected = Array.from({ length: 25 }, (_, i) => ({ id: i, n: i })).filter(({ id }) => id !== 20);
    expect(all.flat()).toEqual([...expected, { id: 2n ** 60n, n: 7 }]);
  });
});

describe("a query iterator", () => {
  it("takes limits, keys that are texts, and no filter at all", async () => {
    const db = await Elanus.open(":memory:");
    opened.push(db);
    await db.collections.create({ ...c, dimension: 2, idType: "VarChar", params: { max_length: 20 } });
    const keys = ["b", "a'", 'a"', "", "ä", "𝒳", "z"];
    await db.entities.insert({ ...c, data: keys.map((id) => ({ id, vector: [0, 0] })) });
    const all = await db.entities.query({ ...c, limit: 10, outputFields: [] });
    for (const batchSize of [1, 2, 7, 8]) {
      expect((await batches(db.entities.queryIterator({ ...c, batchSize, outputFields: [] }))).flat()).toEqual(all);
      const few = await batches(db.entities.queryIterator({ ...c, batchSize, limit: 3, outputFields: [] }));
      expect(few.flat()).toEqual(all.slice(0, 3));
    }
    expect(await refused(db.entities.queryIterator({ ...c, outputFields: ["count(*)"] }))).toContain("does not count");
    expect(await refused(db.entities.queryIterator({ ...c, outputFields: ["sum(n)"] }))).toContain("does not count");
    const ordered = { ...c, orderByFields: ["n"] } as object as typeof c;
    expect(await refused(db.entities.queryIterator(ordered))).toContain("does not take orderByFields");
    expect(await refused(db.entities.queryIterator({ ...c, offset: 1 } as never))).toContain("does not take offset");
  });
});
