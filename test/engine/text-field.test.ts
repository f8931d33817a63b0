import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const c = { collectionName: "c" };
let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

function create(text: object = {}): Promise<unknown> {
  return db.collections.create({
    ...c,
    schema: {
      functions: [{ name: "words", type: "BM25", inputFieldNames: ["t"], outputFieldNames: ["s"] }],
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "s", dataType: "SparseFloatVector" },
        { fieldName: "t", dataType: "Text", elementTypeParams: { enable_analyzer: true, enable_match: true, ...text } },
        { fieldName: "note", dataType: "Text", nullable: true },
      ],
    },
    indexParams: [{ fieldName: "s", indexName: "s", metricType: "BM25" }],
  });
}

describe("a field of long text", () => {
  it("holds far more than a VarChar, and is searched by its words", async () => {
    await create();
    const long = `${"lorem ipsum ".repeat(50_000)}kite`;
    await db.entities.insert({
      ...c,
      data: [
        { id: 1, t: long, note: "short" },
        { id: 2, t: "a kite over the field", note: null },
        { id: 3, t: "nothing of the kind" },
      ],
    });
    expect(await db.entities.get({ ...c, id: [1, 2, 3], outputFields: ["t", "note"] })).toEqual([
      { id: 1, t: long, note: "short" },
      { id: 2, t: "a kite over the field", note: null },
      { id: 3, t: "nothing of the kind", note: null },
    ]);
    const ids = (rows: Iterable<{ id?: unknown }>) => [...rows].map(({ id }) => id);
    expect(ids(await db.entities.search({ ...c, annsField: "s", data: ["kite"], limit: 5 }))).toEqual([2, 1]);
    expect(ids(await db.entities.query({ ...c, filter: 'text_match(t, "kite")' }))).toEqual([1, 2]);
    expect(ids(await db.entities.query({ ...c, filter: 'phrase_match(t, "the field")' }))).toEqual([2]);
    const described = await db.collections.describe(c);
    expect(described.fields[2]).toMatchObject({ name: "t", type: "Text" });
    await db.entities.upsert({ ...c, partialUpdate: true, data: [{ id: 2, note: "new" }] });
    expect(await db.entities.get({ ...c, id: 2, outputFields: ["note"] })).toEqual([{ id: 2, note: "new" }]);
    expect((await db.check()).ok).toBe(true);
  });

  it.each([
    't == "a"',
    't like "a%"',
    't =~ "a"',
    'note in ["a"]',
    "note is null",
    't < "b"',
    "length(t) > 1",
    "t == note",
  ])("is in no other filter: %s", async (filter) => {
    await create();
    await expect(db.entities.query({ ...c, filter })).rejects.toMatchObject({
      code: 1100,
      message: expect.stringMatching(/filter on text field \((t|note)\) is not supported yet/),
    });
    if (!filter.includes("length")) {
      await expect(db.entities.query({ ...c, filter })).rejects.toThrow(
        /filter on text field \((t|note)\) is not supported yet/,
      );
    }
  });

  it("is neither sorted nor grouped by, nor has an index of its own", async () => {
    await create();
    const query = (more: object) => db.entities.query({ ...c, filter: "", limit: 5, ...more });
    await expect(query({ orderByFields: ["t"] })).rejects.toThrow("has type Text which is not sortable");
    await expect(query({ groupByFields: ["t"] })).rejects.toThrow("group by field t has unsupported data type Text");
    await expect(query({ outputFields: ["max(t)"] })).rejects.toThrow("max does not support data type Text");
    expect(await query({ outputFields: ["count(t)"] })).toEqual([{ "count(t)": 0 }]);
    for (const indexType of ["INVERTED", "AUTOINDEX"]) {
      const indexParams = [{ fieldName: "note", indexName: "n", indexType }];
      await expect(db.indexes.create({ ...c, indexParams })).rejects.toThrow(
        "TEXT field does not support user-created scalar index",
      );
    }
  });

  it("has a limit of two mebibytes, or its own", async () => {
    await create({ max_length: 10 });
    const insert = (t: unknown, note?: unknown) => db.entities.insert({ ...c, data: [{ id: 1, t, note }] });
    await expect(insert("ééééé!")).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("text field t exceeds max length, row number: 0, length: 11, max length: 10"),
    });
    await expect(insert("a", "x".repeat(2_097_153))).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "text field note exceeds max length, row number: 0, length: 2097153, max length: 2097152",
      ),
    });
    await expect(insert({})).rejects.toMatchObject({
      code: 1804,
      message: "fail to deal the insert data, error: not a string: invalid parameter[expected=Text][actual={}]",
    });
    expect(await insert("ééééé", "x".repeat(2_097_152))).toMatchObject({ insertCount: 1 });
  });

  it.each<[object, RegExp]>([
    [{ fieldName: "x", dataType: "Text", isPrimary: true }, /./],
    [{ fieldName: "x", dataType: "Text", isPartitionKey: true }, /./],
    [{ fieldName: "x", dataType: "Text", defaultValue: "a" }, /default/],
    [{ fieldName: "x", dataType: "Array", elementDataType: "Text", elementTypeParams: { max_capacity: 3 } }, /./],
    [{ fieldName: "x", dataType: "Text", elementTypeParams: { max_length: 2_097_153 } }, /maximum length/],
  ])("%j is refused", async (field, text) => {
    const key = { fieldName: "id", dataType: "Int64", isPrimary: !("isPrimary" in field) };
    const vector = { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } };
    const fields = [...("isPrimary" in field ? [] : [key]), vector, field];
    await expect(db.collections.create({ ...c, schema: { fields } } as never)).rejects.toThrow(text);
    expect(await db.collections.list()).toEqual([]);
  });
});
