import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { jsonText } from "../../src/values/json-text.js";
import { cpuTime } from "../support/cpu-time.js";

/** A program's array has any length without holding anything: a billion holes are no work of minutes, and no memory. */
const ENDLESS = new Array<never>(1e9);
const c = { collectionName: "c" };

let db: Elanus;
beforeAll(async () => {
  db = await Elanus.open(":memory:");
  await db.collections.create({
    ...c,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "s", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 9 } },
        {
          fieldName: "a",
          dataType: "Array",
          elementDataType: "Int8",
          nullable: true,
          elementTypeParams: { max_capacity: 4 },
        },
        { fieldName: "sparse", dataType: "SparseFloatVector", nullable: true },
        { fieldName: "bits", dataType: "BinaryVector", nullable: true, elementTypeParams: { dim: 8 } },
      ],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2" },
      { fieldName: "sparse", indexName: "sparse", metricType: "IP" },
      { fieldName: "bits", indexName: "bits", metricType: "HAMMING" },
    ],
  });
});
afterAll(() => db.close());

const row = (fields: object) => db.entities.insert({ ...c, data: [{ id: 1, v: [1, 2], ...fields }] });
const list = ENDLESS as never;

describe("an endless list is refused at once", () => {
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    "as a vector": () => row({ v: list }),
    "as a text": () => row({ s: list }),
    "as an array": () => row({ a: list }),
    "as a sparse vector": () => row({ sparse: list }),
    "in a sparse vector": () => row({ sparse: { indices: list, values: list } }),
    "as bits": () => row({ bits: list }),
    "as rows": () => db.entities.insert({ ...c, data: list }),
    "as columns": () => db.entities.insert({ ...c, columns: { rowCount: 1e9, columns: list } }),
    "as ids": () => db.entities.get({ ...c, id: list }),
    "as ids to delete": () => db.entities.delete({ ...c, id: list }),
    "as queries": () => db.entities.search({ ...c, annsField: "v", data: list }),
    "as a query": () => db.entities.search({ ...c, annsField: "v", data: [list] }),
    "as searches": () =>
      db.entities.hybridSearch({ ...c, search: list, rerank: { strategy: "rrf", params: {} }, limit: 1 }),
    "as names": () => db.entities.query({ ...c, filter: "id > 0", outputFields: list }),
    "as partitions": () => db.entities.query({ ...c, filter: "id > 0", partitionNames: list }),
    "as an order": () => db.entities.query({ ...c, filter: "id > 0", limit: 1, orderByFields: list }),
    "as fields": () => db.collections.create({ collectionName: "x", schema: { fields: list } }),
    "as indexes": () => db.indexes.create({ ...c, indexParams: list }),
  };
  it.each(Object.keys(calls))("%s", async (name) => {
    await expect(calls[name]?.()).rejects.toSatisfy((error) => isElanusError(error) && error.kind !== "Internal");
  });

  it("over REST in process", async () => {
    const bodies: [string, object][] = [
      ["entities/query", { ...c, filter: "id > 0", outputFields: ENDLESS }],
      ["entities/insert", { ...c, data: ENDLESS }],
      ["entities/search", { ...c, annsField: "v", data: ENDLESS }],
      ["collections/create", { collectionName: "x", schema: { fields: ENDLESS } }],
    ];
    for (const [path, body] of bodies) {
      expect((await db.request(`/v2/vectordb/${path}`, body)).code, path).toBe(1801);
    }
  });
});

describe("a value that says more than it holds", () => {
  it("is refused when its text is longer than any request", () => {
    expect(() => jsonText(ENDLESS)).toThrow("characters of JSON");
  });

  it.each([
    ["lists", [1] as unknown, (inner: unknown) => [inner, inner]],
    ["objects", { a: 1 }, (inner: unknown) => ({ x: inner, y: inner })],
    ["both, at several depths", [1], (inner: unknown) => [inner, { x: [inner] }, [[inner]]]],
  ])("is refused before it is made: %s that hold each other twice", (_name, first, around) => {
    let value = first;
    for (let depth = 0; depth < 60; depth++) value = around(value);
    const start = cpuTime();
    expect(() => jsonText(value)).toThrow("characters of JSON");
    expect(cpuTime() - start).toBeLessThan(3000);
  });

  it("is written where it is long, with the same part in several places", () => {
    const part = { text: "x".repeat(2000), list: [1, null, { deep: true }] };
    const value = Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? part : { again: part }));
    expect(jsonText(value)).toBe(JSON.stringify(value));
  });

  it("is refused for its depth where a part that was written before stands deeper", () => {
    let part: unknown = "x".repeat(2000);
    for (let depth = 0; depth < 500; depth++) part = [part];
    let deeper = part;
    for (let depth = 0; depth < 600; depth++) deeper = [deeper];
    expect(() => jsonText(["y".repeat(2 ** 20), part, part, deeper])).toThrow("nested more than");
  });

  it("is no longer than it is, however deep", () => {
    let deep: unknown = "x".repeat(300_000);
    for (let depth = 0; depth < 500; depth++) deep = depth % 2 === 0 ? [deep] : { k: deep };
    expect(jsonText(deep).length).toBeGreaterThan(300_000);
  });

  it("is refused as a parameter, as is what contains itself", async () => {
    const itself: Record<string, unknown> = {};
    itself["itself"] = itself;
    await expect(db.collections.alterProperties({ ...c, properties: { "my.own": itself } })).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("nested more than"),
    });
  });

  it("has columns, or no rows", async () => {
    await db.collections.create({
      collectionName: "free",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true, autoID: true },
          { fieldName: "v", dataType: "FloatVector", nullable: true, elementTypeParams: { dim: 2 } },
        ],
      },
    });
    const columns = { rowCount: 2 ** 40, columns: [] };
    await expect(db.entities.insert({ collectionName: "free", columns })).rejects.toMatchObject({
      code: 1100,
      message: "the batch has no columns: invalid parameter",
    });
    await expect(
      db.entities.insert({ collectionName: "free", columns: { rowCount: 1, columns: [null as never] } }),
    ).rejects.toMatchObject({ code: 1100, message: "a column is an object, not a null: invalid parameter" });
  });
});
