import { describe, expect, it } from "vitest";
import { isElanusError } from "../../src/index.js";
import { refused, served } from "../support/served.js";

const collectionName = "book";
const fields = [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "f32", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  { fieldName: "f16", dataType: "Float16Vector", elementTypeParams: { dim: 2 } },
  { fieldName: "bf16", dataType: "BFloat16Vector", elementTypeParams: { dim: 2 } },
  { fieldName: "i8", dataType: "Int8Vector", elementTypeParams: { dim: 2 } },
  { fieldName: "bits", dataType: "BinaryVector", elementTypeParams: { dim: 16 } },
  { fieldName: "sparse", dataType: "SparseFloatVector" },
  { fieldName: "flag", dataType: "Bool", nullable: true },
  { fieldName: "small", dataType: "Int8", nullable: true },
  { fieldName: "large", dataType: "Int64", nullable: true },
  { fieldName: "single", dataType: "Float", nullable: true },
  { fieldName: "double", dataType: "Double", nullable: true },
  { fieldName: "text", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 50 } },
  {
    fieldName: "list",
    dataType: "Array",
    elementDataType: "Int64",
    nullable: true,
    elementTypeParams: { max_capacity: 5 },
  },
  { fieldName: "doc", dataType: "JSON", nullable: true },
  { fieldName: "place", dataType: "Geometry", nullable: true },
  { fieldName: "time", dataType: "Timestamptz", nullable: true },
];
const vectors = ["f32", "f16", "bf16", "i8", "bits", "sparse"];
const indexParams = vectors.map((fieldName) => ({
  fieldName,
  metricType: fieldName === "bits" ? "HAMMING" : fieldName === "sparse" ? "IP" : "L2",
}));
const definition = { collectionName, schema: { fields, enableDynamicField: true }, indexParams };

const whole = {
  id: 9_007_199_254_740_993n,
  f32: new Float32Array([0.1, -2.5]),
  f16: new Uint8Array([0, 0x3c, 0, 0xc0]),
  bf16: [1.5, 2],
  i8: new Int8Array([-128, 127]),
  bits: new Uint8Array([255, 1]),
  sparse: { 3: 0.5, 4000000000: 1.25 },
  flag: true,
  small: -7,
  large: -(2n ** 63n),
  single: 0.1,
  double: 1e300,
  text: 'a "quoted" é',
  list: [1, 2n ** 60n],
  doc: { a: [1, 2.5, "x", null], big: 2n ** 70n, "1": "1" },
  place: "POINT (1 2)",
  time: new Date("2025-01-02T03:04:05.678Z"),
  extra: "dynamic",
  more: { n: 2n ** 62n, list: [true] },
};
const bare = { id: 2, f32: [1, 1], f16: [1, 1], bf16: [1, 1], i8: [1, 1], bits: [1, 1], sparse: {}, doc: "1" };

