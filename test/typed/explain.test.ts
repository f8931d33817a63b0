import { afterEach, describe, expect, it } from "vitest";
import { Elanus, floatVector, int64, type OpenOptions, schema, sparseVector, varchar } from "../../src/index.js";
import { opened, refused } from "../support/served.js";

const collectionName = "c";
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const DIM = 16;
const ROWS = 3000;
/** The same at each run. */
const vector = (seed: number) => Array.from({ length: DIM }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));

async function filled(options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", { exactBelow: 500, ...options });
  ends.push(() => db.close());
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "year", dataType: "Int32" },
        { fieldName: "shelf", dataType: "Int32" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: DIM } },
        { fieldName: "s", dataType: "SparseFloatVector" },
      ],
    },
    indexParams: [
      { fieldName: "v", indexType: "HNSW", metricType: "L2" },
      { fieldName: "s", metricType: "IP" },
      { fieldName: "year", indexName: "by_year", indexType: "STL_SORT" },
    ],
  });
  const data = Array.from({ length: ROWS }, (_, id) => ({
    id,
    year: id % 100,
    shelf: id % 3,
    v: vector(id),
    s: { [id % 50]: 1 },
  }));
  await db.entities.insert({ collectionName, data });
  return db;
}

const built = (db: Elanus) =>
  expect.poll(async () => (await db.indexes.describe({ collectionName, indexName: "v" }))[0]?.pendingRows).toBe(0);

describe.each([false, true])("explain of a search, worker: %s", (worker) => {
  it("tells of the graph, of what it compares, and of its recall", async () => {
    const db = await filled({ worker });
    await built(db);
    const request = { collectionName, annsField: "v", data: [vector(7.5), vector(8.5)], limit: 5, explain: true };
    const hits = await db.entities.search({ ...request, searchParams: { ef: 16 } });
    expect(hits).toHaveLength(10);
    expect(hits.explanation).toEqual({
      rows: ROWS,
      vectors: [{ partition: "_default", way: "graph", rows: ROWS, lookedAt: expect.any(Number) }],
      recall: expect.any(Number),
    });
    const [part] = hits.explanation?.vectors ?? [];
    expect(part?.lookedAt).toBeLessThan(ROWS);
    expect(hits.explanation?.recall).toBeGreaterThan(0.5);
    expect(hits.explanation?.recall).toBeLessThanOrEqual(1);
    const ranged = await db.entities.search({ ...request, searchParams: { radius: 1000, range_filter: 0.001 } });
    expect(ranged.explanation?.vectors?.[0]).toMatchObject({ way: "exact", lookedAt: ROWS });
    expect(ranged.explanation?.recall).toBe(1);
    const sparse = await db.entities.search({ collectionName, annsField: "s", data: [{ 3: 1 }], explain: true });
    expect(sparse.explanation).toMatchObject({ vectors: [{ way: "lists" }], recall: 1 });
  });

  it("tells how the rows of a filter were found", async () => {
    const db = await filled({ worker });
    const search = async (filter: string) => {
      const hits = await db.entities.search({
        collectionName,
        annsField: "v",
        data: [vector(1)],
        limit: 5,
        filter,
        explain: true,
      });
      return hits.explanation;
    };
    const few = await search("id in [1, 2, 3]");
    expect(few?.filter?.selected).toBe(3);
    expect(few?.vectors?.[0]).toMatchObject({ way: "exact", lookedAt: 3, rows: ROWS });
    expect((await search("id in [1, 2, 3]"))?.filter).toEqual({
      way: expect.stringMatching(/^(kept|columns)$/),
      selected: 3,
    });
    const ways = new Set<string>();
    for (let i = 0; i < 4; i++) ways.add((await search("shelf == 1"))?.filter?.way ?? "none");
    for (const way of ways) expect(["columns", "rows", "kept", "confirmed"]).toContain(way);
    expect(await search("")).not.toHaveProperty("filter");
  });
});

