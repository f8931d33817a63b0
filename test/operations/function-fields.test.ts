import Sqlite from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type ProgressEvent } from "../../src/index.js";
import { pairs, serve } from "../api/grpc/served.js";
import { temporaryPath } from "../support/temporary.js";

const docs = { collectionName: "docs" };
const TEXT = { max_length: 200, enable_analyzer: true };
const added = {
  ...docs,
  function: { name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] },
  outputField: { fieldName: "words", dataType: "SparseFloatVector" },
};

let db: Elanus;
afterEach(() => db.close());

async function filled(path = ":memory:", rows = 300): Promise<void> {
  db = await Elanus.open(path, {
    durability: "off",
    functions: { embed: async (texts) => texts.map((text) => [text.length, 1]) },
  });
  await fill(rows);
}

async function fill(rows: number): Promise<void> {
  await db.collections.create({
    ...docs,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "text", dataType: "VarChar", nullable: true, elementTypeParams: TEXT },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: TEXT },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
  });
  await db.entities.insert({ ...docs, data: Array.from({ length: rows }, (_, id) => row(id)) });
}

function row(id: number): Record<string, unknown> {
  return {
    id,
    text: id % 7 === 0 ? null : `word${id} all ${id % 2 === 0 ? "even" : "odd"}`,
    title: `t${id}`,
    v: [id, 0],
  };
}

async function found(word: string, more: object = {}): Promise<unknown[]> {
  const hits = await db.entities.search({ ...docs, annsField: "words", data: [word], limit: 1000, ...more });
  return hits.map(({ id }) => id);
}