describe("a handle on a server", () => {
  it.each(["2.6", "3.0"] as const)(
    "gives the rows that the engine gives, of every type (%s)",
    async (serverVersion) => {
      const { store, db } = await served({ serverVersion });
      await db.collections.create(definition);
      expect(await db.entities.insert({ collectionName, data: [whole, bare] })).toEqual({
        insertCount: 2,
        insertIds: [9_007_199_254_740_993n, 2],
      });
      const reads = [
        ["get", { id: [2, 9_007_199_254_740_993n] }],
        ["query", { filter: "id > 0", timezone: "Asia/Tokyo" }],
        ["query", { filter: "id > 0", outputFields: ["text", "extra"] }],
        ["query", { filter: "id > 0", outputFields: ["count(*)"] }],
        ["query", { filter: "id < 0" }],
        ["search", { data: [new Float32Array([0, 0]), [1, 1]], annsField: "f32", limit: 1, outputFields: ["*"] }],
        ["search", { data: [new Uint8Array([0, 0x3c, 0, 0x3c])], annsField: "f16" }],
        ["search", { data: [new Uint8Array([255, 3])], annsField: "bits" }],
        ["search", { data: [new Uint8Array([128, 127])], annsField: "i8" }],
        ["search", { data: [{ 3: 1 }], annsField: "sparse", outputFields: ["sparse", "more"] }],
      ] as const;
      for (const [name, request] of reads) {
        const given = { collectionName, ...request } as never;
        expect(await db.entities[name](given), name).toEqual(await store.entities[name](given));
      }
    },
  );

  it("takes rows by column and queries as bytes", async () => {
    const { store, db } = await served();
    await db.collections.create(definition);
    await db.entities.insert({
      collectionName,
      columns: {
        rowCount: 2,
        columns: [
          { name: "id", type: "Int64", values: [1, 2n ** 60n] },
          {
            name: "f32",
            type: "FloatVector",
            dimension: 2,
            values: new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer),
          },
          { name: "f16", type: "Float16Vector", values: new Uint8Array([0, 0x3c, 0, 0xc0, 0, 0, 0, 0x3c]) },
          { name: "bf16", type: "BFloat16Vector", values: new Uint8Array([0x80, 0x3f, 0, 0x40, 0, 0, 0x80, 0x3f]) },
          { name: "i8", type: "Int8Vector", values: new Uint8Array([128, 127, 0, 255]) },
          { name: "bits", type: "BinaryVector", values: new Uint8Array([1, 2, 3, 4]) },
          {
            name: "sparse",
            type: "SparseFloatVector",
            values: [new Uint8Array([3, 0, 0, 0, 0, 0, 128, 63]), new Uint8Array()],
          },
          { name: "flag", type: "Bool", values: [true, null] },
          { name: "list", type: "Array", elementType: "Int64", values: [[1, 2n ** 60n], null] },
          { name: "doc", type: "JSON", values: ['{"a":1.0,"b":[12345678901234567890]}', null] },
          { name: "time", type: "Timestamptz", values: [1_735_787_045_678_901n, null] },
          { name: "$meta", type: "JSON", dynamic: true, values: ['{"extra":"x"}', "{}"] },
        ],
      },
    });
    const request = { collectionName, filter: "id > 0" };
    const rows = await store.entities.query(request);
    expect(rows[0]).toMatchObject({
      extra: "x",
      flag: true,
      list: [1, 2n ** 60n],
      time: "2025-01-02T03:04:05.678901Z",
    });
    expect(rows[0]?.["i8"]).toEqual(new Int8Array([-128, 127]));
    expect(await db.entities.query(request)).toEqual(rows);
    const values = [new Uint8Array(new Float32Array([1, 2]).buffer), new Uint8Array(new Float32Array([3, 4]).buffer)];
    const search = { collectionName, annsField: "f32", vectors: { type: "FloatVector", values }, limit: 1 } as const;
    expect(await db.entities.search(search)).toEqual(await store.entities.search(search));
    for (const columns of [
      { rowCount: 2 ** 40, columns: [] },
      { rowCount: 3, columns: [{ name: "id", type: "Int64", values: [1] }] },
    ]) {
      expect((await refused(db.entities.insert({ collectionName, columns } as never))).kind).toBe("InvalidParameter");
    }
  });

  it("gives integers of all digits, and takes them in every form", async () => {
    const { db } = await served();
    await db.collections.create({ collectionName, dimension: 2 });
    const id = 2n ** 63n - 1n;
    await db.entities.insert({ collectionName, data: { id, vector: [1, 2], n: -(2n ** 63n) } });
    expect(await db.entities.get({ collectionName, id: String(id) })).toEqual([
      { id, vector: [1, 2], n: -(2n ** 63n) },
    ]);
    const envelope = await db.request("/v2/vectordb/entities/get", { collectionName, id });
    expect(envelope).toMatchObject({ code: 0, data: [{ id, n: -(2n ** 63n) }] });
    expect(await db.entities.delete({ collectionName, id })).toEqual({ deleteCount: 1 });
  });

  it("goes through large results page by page", async () => {
    const { db } = await served();
    await db.collections.create({ collectionName, dimension: 2 });
    const data = Array.from({ length: 250 }, (_, id) => ({ id, vector: [id, 1] }));
    await db.entities.insert({ collectionName, data });
    const seen: unknown[] = [];
    for await (const rows of db.entities.queryIterator({ collectionName, filter: "id >= 0", batchSize: 100 })) {
      seen.push(...rows.map(({ id }) => id));
    }
    expect(seen).toEqual(data.map(({ id }) => id));
    const found = new Set<unknown>();
    for await (const rows of db.entities.searchIterator({ collectionName, data: [[1, 1]], batchSize: 70 })) {
      for (const { id } of rows) found.add(id);
    }
    expect(found.size).toBe(250);
  });

  it("throws the kinds that the engine throws, with its words", async () => {
    const { store, db } = await served();
    await db.collections.create({ collectionName, dimension: 2 });
    await db.collections.release({ collectionName });
    const calls = [
      ["entities", "search", { collectionName, data: [[1, 2]] }, "CollectionNotLoaded"],
      ["collections", "describe", { collectionName: "books" }, "CollectionNotFound"],
      ["collections", "create", { collectionName, dimension: 3 }, "CollectionExists"],
      ["partitions", "load", { collectionName, partitionNames: ["x"] }, "PartitionNotFound"],
      ["entities", "insert", { collectionName, data: [{ id: 1, vector: [1] }] }, "BadRow"],
      ["entities", "delete", { collectionName, filter: "id >" }, "InvalidExpression"],
      ["databases", "describe", { dbName: "x" }, "DatabaseNotFound"],
      ["aliases", "describe", { aliasName: "x" }, "AliasNotFound"],
      ["indexes", "describe", { collectionName, indexName: "x" }, "IndexNotFound"],
    ] as const;
    for (const [group, action, request, kind] of calls) {
      const call = (of: object) =>
        refused(
          (of as Record<string, Record<string, (r: object) => Promise<unknown>>>)[group]?.[action]?.(request) as never,
        );
      const [ours, theirs] = [await call(store), await call(db)];
      expect([theirs.kind, theirs.code, theirs.message]).toEqual([kind, ours.code, ours.message]);
      expect(isElanusError(theirs, kind)).toBe(true);
      expect(theirs.stack).toContain("typed.test.ts");
    }
  });

  it("learns that a collection has become another one", async () => {
    const { store, db } = await served();
    await db.collections.create({ collectionName, dimension: 2 });
    await db.entities.insert({ collectionName, data: { id: 1, vector: [1, 2] } });
    expect(await db.entities.get({ collectionName, id: 1 })).toEqual([{ id: 1, vector: [1, 2] }]);
    // Not by this handle, which does not see it.
    await store.collections.drop({ collectionName });
    await store.collections.create({
      ...definition,
      schema: { fields: fields.slice(0, 6) },
      indexParams: indexParams.slice(0, 5),
    });
    const { sparse: _, doc: _doc, ...row } = bare;
    await db.entities.insert({ collectionName, data: row });
    const request = { collectionName, id: 2 };
    expect(await db.entities.get(request)).toEqual(await store.entities.get(request));
  });

  it("answers 3000 for what is of a database in this process, and says why", async () => {
    const { db } = await served();
    const calls: Record<string, () => Promise<unknown>> = {
      check: () => db.check(),
      stats: () => db.stats(),
      onProgress: async () => db.onProgress(() => {}),
      import: () => db.import({ collectionName, from: "rows.json" }),
      export: () => db.export({ collectionName, to: "rows.json" }),
      backup: () => db.backup("copy.db"),
      reembed: () => db.reembed({ collectionName, fieldName: "vector", model: "other" }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await refused(call());
      expect([error.kind, error.code]).toEqual(["Unsupported", 3000]);
      expect(error.message).toContain(`${name} is not there over a network: `);
    }
  });
});
