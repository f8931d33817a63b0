import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

type Envelope = { readonly code: number; readonly message?: string; readonly data?: unknown };

let db: Elanus;
const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, { collectionName: "v", ...body })) as unknown as Envelope;
const search = async (query: unknown, more: object = {}) =>
  (await post("entities/search", { annsField: "s", data: [query], limit: 10, ...more })).data as {
    id: number;
    distance: number;
  }[];
const pairs = (hits: readonly { id: number; distance: number }[]) => hits.map(({ id, distance }) => [id, distance]);

const QUERY = { "1": 1, "2": 0.25, "10": 0.5 };

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  const created = await post("collections/create", {
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "s", dataType: "SparseFloatVector" },
        { fieldName: "f", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [
      { fieldName: "s", indexName: "s", metricType: "IP", indexType: "SPARSE_INVERTED_INDEX" },
      { fieldName: "f", indexName: "f", metricType: "L2" },
    ],
  });
  expect(created.code).toBe(0);
  const rows = [{ indices: [10, 1], values: [1, 0.5] }, { "2": 2 }, { "99": 4 }, {}];
  await post("entities/insert", { data: rows.map((s, i) => ({ id: i + 1, s, f: [i, i] })) });
});

afterEach(() => db.close());

describe("sparse vectors over REST", () => {
  it("find rows that share an index, best first, and nobody else", async () => {
    expect(pairs(await search(QUERY))).toEqual([
      [1, 1],
      [2, 0.5],
    ]);
    expect(await search({})).toEqual([]);
    expect(await search({ "7": 1 })).toEqual([]);
  });

  it("keep to the bounds of a range search", async () => {
    expect(pairs(await search(QUERY, { searchParams: { params: { radius: 0.5 } } }))).toEqual([[1, 1]]);
    const within = { searchParams: { params: { radius: 0.4, range_filter: 0.5 } } };
    expect(pairs(await search(QUERY, within))).toEqual([[2, 0.5]]);
    expect(pairs(await search(QUERY, { searchParams: { params: { radius: -1 } } }))).toHaveLength(2);
  });

  it("may be searched without the weakest entries of the query", async () => {
    const data = [1, 2, 3, 4].map((index) => ({ id: 10 + index, s: { [100 + index]: 1 }, f: [0, 0] }));
    await post("entities/insert", { data });
    const query = { "101": 0.1, "102": 0.2, "103": 0.2, "104": 0.9 };
    const kept = async (ratio: number) =>
      (await search(query, { searchParams: { params: { drop_ratio_search: ratio } } })).map(({ id }) => id - 10).sort();
    expect(await kept(0)).toEqual([1, 2, 3, 4]);
    expect(await kept(0.2)).toEqual([1, 2, 3, 4]);
    expect(await kept(0.25)).toEqual([2, 3, 4]);
    expect(await kept(0.5)).toEqual([2, 3, 4]);
    expect(await kept(0.75)).toEqual([4]);
  });

  it("come back sorted by index, empty ones too", async () => {
    const { data } = await post("entities/query", { filter: "id > 0", outputFields: ["s"] });
    expect(data).toEqual([
      { id: 1, s: { "1": 0.5, "10": 1 } },
      { id: 2, s: { "2": 2 } },
      { id: 3, s: { "99": 4 } },
      { id: 4, s: {} },
    ]);
  });

  it("follow deletes, upserts, release and load", async () => {
    await post("entities/delete", { filter: "id == 1" });
    await post("entities/upsert", { data: [{ id: 3, s: { "1": 2 }, f: [9, 9] }] });
    const expected = [
      [3, 2],
      [2, 0.5],
    ];
    expect(pairs(await search(QUERY))).toEqual(expected);
    expect(pairs(await search(QUERY, { filter: "id < 3" }))).toEqual([[2, 0.5]]);
    await post("collections/release", {});
    await post("collections/load", {});
    expect(pairs(await search(QUERY))).toEqual(expected);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });

  it.each([
    [{ "1": -0.5 }, "negative value in sparse float vector"],
    [{ indices: [1, 1], values: [1, 2] }, "unsorted or same indices in sparse float vector"],
    [{ indices: [1], values: [] }, "indices and values length mismatch"],
    [{ indices: [1] }, "invalid JSON input"],
    [{ "4294967295": 1 }, "index too large in JSON: 4294967295"],
    [{ indices: [-1], values: [1] }, "invalid index in JSON: -1"],
    [{ "1": "x" }, "invalid value type in JSON: string"],
    [{ "1": 1e39 }, "value too large in JSON: 1e+39"],
    [[1, 2], "invalid JSON input"],
  ])("refuse %j in a row and in a query, and nothing is stored", async (bad, text) => {
    const row = await post("entities/insert", {
      data: [
        { id: 8, s: { "5": 1 }, f: [1, 1] },
        { id: 9, s: bad, f: [1, 1] },
      ],
    });
    expect([row.code, row.message]).toEqual([1804, expect.stringContaining(text)]);
    const query = await post("entities/search", { annsField: "s", data: [bad] });
    expect([query.code, query.message]).toEqual([1801, expect.stringContaining(text)]);
    expect(((await post("entities/query", { filter: "id >= 8" })).data as unknown[]).length).toBe(0);
  });

  it("refuse other metrics and index types", async () => {
    const create = (indexType: string, metricType: string) =>
      post("collections/create", {
        collectionName: "w",
        schema: {
          fields: [
            { fieldName: "id", dataType: "Int64", isPrimary: true },
            { fieldName: "s", dataType: "SparseFloatVector" },
          ],
        },
        indexParams: [{ fieldName: "s", indexName: "s", metricType, indexType }],
      });
    expect((await create("SPARSE_INVERTED_INDEX", "L2")).message).toContain(
      "only IP&BM25 is the supported metric type",
    );
    expect((await create("HNSW", "IP")).message).toContain(
      "data type SparseFloatVector can't build with this index HNSW",
    );
    expect((await create("AUTOINDEX", "IP")).code).toBe(0);
  });
});