describe.each([":memory:", "a file"])("a function that is added, in %s", (where) => {
  const path = () => (where === "a file" ? temporaryPath() : where);

  it("has computed its field for all rows, and computes it for new ones", async () => {
    await filled(path());
    const events: ProgressEvent[] = [];
    db.onProgress((event) => events.push(event));
    await db.collections.addFunctionField(added);
    expect(await found("word5")).toEqual([5]);
    expect((await found("even")).length).toBe(128);
    await db.entities.insert({ ...docs, data: [row(1002)] });
    expect(await found("word1002")).toEqual([1002]);
    const { fields, functions, indexes } = await db.collections.describe(docs);
    expect(fields.at(-1)).toMatchObject({ name: "words", isFunctionOutput: true, nullable: false });
    expect(functions).toMatchObject([{ name: "bm25", type: 1, id: 100 }]);
    expect(indexes.at(-1)).toMatchObject({ fieldName: "words", metricType: "BM25" });
    expect(events.filter(({ kind }) => kind === "fill").at(-1)).toMatchObject({ field: "words", progress: 100 });
    expect((await db.check()).problems).toEqual([]);
  });

  it("has seen what was written meanwhile, and what was removed", async () => {
    await filled(path(), 3000);
    const adding = db.collections.addFunctionField(added);
    for (let id = 0; id < 3000; id += 100) {
      await db.entities.delete({ ...docs, id: [id + 1] });
      await db.entities.upsert({ ...docs, data: [{ ...row(id + 2), text: "changed" }] });
      await db.entities.insert({ ...docs, data: [{ ...row(10_000 + id), text: "late" }] });
      expect((await db.collections.describe(docs)).fields.length).toBeLessThanOrEqual(5);
      if (id % 500 === 0) await db.collections.compact(docs);
    }
    await adding;
    expect((await found("changed")).length).toBe(30);
    expect((await found("late")).length).toBe(30);
    expect(await found("word101")).toEqual([]);
    expect(await found("word103")).toEqual([103]);
    expect((await db.check()).problems).toEqual([]);
  });

  it("may ask a model, and may be of a released collection", async () => {
    await filled(path(), 200);
    await db.collections.release(docs);
    const embed = { name: "e", type: "TextEmbedding", inputFieldNames: ["title"], outputFieldNames: ["meaning"] };
    await db.collections.addFunctionField({
      ...docs,
      function: { ...embed, params: { provider: "local", model_name: "m" } },
      outputField: { fieldName: "meaning", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      indexParams: { fieldName: "meaning", indexName: "m", indexType: "FLAT", metricType: "L2" },
    });
    await db.collections.load(docs);
    const hits = await db.entities.search({ ...docs, annsField: "meaning", data: ["ab"], limit: 20 });
    expect(hits.filter(({ distance }) => distance === 0)).toHaveLength(10);
    expect((await db.check()).problems).toEqual([]);
  });

  it("leaves nothing when the collection or its text is dropped meanwhile", async () => {
    await filled(path(), 2000);
    const adding = expect(db.collections.addFunctionField(added)).rejects.toMatchObject({
      code: 1100,
      message: "function input field not found: text: invalid parameter",
    });
    await db.collections.fields.drop({ ...docs, fieldName: "text" });
    await adding;
    await db.collections.compact(docs);
    expect((await db.check()).problems).toEqual([]);
    const title = { ...added, function: { ...added.function, inputFieldNames: ["title"] } };
    const again = expect(db.collections.addFunctionField(title)).rejects.toMatchObject({ code: 100 });
    await db.collections.drop(docs);
    await again;
    expect((await db.check()).problems).toEqual([]);
  });

  it("is dropped with its field, and may be added again", async () => {
    await filled(path());
    await db.collections.addFunctionField(added);
    await db.collections.dropFunctionField({ ...docs, functionName: "bm25" });
    const { fields, functions, indexes } = await db.collections.describe(docs);
    expect([fields.length, functions, indexes.length]).toEqual([4, [], 1]);
    await expect(found("even")).rejects.toMatchObject({ code: expect.any(Number) });
    await db.entities.insert({ ...docs, data: [row(5000)] });
    await db.collections.addFunctionField(added);
    expect(await found("word5000")).toEqual([5000]);
    await db.collections.compact(docs);
    expect((await db.check()).problems).toEqual([]);
  });
});

describe("a function that cannot be added or dropped", () => {
  it.each<[string, object, string]>([
    [
      "an index of another field",
      { indexParams: { fieldName: "v" } },
      'indexParams.fieldName "v" must match outputField.fieldName "words"',
    ],
    [
      "a name that is taken",
      { outputField: { ...added.outputField, fieldName: "v" } },
      "field already exists, name: v",
    ],
    [
      "another output",
      { function: { ...added.function, outputFieldNames: ["other"] } },
      "function output field not found: other",
    ],
    [
      "a missing text",
      { function: { ...added.function, inputFieldNames: ["none"] } },
      "function input field not found: none",
    ],
    [
      "a nullable output",
      { outputField: { ...added.outputField, nullable: true } },
      "function output field cannot be nullable: function bm25, field words",
    ],
  ])("%s", async (_, change, text) => {
    await filled();
    const before = await db.collections.describe(docs);
    await expect(db.collections.addFunctionField({ ...added, ...change })).rejects.toMatchObject({
      code: 1100,
      message: `${text}: invalid parameter`,
    });
    expect(await db.collections.describe(docs)).toEqual(before);
    expect((await db.check()).problems).toEqual([]);
  });

  it("a function that is there, one that is not, the last vector", async () => {
    await filled();
    await db.collections.addFunctionField(added);
    await expect(db.collections.addFunctionField(added)).rejects.toMatchObject({
      message: "function already exists, name: bm25: invalid parameter",
    });
    await expect(db.collections.dropFunctionField({ ...docs, functionName: "x" })).rejects.toMatchObject({
      message: "function not found: x: invalid parameter",
    });
    await db.collections.fields.drop({ ...docs, fieldName: "v" });
    await expect(db.collections.dropFunctionField({ ...docs, functionName: "bm25" })).rejects.toMatchObject({
      message: "cannot drop function bm25: it would leave no vector field in the collection: invalid parameter",
    });
  });
});

it("what a process that died has left is taken away by a compaction", async () => {
  const path = temporaryPath();
  await filled(path, 50);
  await db.close();
  // As it is in the middle of the work: a table that belongs to no field.
  const sql = new Sqlite(path);
  const id = sql.prepare("SELECT id FROM collections").pluck().get();
  sql.exec(`CREATE TABLE v_${id}_104 (row_id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
    INSERT INTO v_${id}_104 VALUES (1, x'00');
    INSERT INTO leftovers VALUES (${id}, 'table', 'v_${id}_104', NULL, 0);
    UPDATE collections SET next_field_id = 105`);
  sql.close();
  db = await Elanus.open(path);
  expect((await db.check()).problems).toEqual([]);
  await db.collections.addFunctionField(added);
  expect(await found("word5")).toEqual([5]);
  await db.collections.compact(docs);
  expect((await db.check()).problems).toEqual([]);
});

it("AlterCollectionSchema adds and drops a function with its field", async () => {
  const served = await serve();
  db = served.db;
  await fill(300);
  const alter = (action: object) =>
    served.client.call(
      "AlterCollectionSchema",
      "AlterCollectionSchemaRequest",
      { collection_name: "docs", action },
      "AlterCollectionSchemaResponse",
    );
  const reply = await alter({
    add_request: {
      field_infos: [
        {
          field_schema: { name: "words", data_type: 104, is_function_output: true },
          index_name: "by_words",
          extra_params: pairs({ index_type: "SPARSE_INVERTED_INDEX", metric_type: "BM25" }),
        },
      ],
      func_schema: [{ name: "bm25", type: 1, input_field_names: ["text"], output_field_names: ["words"] }],
      do_physical_backfill: true,
    },
  });
  expect(reply.alter_status).toMatchObject({ code: 0 });
  expect(await db.indexes.list(docs)).toEqual(["v", "by_words"]);
  expect(await found("word5")).toEqual([5]);
  expect((await alter({ drop_request: { function_name: "bm25" } })).alter_status).toMatchObject({
    code: 1100,
    reason: expect.stringContaining("detaching a function without dropping its output field is not supported"),
  });
  const dropped = await alter({ drop_request: { function_name: "bm25", drop_function_output_fields: true } });
  expect(dropped.alter_status).toMatchObject({ code: 0 });
  expect((await db.collections.describe(docs)).functions).toEqual([]);
});
