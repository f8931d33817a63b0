import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { isElanusError } from "../../src/errors.js";
import { Elanus } from "../../src/index.js";
import { turnsOf } from "../support/turns.js";

/** What one call may hold and spend: looked at before the work, and while it goes on. */

const DIMENSION = 256;
const ROWS = 6000;

const vectorOf = (id: number) => Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(id * 31 + i));
const rowsOf = (generation: number) =>
  Array.from({ length: ROWS }, (_, id) => ({ id, generation, vector: vectorOf(id) }));
const create = { collectionName: "c", dimension: DIMENSION, metricType: "L2" };

describe("a large answer", () => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:", { serverVersion: "2.6" });
    await db.collections.create(create);
    await db.entities.insert({ collectionName: "c", data: rowsOf(0) });
  });
  afterAll(() => db.close());

  const all = { collectionName: "c", filter: "id >= 0", limit: 16384, outputFields: ["*"] };

  it("is read and made into objects in slices", async () => {
    const { result, turns } = await turnsOf(() => db.entities.query(all));
    expect(result.map((row) => row["id"])).toEqual(Array.from({ length: ROWS }, (_, id) => id));
    expect(turns).toBeGreaterThan(5);
  });

  it("is printed in slices", async () => {
    const init = { method: "POST", body: JSON.stringify(all) };
    const { result, turns } = await turnsOf(() =>
      db.fetch("http://elanus/v2/vectordb/entities/query", init).then((response) => response.text()),
    );
    const { code, data } = JSON.parse(result) as { code: number; data: { id: number; vector: number[] }[] };
    expect(code).toBe(0);
    expect(data).toHaveLength(ROWS);
    expect(Float32Array.from(data[4711]?.vector ?? [])).toEqual(vectorOf(4711));
    expect(turns).toBeGreaterThan(5);
  });

  it("is one state of the data, whatever is written meanwhile", async () => {
    let done = false;
    const ends = [0, ROWS - 1];
    const writer = (async () => {
      for (let generation = 1; !done; generation++) {
        const data = ends.map((id) => ({ id, generation, vector: vectorOf(id) }));
        await db.entities.upsert({ collectionName: "c", data });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    try {
      for (let i = 0; i < 8; i++) {
        const rows = await db.entities.query(all);
        expect(rows).toHaveLength(ROWS);
        const [first, last] = ends.map((id) => rows[id]);
        expect(first?.["id"]).toBe(0);
        expect(last?.["generation"]).toBe(first?.["generation"]);
      }
    } finally {
      done = true;
      await writer;
    }
  });

  it("ends when its collection is released halfway", async () => {
    let refused: unknown[] = [];
    // As many as it takes for some to be under way, however fast the machine is.
    for (let count = 40; refused.length === 0; count *= 2) {
      const queries = Array.from({ length: count }, () => db.entities.query(all).catch((error: unknown) => error));
      await new Promise((resolve) => setImmediate(resolve));
      await db.collections.release({ collectionName: "c" });
      refused = (await Promise.all(queries)).filter((outcome) => !Array.isArray(outcome));
      await db.collections.load({ collectionName: "c" });
    }
    for (const outcome of refused) {
      expect(isElanusError(outcome, "CollectionNotLoaded")).toBe(true);
      expect((outcome as Error).message).toMatch(/^failed to query: collection not loaded\[collection=\d+\]$/);
    }
  });
});

describe("a bound", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = openEngine(":memory:", { serverVersion: "2.6" });
    await engine.execute("collections/create", create);
    await engine.execute("entities/insert", { collectionName: "c", data: rowsOf(0) });
  });
  afterAll(() => engine.close());

  const queries = (count: number) => Array.from({ length: count }, (_, i) => vectorOf(i + 0.5));
  const refusal = (request: object, options: object = {}, path = "entities/search") =>
    engine.execute(path, { collectionName: "c", ...request }, options).then(
      () => "answered",
      (error: unknown) => (isElanusError(error) ? `${error.code} ${error.message}` : String(error)),
    );
  const tooLarge = "65535 query results exceed the maxOutputSize Limit 104857600";

  it("refuses a search with too many hits before the work", async () => {
    // One vector for all: it is the answer that would be large.
    const data = new Array(16_384).fill([...vectorOf(1)]);
    const { result, turns } = await turnsOf(() => refusal({ data, limit: 16_384 }));
    expect(result).toBe(tooLarge);
    expect(turns).toBeLessThan(20);
    expect(await refusal({ data: queries(1025), limit: 1024 })).toBe(tooLarge);
    expect(await refusal({ data: queries(2), limit: 1024 })).toBe("answered");
  });

  it("refuses an answer with too many bytes before the work, by what there is, not by what is asked for", async () => {
    const outputFields = ["vector"];
    expect(await refusal({ data: queries(100), limit: 5000, outputFields })).toBe(tooLarge);
    expect(await refusal({ data: queries(1), limit: 16_384, outputFields })).toBe("answered");
    const query = { filter: "id >= 0", limit: 16_384, outputFields };
    const small = { replyBytes: 1024 * 1024 };
    const text = "65535 query results exceed the maxOutputSize Limit 1048576";
    expect(await refusal(query, {}, "entities/query")).toBe("answered");
    expect(await refusal(query, small, "entities/query")).toBe(text);
    expect(await refusal({ ...query, filter: "id < 100" }, small, "entities/query")).toBe("answered");
    expect(await refusal({ ...query, limit: Number.POSITIVE_INFINITY }, small, "entities/query")).toBe(text);
    expect(await refusal({ id: Array.from({ length: 5000 }, (_, id) => id) }, small, "entities/get")).toBe(text);
  });

  it("counts values whose size is known only when they are read", async () => {
    const note = "x".repeat(50_000);
    const data = Array.from({ length: 200 }, (_, i) => ({ id: 10_000 + i, generation: 0, vector: vectorOf(1), note }));
    await engine.execute("entities/upsert", { collectionName: "c", data });
    const text = "65535 query results exceed the maxOutputSize Limit 5000000";
    const query = { filter: "id >= 10000", limit: 16_384, outputFields: ["note"] };
    expect(await refusal(query, { replyBytes: 5_000_000 }, "entities/query")).toBe(text);
    expect(await refusal({ ...query, limit: 150 }, { replyBytes: 5_000_000 }, "entities/query")).toBe(text);
    const search = { data: [vectorOf(1)], filter: "id >= 10000", limit: 200, outputFields: ["note"] };
    expect(await refusal(search, { replyBytes: 5_000_000 })).toBe(text);
    await engine.execute("entities/delete", { collectionName: "c", filter: "id >= 10000" });
  });

  it("counts what groups and buckets hold, under however many names", async () => {
    const text = { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 65_535 } };
    await engine.execute("collections/create", {
      collectionName: "texts",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          text,
        ],
      },
      indexParams: [{ fieldName: "vector", metricType: "L2" }],
    });
    const data = Array.from({ length: 50 }, (_, id) => ({ id, vector: [id, 0], text: `${id}${"x".repeat(60_000)}` }));
    await engine.execute("entities/insert", { collectionName: "texts", data });
    const names = Array.from({ length: 100 }, (_, i) => `max(${" ".repeat(i)}text)`);
    const groups = { collectionName: "texts", groupByFields: ["id"], outputFields: names, limit: 100 };
    expect(await refusal(groups, {}, "entities/query")).toBe(tooLarge);
    expect(await refusal({ ...groups, outputFields: names.slice(0, 20) }, {}, "entities/query")).toBe("answered");
    expect(await refusal({ ...groups, limit: 1 }, {}, "entities/query")).toBe("answered");
    const metrics = Object.fromEntries(names.map((name) => [name, { op: "max", fieldName: "text" }]));
    const buckets = { collectionName: "texts", data: [[0, 0]], limit: 1 };
    expect(await refusal({ ...buckets, searchAggregation: { fields: ["id"], size: 50, metrics } })).toBe(tooLarge);
    expect(await refusal({ ...buckets, searchAggregation: { fields: ["id"], size: 10, metrics } })).toBe("answered");
    // Read once, however many ask for it.
    const hundreds = Array.from({ length: 257 }, (_, i) => [`n${i}`, { op: "count", fieldName: "text" }] as const);
    const counting = (count: number) => ({
      ...buckets,
      searchAggregation: { fields: ["id"], size: 50, metrics: Object.fromEntries(hundreds.slice(0, count)) },
    });
    expect(await refusal(counting(256))).toBe("answered");
    expect(await refusal(counting(257))).toContain("a level of search_aggregation has more than 256 metrics");
    const values = { "max(text)": { op: "max", fieldName: "text" }, least: { op: "min", fieldName: "text" } };
    expect(await refusal({ ...buckets, searchAggregation: { fields: ["text"], size: 50, metrics: values } })).toBe(
      "answered",
    );
    // Of groups that are not shown something is held as well.
    const more = Array.from({ length: 2000 }, (_, i) => ({
      id: 100 + i,
      vector: [i, 0],
      text: `${i}${"y".repeat(60_000)}`,
    }));
    await engine.execute("entities/insert", { collectionName: "texts", data: more });
    expect(
      await refusal({ ...groups, groupByFields: ["text"], outputFields: [], limit: 1 }, {}, "entities/query"),
    ).toBe(tooLarge);
    await engine.execute("collections/drop", { collectionName: "texts" });
  });

  it("ends the work of a call whose deadline has come", async () => {
    // The promise of the engine is that of the work itself: once it has settled, nothing goes on.
    const long = { data: queries(10_000), limit: 100, outputFields: ["vector"] };
    const limits = { replyBytes: 1e12 };
    expect(await refusal(long, { ...limits, deadline: Date.now() + 50 })).toBe("10001 request timeout");
    const query = { filter: "id >= 0", limit: 16_384, outputFields: ["*"] };
    expect(await refusal(query, { deadline: Date.now() + 1 }, "entities/query")).toBe("10001 request timeout");
    const grouped = { data: queries(10_000), limit: 100, groupingField: "id", strictGroupSize: true };
    expect(await refusal(grouped, { ...limits, deadline: Date.now() + 50 })).toBe("10001 request timeout");
  });

  it("lets a query without limit answer all there is", async () => {
    const answer = await engine.execute("entities/query", {
      collectionName: "c",
      filter: "id >= 0",
      limit: Number.POSITIVE_INFINITY,
      outputFields: [],
    });
    expect((answer.data as { rowCount: number }).rowCount).toBe(ROWS);
    expect(await refusal({ limit: Number.POSITIVE_INFINITY }, {}, "entities/query")).toMatch(/^65535 empty expression/);
    expect(await refusal({ filter: "id >= 0", limit: 16_385 }, {}, "entities/query")).toMatch(
      /^65535 invalid max query result window/,
    );
  });
});

describe("templates of a filter", () => {
  it.each([
    ["one list", (n: number) => Array.from({ length: n }, (_, i) => i)],
    ["lists in a list", (n: number) => Array.from({ length: n / 10 }, () => Array(10).fill(1))],
  ])("are refused when they hold more than a million values: %s", async (_, list) => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ collectionName: "c", dimension: 2 });
    const asked = db.entities.query({
      collectionName: "c",
      filter: "id in {ids}",
      exprParams: { ids: list(1_000_010) },
    });
    await expect(asked).rejects.toThrow("exprParams: more than 1000000 values");
    await db.close();
  });
});