describe.each([false, true])("explain of a hybrid search, worker: %s", (worker) => {
  it("tells of each of its searches as if it stood alone", async () => {
    const db = await filled({ worker });
    await built(db);
    const search = [
      { annsField: "v", data: [vector(7.5), vector(8.5)], limit: 5, params: { ef: 16 } },
      { annsField: "s", data: [{ 3: 1 }, { 4: 1 }], limit: 5, filter: "id in [3, 4, 53]" },
    ];
    const request = { collectionName, search, rerank: { strategy: "rrf", params: { k: 60 } }, limit: 4 } as const;
    const plain = await db.entities.hybridSearch(request);
    expect(plain).not.toHaveProperty("explanation");
    for (const method of ["hybridSearch", "advancedSearch"] as const) {
      const hits = await db.entities[method]({ ...request, explain: true });
      expect([...hits]).toEqual([...plain]);
      expect(hits.explanation).toEqual({
        rows: ROWS,
        searches: [
          {
            annsField: "v",
            rows: ROWS,
            vectors: [{ partition: "_default", way: "graph", rows: ROWS, lookedAt: expect.any(Number) }],
            recall: expect.any(Number),
          },
          {
            annsField: "s",
            rows: ROWS,
            filter: { way: expect.any(String), selected: 3 },
            vectors: [{ partition: "_default", way: expect.any(String), rows: ROWS, lookedAt: expect.any(Number) }],
            recall: 1,
          },
        ],
      });
    }
    expect(await refused(db.entities.hybridSearch({ ...request, explain: "yes" as never }))).toMatchObject({
      code: 1100,
    });
  });
});

describe("explain of a query", () => {
  it("tells which index led to the rows, or that all were read", async () => {
    const db = await filled();
    const query = async (filter: string) =>
      (await db.entities.query({ collectionName, filter, outputFields: ["id"], limit: 9, explain: true })).explanation;
    expect(await query("year == 5")).toMatchObject({
      rows: ROWS,
      filter: { way: "index", index: "by_year", selected: 30 },
    });
    expect(await query("shelf == 1")).toMatchObject({ filter: { way: "scan", selected: 1000 } });
    const byKey = await query("id in [3, 4]");
    expect(byKey).toMatchObject({ filter: { way: "key", selected: 2 } });
    expect(byKey?.steps?.join()).toContain("the primary key");
    expect((await query(""))?.filter).toBeUndefined();
  });

  it("is there where it was asked for, and for rows of their own alone", async () => {
    const db = await filled();
    const rows = await db.entities.query({ collectionName, filter: "id < 2" });
    expect(rows).not.toHaveProperty("explanation");
    expect(await refused(db.entities.query({ collectionName, filter: "id < 2", explain: 1 as never }))).toMatchObject({
      code: 1100,
    });
    expect(await refused(db.entities.get({ collectionName, id: 1, explain: true } as never))).toMatchObject({
      code: 1100,
    });
  });

  it("is no part of what a server takes: REST does not see it, a handle on a server refuses it", async () => {
    const db = await filled();
    const body = { collectionName, filter: "id < 2", outputFields: ["id"], explain: true };
    expect(await db.request("/v2/vectordb/entities/query", body)).toEqual({
      code: 0,
      cost: expect.anything(),
      data: [{ id: 0 }, { id: 1 }],
    });
    const server = await db.listen({ port: 0 });
    const remote = await opened(server.url);
    expect(await refused(remote.entities.query(body))).toMatchObject({ kind: "Unsupported" });
  });
});

it("a typed collection explains too", async () => {
  const db = await Elanus.open(":memory:");
  ends.push(() => db.close());
  const notes = db.collection(
    "n",
    schema({ id: int64().primary(), t: varchar(9), v: floatVector(2), s: sparseVector() }),
  );
  await notes.ensure();
  await notes.insert({ id: 1, t: "a", v: [1, 0], s: { 1: 1 } });
  const hits = await notes.search({ data: [[1, 0]], annsField: "v", filter: (n) => n.t.eq("a"), explain: true });
  expect(hits.explanation).toMatchObject({ rows: 1, vectors: [{ way: "exact" }], recall: 1 });
  const both = await notes.hybridSearch({
    search: [
      { data: [[1, 0]], annsField: "v", limit: 1 },
      { data: [{ 1: 1 }], annsField: "s", limit: 1, filter: (n) => n.t.eq("b") },
    ],
    rerank: { strategy: "rrf", params: { k: 60 } },
    explain: true,
  });
  expect(both.explanation?.searches).toMatchObject([{ annsField: "v" }, { annsField: "s", filter: { selected: 0 } }]);
  expect((await notes.where((n) => n.id.eq(1)).query({ explain: true })).explanation).toMatchObject({ rows: 1 });
});

it("says how a query of very many conditions goes about, not that it has many values", async () => {
  const db = await filled();
  const filter = Array.from({ length: 300 }, (_, i) => `${i * 10} < shelf < ${i * 10 + 2}`).join(" or ");
  const rows = await db.entities.query({ collectionName, filter, limit: 5, explain: true });
  expect(rows.explanation?.filter?.selected).toBe(ROWS / 3);
  expect(rows.explanation?.steps?.length).toBeLessThan(5);
});
