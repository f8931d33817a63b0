import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { callsOn } from "./calls.js";

let db: Elanus;
let folder: string;
const { post, ok } = callsOn("v", () => db);
const found = async (query: unknown, more: object = {}) =>
  ((await ok("entities/search", { annsField: "x", data: [query], limit: 10, ...more })) as { id: number }[]).map(
    ({ id }) => id,
  );

/** How many hits each row has that is searched for by its key. */
const topks = async (ids: readonly number[], more: object = {}) =>
  (await db.entities.search({ collectionName: "v", annsField: "x", ids, limit: 10, ...more })).topks;

const types = [
  ["FloatVector", 2, [1, 2], [1, 2]],
  ["Float16Vector", 2, [1, 2], "ADwAQA=="],
  ["BFloat16Vector", 2, [1, 2], "gD8AQA=="],
  ["Int8Vector", 2, [1, 2], "AQI="],
  ["BinaryVector", 16, "AQI=", "AQI="],
  ["SparseFloatVector", undefined, { "1": 2 }, { "1": 2 }],
] as const;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "elanus-null-"));
  db = await Elanus.open(join(folder, "a.db"));
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const pk = { fieldName: "id", dataType: "Int64", isPrimary: true };
const always = { fieldName: "f", dataType: "FloatVector", elementTypeParams: { dim: 2 } };

