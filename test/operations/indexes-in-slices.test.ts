import { afterEach, beforeEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { turnsOf } from "../support/turns.js";

const collectionName = "c";
/** More than are sorted in one stretch. */
const ROWS = 24_000;

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 20 } },
        { fieldName: "n", dataType: "Int64", nullable: true },
        { fieldName: "gone", dataType: "Int64" },
        { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 20, enable_analyzer: true } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexType: "FLAT", metricType: "L2" }],
  });
  await db.partitions.create({ collectionName, partitionName: "p" });
  const data = Array.from({ length: ROWS }, (_, i) => row((i * 7919) % ROWS));
  await db.entities.insert({ collectionName, data: data.slice(0, ROWS / 2) });
  await db.entities.insert({ collectionName, data: data.slice(ROWS / 2), partitionName: "p" });
  await db.collections.fields.drop({ collectionName, fieldName: "gone" });
  await db.collections.fields.add({
    collectionName,
    schema: { fieldName: "late", dataType: "Int64", nullable: true, defaultValue: 7 } as never,
  });
});
afterEach(() => db.close());

function row(i: number) {
  return {
    id: `k${i}`,
    n: i % 10 === 3 ? null : i % 100,
    gone: i,
    t: `w${i % 9}`,
    v: [i, 0],
    extra: i % 50,
    quote: `it's "${i % 5}"`,
  };
}
const onField = { fieldName: "n", indexName: "n", indexType: "STL_SORT" };
const onLate = { fieldName: "late", indexName: "late", indexType: "STL_SORT" };
const onPath = {
  fieldName: "extra",
  indexName: "path",
  indexType: "INVERTED",
  params: { json_path: `$meta["it's $&"]`, json_cast_type: "DOUBLE" },
};
const create = (...indexParams: object[]) => db.indexes.create({ collectionName, indexParams: indexParams as never });
const names = async () => [...(await db.indexes.list({ collectionName }))].sort();
const count = async (filter: string) =>
  (await db.entities.query({ collectionName, filter, outputFields: ["count(*)"] }))[0]?.["count(*)"];
const sound = async () => expect((await db.check()).problems).toEqual([]);
const leadsTo = async (filter: string) => {
  const { explanation } = await db.entities.query({ collectionName, filter, explain: true });
  return explanation?.filter?.index;
};
const everything = () =>
  db.entities.query({ collectionName, filter: "", outputFields: ["*"], limit: 10_000, orderByFields: ["n", "id"] });

it("indexes of vectors are no matter of the table, beside others and alone", async () => {
  const onVector = { fieldName: "v", indexName: "v", indexType: "FLAT", metricType: "COSINE" };
  for (const others of [[], [onField]]) {
    await db.collections.release({ collectionName });
    await db.indexes.drop({ collectionName, indexName: "v" });
    await create(onVector, ...others);
    await db.collections.load({ collectionName });
  }
  expect(await names()).toEqual(["n", "v"]);
  const [hit] = await db.entities.search({ collectionName, data: [[1, 0]], limit: 1, annsField: "v" });
  expect(hit).toMatchObject({ distance: 1 });
  await sound();
});

it("indexes of a large table in memory are made while the event loop runs, and change no row", async () => {
  const before = await everything();
  const { turns } = await turnsOf(create(onField, onPath, onLate));
  expect(turns).toBeGreaterThan(2);
  expect(await names()).toEqual(["late", "n", "path", "v"]);
  expect(await everything()).toEqual(before);
  expect(await Promise.all(["n == 5", "late == 7", `$meta["it's $&"] == 3`].map(leadsTo))).toEqual([
    "n",
    "late",
    "path",
  ]);
  await sound();
});

it("queries see all rows meanwhile, writes come after it", async () => {
  const making = create(onField);
  const look = count("n == 5");
  const more = db.entities.insert({ collectionName, data: [{ id: "new", n: 5, t: "", v: [0, 0] }] });
  const less = db.entities.delete({ collectionName, filter: 'id == "k5"' });
  expect(await look).toBe(ROWS / 100);
  await Promise.all([making, more, less]);
  expect(await count("n == 5")).toBe(ROWS / 100);
  expect(await count('id in ["new", "k5"]')).toBe(1);
  const told = await db.indexes.describe({ collectionName, indexName: "n" });
  expect(told).toMatchObject([{ indexState: "Finished", totalRows: ROWS }]);
  await sound();
});

it("that are asked for twice, or of a collection that changes or goes, are made once, or refused", async () => {
  await Promise.all([create(onField), create(onField), create(onLate, onField)]);
  expect(await names()).toEqual(["late", "n", "v"]);
  await sound();
  const field = { fieldName: "later", dataType: "Int64", nullable: true };
  await Promise.all([create(onPath), db.collections.fields.add({ collectionName, schema: field as never })]);
  expect(await count("later is null and n == 5")).toBe(ROWS / 100);
  await sound();
  await db.indexes.drop({ collectionName, indexName: "n" });
  const [outcome] = await Promise.allSettled([create(onField), db.collections.drop({ collectionName })]);
  if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: 100 });
  await sound();
});

it("give way to what writes in many transactions, and are made in the end", async () => {
  const filling = db.collections.addFunctionField({
    collectionName,
    function: { name: "f", type: "BM25", inputFieldNames: ["t"], outputFieldNames: ["sparse"] },
    outputField: { fieldName: "sparse", dataType: "SparseFloatVector" },
  } as never);
  await Promise.all([filling, create(onField)]);
  expect(await names()).toEqual(["n", "sparse", "v"]);
  expect([await count("n == 5"), await leadsTo("n == 5")]).toEqual([ROWS / 100, "n"]);
  await sound();
});

it("are kept up by what is written later, and go with the collection's rows and fields", async () => {
  await create(onField, onLate);
  await db.entities.upsert({ collectionName, data: [{ id: "k1", n: 1000, t: "", v: [0, 0] }] });
  expect(await count("n == 1000")).toBe(1);
  await db.collections.fields.drop({ collectionName, fieldName: "late" });
  expect(await names()).toEqual(["n", "v"]);
  await db.collections.truncate({ collectionName });
  expect(await count("")).toBe(0);
  await db.entities.insert({ collectionName, data: [{ id: "again", n: 1, t: "", v: [0, 0] }] });
  expect(await count("n == 1")).toBe(1);
  await sound();
});
