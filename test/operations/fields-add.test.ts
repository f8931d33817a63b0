import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { addColumn, defaultLiteral } from "../../src/engine/storage/add-column.js";
import { betterSqlite3 } from "../../src/engine/storage/better-sqlite3.js";
import { Elanus } from "../../src/index.js";
import { pairs, serve } from "../api/grpc/served.js";
import { temporaryPath } from "../support/temporary.js";

const c = { collectionName: "c" };
let db: Elanus;
afterEach(() => db.close());

async function fill(rows = 20): Promise<void> {
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
  });
  await db.entities.insert({ ...c, data: Array.from({ length: rows }, (_, id) => ({ id, v: [id, 0] })) });
}

const n = { fieldName: "n", dataType: "Int64", nullable: true, defaultValue: 7 };
const w = { fieldName: "w", dataType: "FloatVector", nullable: true, elementTypeParams: { dim: 2 } };

describe.each([
  ["in process", false],
  ["in a worker", true],
])("a field that comes with an index, %s", (_, worker) => {
  it("is there with it, and both are used at once", async () => {
    const path = temporaryPath();
    db = await Elanus.open(path, { worker });
    await fill();
    await db.collections.fields.add({ ...c, schema: n, indexParams: { indexName: "by_n", indexType: "STL_SORT" } });
    await db.collections.fields.add({ ...c, schema: w, indexParams: { fieldName: "w", metricType: "COSINE" } });
    await db.entities.insert({ ...c, data: [{ id: 99, v: [0, 1], n: 8, w: [1, 0] }] });
    const look = async () => {
      expect(await db.indexes.list(c)).toEqual(["v", "by_n", "w"]);
      expect(await db.entities.query({ ...c, filter: "n == 7", outputFields: ["count(*)"] })).toEqual([
        { "count(*)": 20 },
      ]);
      const hits = await db.entities.search({ ...c, annsField: "w", data: [[1, 0]], limit: 5 });
      expect(hits.map(({ id }) => id)).toEqual([99]);
      expect(await db.check()).toEqual({ ok: true, problems: [] });
    };
    await look();
    await db.close();
    db = await Elanus.open(path, { worker });
    await look();
  });
});

it("comes with an index over REST and gRPC", async () => {
  const served = await serve();
  db = served.db;
  await fill();
  expect(
    await db.request("/v2/vectordb/collections/fields/add", {
      ...c,
      schema: n,
      indexParams: { fieldName: "n", indexName: "by_n", indexType: "INVERTED" },
    }),
  ).toEqual({ code: 0, data: {} });
  const reply = await served.client.call(
    "AlterCollectionSchema",
    "AlterCollectionSchemaRequest",
    {
      collection_name: "c",
      action: {
        add_request: {
          field_infos: [
            {
              field_schema: { name: "w", data_type: 101, nullable: true, type_params: pairs({ dim: "2" }) },
              index_name: "by_w",
              extra_params: pairs({ index_type: "HNSW", metric_type: "IP", params: '{"M":8,"efConstruction":40}' }),
            },
          ],
        },
      },
    },
    "AlterCollectionSchemaResponse",
  );
  expect(reply.alter_status).toMatchObject({ code: 0 });
  const { indexes } = await db.collections.describe(c);
  expect(indexes.map(({ indexName, fieldName }) => [indexName, fieldName])).toEqual([
    ["v", "v"],
    ["by_n", "n"],
    ["by_w", "w"],
  ]);
  expect(await db.entities.search({ ...c, annsField: "w", data: [[1, 0]], limit: 5 })).toHaveLength(0);
});

it("is not there when its index is refused", async () => {
  db = await Elanus.open(":memory:");
  await fill();
  const add = (indexParams: object, schema: object = n) =>
    db.request("/v2/vectordb/collections/fields/add", { ...c, schema, indexParams });
  expect(await add({ fieldName: "id" })).toMatchObject({
    code: 1100,
    message: expect.stringContaining('indexParams.fieldName "id" must match schema.fieldName "n"'),
  });
  expect(await add({ indexType: "HNSW", metricType: "L2" })).toMatchObject({
    code: 1100,
    message:
      "data type Int64 can't build with this index HNSW: invalid parameter[expected=valid index params][actual=invalid index params]",
  });
  expect(await add({ indexName: "v" })).not.toMatchObject({ code: 0 });
  expect(await add({ metricType: "HAMMING" }, w)).toMatchObject({
    code: 1100,
    message:
      "float vector index does not support metric type: HAMMING: invalid parameter[expected=valid index params][actual=invalid index params]",
  });
  expect((await db.collections.describe(c)).fields.map(({ name }) => name)).toEqual(["id", "v"]);
  await db.collections.fields.add({ ...c, schema: n });
  expect(await db.check()).toEqual({ ok: true, problems: [] });
});

describe("the default of a field that is added", () => {
  it("is read by rows that were there, and is not written into those that come when the field has gone", async () => {
    db = await Elanus.open(":memory:");
    await fill(3);
    const text = 'it\'s a \u0000 \u{1f600} "text"';
    const fields = [
      { fieldName: "s", dataType: "VarChar", defaultValue: text, elementTypeParams: { max_length: 99 } },
      { fieldName: "d", dataType: "Double", defaultValue: -1.7976931348623157e308 },
      { fieldName: "big", dataType: "Int64", defaultValue: -9223372036854775808n },
    ];
    for (const field of fields)
      await db.collections.fields.add({ ...c, schema: { ...field, nullable: true } as never });
    const expected = { s: text, d: -1.7976931348623157e308, big: -9223372036854775808n };
    await db.entities.insert({
      ...c,
      data: [
        { id: 3, v: [0, 0] },
        { id: 4, v: [0, 0], s: "other" },
      ],
    });
    const outputFields = Object.keys(expected);
    const rows = await db.entities.query({ ...c, filter: "id >= 2", outputFields });
    expect(rows).toEqual([
      { id: 2, ...expected },
      { id: 3, ...expected },
      { id: 4, ...expected, s: "other" },
    ]);
    await db.snapshots.create({ ...c, snapshotName: "s" });
    for (const { fieldName } of fields) await db.collections.fields.drop({ ...c, fieldName });
    await db.entities.insert({ ...c, data: [{ id: 5, v: [0, 0] }] });
    await db.collections.compact(c);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });

  it("is exactly the one that was given", () => {
    const sql = betterSqlite3.connect(":memory:", {});
    sql.exec("CREATE TABLE t (row_id INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES (1)");
    let columns = 0;
    const real = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(real, (value) => {
        const name = `r${columns++}`;
        addColumn(sql, "t", `${name} REAL DEFAULT ${defaultLiteral(value, "REAL")}`);
        return sql.prepare(`SELECT ${name} FROM t`).pluck().get() === value;
      }),
    );
    sql.close();
  });
});