describe.each(types)("nullable %s", (dataType, dim, given, shown) => {
  const vector = { fieldName: "x", dataType, nullable: true, ...(dim && { elementTypeParams: { dim } }) };

  async function make(): Promise<void> {
    await ok("collections/create", {
      schema: { fields: [pk, always, vector, { fieldName: "n", dataType: "Int64", nullable: true }] },
      indexParams: ["f", "x"].map((fieldName) => ({ fieldName, indexName: fieldName })),
    });
    await ok("entities/insert", {
      data: [
        { id: 1, f: [0, 1], x: given, n: 1 },
        { id: 2, f: [0, 1], x: null, n: 2 },
        { id: 3, f: [0, 1], n: 3 },
        { id: 4, f: [0, 1], x: given, n: 4 },
      ],
    });
  }

  it("keeps rows without a vector out of its index, and nowhere else", async () => {
    await make();
    expect(await found(given)).toEqual([1, 4]);
    expect(await found(given, { filter: "n > 1" })).toEqual([4]);
    expect(await found(given, { filter: "n in [2, 3]" })).toEqual([]);
    expect(await found([0, 1], { annsField: "f" })).toEqual([1, 2, 3, 4]);
    expect(await ok("entities/query", { filter: "n < 3", outputFields: ["x"] })).toEqual([
      { id: 1, x: shown },
      { id: 2, x: null },
    ]);
    expect(await ok("entities/query", { filter: "", outputFields: ["count(*)"] })).toEqual([{ "count(*)": 4 }]);
    expect(await ok("collections/get_stats")).toMatchObject({ rowCount: 4 });
    expect(await topks([4, 2, 1])).toEqual([2, 0, 2]);
    expect(await topks([4, 2, 1], { filter: "n > 1" })).toEqual([1, 0, 1]);
    await ok("entities/delete", { filter: "id in [1, 2]" });
    expect(await found(given)).toEqual([4]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });

  it("is the same after release, load and reopening", async () => {
    await make();
    await ok("collections/release");
    await ok("collections/load");
    expect(await found(given)).toEqual([1, 4]);
    await ok("entities/upsert", { data: [{ id: 5, f: [1, 1], x: null, n: 5 }] });
    await db.close();
    db = await Elanus.open(join(folder, "a.db"));
    expect(await found(given)).toEqual([1, 4]);
  });

  it("is set, replaced and kept by upserts", async () => {
    await make();
    await ok("entities/upsert", { data: [{ id: 1, f: [0, 1], x: null, n: 1 }] });
    await ok("entities/upsert", { data: [{ id: 2, f: [0, 1], x: given, n: 2 }] });
    expect(await found(given)).toEqual([2, 4]);
    const partialUpdate = true;
    await ok("entities/upsert", { partialUpdate, data: [1, 2, 3].map((id) => ({ id, n: id * 10 })) });
    expect(await found(given)).toEqual([2, 4]);
    await ok("entities/upsert", {
      partialUpdate,
      data: [{ id: 3, x: given }],
    });
    await ok("entities/upsert", { partialUpdate, data: [{ id: 4, x: null }] });
    expect(await found(given)).toEqual([2, 3]);
    expect(await ok("entities/query", { filter: "id > 2", outputFields: ["x", "n"] })).toEqual([
      { id: 3, x: shown, n: 30 },
      { id: 4, x: null, n: 4 },
    ]);
  });

  it("cannot be asked for in a filter", async () => {
    await make();
    for (const filter of ["x is null", "x is not null"]) {
      const { code, message } = await post("entities/query", { filter, outputFields: ["id"] });
      expect([code, message]).toEqual([
        1100,
        expect.stringContaining("IsNull/IsNotNull operations are not supported on vector fields"),
      ]);
    }
  });

  it("is added to a collection that has rows and is loaded", async () => {
    await ok("collections/create", {
      schema: { fields: [pk, always] },
      indexParams: [{ fieldName: "f", indexName: "f" }],
    });
    await ok("entities/insert", { data: [{ id: 1, f: [1, 1] }] });
    await ok("collections/fields/add", { schema: vector });
    expect(await ok("entities/query", { filter: "id > 0", outputFields: ["x"] })).toEqual([{ id: 1, x: null }]);
    await ok("entities/insert", { data: [{ id: 2, f: [1, 1], x: given }] });
    const early = await post("entities/search", { annsField: "x", data: [given] });
    expect([early.code, early.message]).toEqual([
      1100,
      "field x is not loaded, please reload the collection: invalid parameter",
    ]);
    await ok("indexes/create", { indexParams: [{ fieldName: "x", indexName: "x" }] });
    expect(await found(given)).toEqual([2]);
    await ok("entities/upsert", { data: [{ id: 1, f: [1, 1], x: given }] });
    expect(await found(given)).toEqual([1, 2]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });
});

it("every row without a vector: no hits, no error", async () => {
  await ok("collections/create", {
    schema: { fields: [pk, { ...always, fieldName: "x", nullable: true }] },
    indexParams: [{ fieldName: "x", indexName: "x" }],
  });
  await ok("entities/insert", { data: [{ id: 1 }, { id: 2, x: null }] });
  expect(await found([1, 1])).toEqual([]);
  expect(await found([1, 1], { filter: "id > 0" })).toEqual([]);
});

it("a snapshot of a graph with rows missing agrees with its rows", async () => {
  await ok("collections/create", {
    schema: { fields: [pk, { ...always, fieldName: "x", nullable: true }] },
    indexParams: [{ fieldName: "x", indexName: "x", metricType: "L2" }],
  });
  for (let from = 0; from < 12_000; from += 3000) {
    const data = Array.from({ length: 3000 }, (_, i) => ({ id: from + i, x: i % 2 === 0 ? [from + i, 0] : null }));
    await ok("entities/insert", { data });
  }
  const graph = async () => (await db.stats()).segments.map(({ graphRows, snapshot }) => [graphRows, snapshot]);
  await expect.poll(graph).toEqual([[6000, "current"]]);
  await ok("collections/release");
  await ok("collections/load");
  expect(await graph()).toEqual([[6000, "current"]]);
  expect(await found([5001, 0], { limit: 2 })).toEqual([5000, 5002]);
});

it("ten vector fields, and not one more by adding it", async () => {
  const fields = Array.from({ length: 10 }, (_, i) => ({ ...always, fieldName: `f${i}` }));
  await ok("collections/create", { schema: { fields: [pk, ...fields] } });
  expect(await post("collections/fields/add", { schema: { ...always, nullable: true } })).toMatchObject({
    code: 1100,
    message: "maximum vector field's number should be limited to 10: invalid parameter",
  });
});

it("rows without a vector are in no index, loaded or not", async () => {
  await ok("collections/create", {
    schema: { fields: [pk, { ...always, fieldName: "x", nullable: true }] },
    indexParams: [{ fieldName: "x", indexName: "x", metricType: "L2" }],
  });
  await ok("entities/insert", {
    data: Array.from({ length: 9 }, (_, id) => ({ id, x: id % 3 === 0 ? null : [id, 0] })),
  });
  const rows = { totalRows: 9, indexedRows: 6, pendingRows: 0, indexState: "Finished" };
  expect(await ok("indexes/describe", { indexName: "x" })).toMatchObject([rows]);
  await ok("collections/release");
  expect(await ok("indexes/describe", { indexName: "x" })).toMatchObject([rows]);
});
