import { copyFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { turnsOf } from "../support/turns.js";

const collectionName = "c";
/** More than are sorted on the engine's thread. */
const ROWS = 24_000;

let path: string;
let db: Elanus;
beforeEach(async () => {
  path = temporaryPath();
  db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "doc", dataType: "JSON" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexType: "FLAT", metricType: "L2" }],
  });
  const data = Array.from({ length: ROWS }, (_, i) => ({
    id: i,
    n: i % 100,
    doc: { a: i % 50 },
    v: [i, 0],
  }));
  await db.entities.insert({ collectionName, data });
});
afterEach(() => db.close());

const onField = { fieldName: "n", indexType: "INVERTED" };
const onPath = {
  fieldName: "doc",
  indexName: "p",
  indexType: "INVERTED",
  params: { json_path: 'doc["a"]', json_cast_type: "DOUBLE" },
};
const create = (...indexParams: object[]) => db.indexes.create({ collectionName, indexParams: indexParams as never });
const names = async (of = db) => [...(await of.indexes.list({ collectionName }))].sort();
const count = async (filter: string, of = db) =>
  (await of.entities.query({ collectionName, filter, outputFields: ["count(*)"] }))[0]?.["count(*)"];
const sound = async (of = db) => expect((await of.check()).problems).toEqual([]);

it("indexes of a large table are made while the event loop runs, and are there with what was written meanwhile", async () => {
  const before = await names();
  const making = create(onField, onPath);
  const look = count("n == 5");
  const more = db.entities.insert({ collectionName, data: [{ id: ROWS, n: 5, doc: { a: 3 }, v: [0, 0] }] });
  const { turns } = await turnsOf(making);
  expect(turns).toBeGreaterThan(1);
  expect([0, 1].map((written) => ROWS / 100 + written)).toContain(await look);
  await more;
  expect(await names()).toEqual([...before, "n", "p"].sort());
  expect([await count("n == 5"), await count('doc["a"] == 3')]).toEqual([ROWS / 100 + 1, ROWS / 50 + 1]);
  const told = await db.indexes.describe({ collectionName, indexName: "n" });
  expect(told).toMatchObject([{ indexState: "Finished", indexedRows: ROWS + 1 }]);
  await sound();
  await db.close();
  db = await Elanus.open(path);
  expect(await names()).toEqual([...before, "n", "p"].sort());
  await db.indexes.drop({ collectionName, indexName: "n" });
  await sound();
});

it("that are asked for twice at once are made once", async () => {
  await Promise.all([create(onField), create(onField), create(onPath, onField)]);
  expect((await names()).filter((name) => name === "n" || name === "p")).toEqual(["n", "p"]);
  await sound();
});

it("of a collection that goes or changes meanwhile are refused, or made on what it is then", async () => {
  const field = { fieldName: "late", dataType: "Int64", nullable: true };
  const [made] = await Promise.all([
    create(onField),
    db.collections.fields.add({ collectionName, schema: field as never }),
  ]);
  expect(made).toEqual({});
  expect(await count("n == 5 and late is null")).toBe(ROWS / 100);
  await sound();
  const [outcome] = await Promise.allSettled([create(onPath), db.collections.drop({ collectionName })]);
  if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: 100 });
  await sound();
});

it("are not there at all in a file that was left in the middle of it, and are seen by a reader beside it", async () => {
  const reader = await Elanus.open(path, { readonly: true });
  const before = await names(reader);
  const left = temporaryPath();
  const making = create(onField);
  copyFileSync(`${path}-wal`, `${left}-wal`);
  copyFileSync(path, left);
  await making;
  expect(await names(reader)).toEqual([...before, "n"].sort());
  expect(await count("n == 5", reader)).toBe(ROWS / 100);
  await reader.close();
  const found = await Elanus.open(left);
  expect(await names(found)).toEqual(before);
  await sound(found);
  await found.close();
});
