import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { endSlicesAtOnce } from "../support/turns.js";

const collectionName = "c";
const LIST = Array.from({ length: 1600 }, (_, i) => `some text ${i} here`);
const row = (id: number, more: object = {}) => ({ id, v: [id, 0], note: { list: LIST, id }, ...more });
const ROWS = 400;
const rows = (from = 0) => Array.from({ length: ROWS }, (_, i) => row(from + i));

let db: Elanus;
beforeEach(async () => {
  endSlicesAtOnce();
  db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "note", dataType: "JSON" },
        { fieldName: "n", dataType: "Int64", nullable: true },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
});
afterEach(() => db.close());

/** Of the event loop, between the slices of what has begun. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const count = async (filter = "") =>
  (await db.entities.query({ collectionName, filter, outputFields: ["count(*)"] }))[0]?.["count(*)"];

describe("a batch that takes long to encode", () => {
  it("lets the event loop run, and is there at once when it is written", async () => {
    let ended = false;
    const written = db.entities.insert({ collectionName, data: rows() }).finally(() => {
      ended = true;
    });
    await turn();
    expect(ended).toBe(false);
    expect(await count()).toBe(0);
    expect((await written).insertCount).toBe(ROWS);
    expect(await count()).toBe(ROWS);
    const [found] = await db.entities.get({ collectionName, id: 7, outputFields: ["note"] });
    expect(found).toEqual({ id: 7, note: { list: LIST, id: 7 } });
  });

  it("is refused whole for its last row", async () => {
    const data = [...rows(), { id: 1, v: [1, 2, 3], note: {} }];
    await expect(db.entities.insert({ collectionName, data: data as never })).rejects.toMatchObject({ code: 1804 });
    expect(await count()).toBe(0);
  });

  it("is encoded anew when the schema has changed meanwhile", async () => {
    const written = db.entities.insert({ collectionName, data: rows() });
    await turn();
    await db.collections.fields.add({
      collectionName,
      schema: { fieldName: "more", dataType: "Int64", defaultValue: 5, nullable: true },
    });
    await written;
    expect(await count("more == 5")).toBe(ROWS);
    expect((await db.check()).problems).toEqual([]);
  });

  it("is refused when its collection has gone meanwhile", async () => {
    const written = expect(db.entities.upsert({ collectionName, data: rows() })).rejects.toMatchObject({ code: 100 });
    await turn();
    await db.collections.drop({ collectionName });
    await written;
  });

  it("builds a partial upsert on what the rows are when it is written", async () => {
    await db.entities.insert({ collectionName, data: rows().map((each) => ({ ...each, n: 1 })) });
    const data = rows().map(({ id, note }) => ({ id, note: { ...note, again: true } }));
    const written = db.entities.upsert({ collectionName, data: data as never, partialUpdate: true });
    await turn();
    await db.entities.upsert({ collectionName, data: [row(3, { n: 2 })] });
    await written;
    expect(await count("n == 2 and note['again'] == true")).toBe(1);
    expect(await count("n == 1 and note['again'] == true")).toBe(ROWS - 1);
  });
});
