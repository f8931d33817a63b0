import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { pairs, serve } from "../api/grpc/served.js";
import { temporaryPath } from "../support/temporary.js";

const c = { collectionName: "c" };
const functions = { embed: async (texts: readonly string[]) => texts.map((text) => [text.length, 1]) };
const made = {
  name: "embedding",
  type: "TextEmbedding",
  inputFieldNames: ["text"],
  outputFieldNames: ["v"],
  params: { provider: "openai", model_name: "text-embedding-3-small" },
};
let db: Elanus;
afterEach(() => db.close());

async function fill(): Promise<void> {
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: { max_length: 99, enable_analyzer: true },
        },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "v", metricType: "L2" },
      { fieldName: "words", metricType: "BM25" },
    ],
  });
  await db.entities.insert({ ...c, data: [{ id: 1, text: "one", v: [9, 9] }] });
}

const vectors = async () => {
  const rows = await db.entities.query({ ...c, filter: "id >= 0", outputFields: ["v"] });
  return rows.map(({ id, v }) => [id, [...(v as Float32Array)]]);
};

describe.each([
  ["in process", false],
  ["in a worker", true],
])("a function of a model, %s", (_, worker) => {
  it("comes to a field that is there, changes and goes; vectors stay", async () => {
    const path = temporaryPath();
    const options = { worker, functions };
    db = await Elanus.open(path, options);
    await fill();
    await db.collections.addFunction({ ...c, function: made });
    await db.entities.insert({ ...c, data: [{ id: 2, text: "three" }] });
    expect(await vectors()).toEqual([
      [1, [9, 9]],
      [2, [5, 1]],
    ]);
    const hits = await db.entities.search({ ...c, annsField: "v", data: ["12345"], limit: 1 });
    expect(hits.map(({ id }) => id)).toEqual([2]);
    await expect(db.entities.insert({ ...c, data: [{ id: 3, text: "x", v: [1, 1] }] })).rejects.toThrow("v");
    await db.collections.alterFunction({
      ...c,
      functionName: "embedding",
      function: { ...made, description: "changed" },
    });
    await db.close();
    db = await Elanus.open(path, options);
    const described = await db.collections.describe(c);
    expect(described.functions).toMatchObject([
      { name: "bm25", id: 100 },
      { name: "embedding", id: 101, type: 2, description: "changed" },
    ]);
    expect(described.fields[2]).toMatchObject({ name: "v", isFunctionOutput: true });
    await db.collections.dropFunction({ ...c, functionName: "embedding" });
    await db.collections.dropFunction({ ...c, functionName: "embedding" });
    await db.entities.insert({ ...c, data: [{ id: 3, text: "x", v: [1, 1] }] });
    expect(await vectors()).toEqual([
      [1, [9, 9]],
      [2, [5, 1]],
      [3, [1, 1]],
    ]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });
});

describe("a function without its field", () => {
  const ask = (action: string, body: object) => db.request(`/v2/vectordb/collections/${action}_function`, body);
  const bm25 = { ...made, name: "bm25", type: "BM25", params: {} };

  it("is refused as on a server, and nothing changes", async () => {
    db = await Elanus.open(":memory:", { functions });
    await fill();
    await db.collections.addFunction({ ...c, function: made });
    const before = await db.collections.describe(c);
    const cases: readonly [string, object, string][] = [
      ["add", { function: bm25 }, "currently does not support adding BM25 function through this API"],
      ["add", { function: { ...bm25, type: "MinHash" } }, "currently does not support adding MinHash function"],
      ["add", { function: { ...made, name: "other" } }, "duplicate function output field"],
      ["add", { function: made }, "duplicate function name: embedding"],
      ["add", { function: { ...made, name: "n", outputFieldNames: ["w"] } }, "function output field not found: w"],
      ["add", { function: { ...made, name: "n", inputFieldNames: ["v"] } }, "cannot be both input and output"],
      ["alter", { functionName: "bm25", function: bm25 }, "currently does not support alter BM25 function"],
      ["alter", { functionName: "bm25", function: { ...made, name: "bm25" } }, "does not support alter BM25 function"],
      ["alter", { functionName: "x", function: made }, "invalid function config, name not match"],
      ["alter", { functionName: "x", function: { ...made, name: "x" } }, "function x not found"],
      ["drop", { functionName: "bm25" }, "detaching a function without dropping its output field is not supported"],
    ];
    for (const [action, body, message] of cases) {
      expect(await ask(action, { ...c, ...body })).toMatchObject({
        code: 1100,
        message: expect.stringContaining(message),
      });
    }
    expect(await ask("add", { collectionName: "none", function: made })).toMatchObject({ code: 100 });
    expect(await ask("drop", c)).toMatchObject({
      code: 1802,
      message:
        "missing required parameters, error: Key: 'CollectionDropFunction.FunctionName' Error:Field validation for 'FunctionName' failed on the 'required' tag",
    });
    expect(await db.collections.describe(c)).toEqual(before);
  });

  it("is refused where the application lends no model", async () => {
    db = await Elanus.open(":memory:");
    await fill();
    expect(await ask("add", { ...c, function: made })).not.toMatchObject({ code: 0 });
  });
});

it("AddCollectionFunction, AlterCollectionFunction and DropCollectionFunction do the same", async () => {
  const served = await serve({ functions });
  db = served.db;
  await fill();
  const functionSchema = {
    name: "embedding",
    type: 2,
    input_field_names: ["text"],
    output_field_names: ["v"],
    params: pairs({ provider: "openai", model_name: "m" }),
  };
  const named = { collection_name: "c", function_name: "embedding" };
  await served.ok("AddCollectionFunction", { collection_name: "c", functionSchema });
  await served.ok("AlterCollectionFunction", { ...named, functionSchema: { ...functionSchema, description: "d" } });
  expect((await db.collections.describe(c)).functions[1]).toMatchObject({ name: "embedding", description: "d" });
  await served.ok("DropCollectionFunction", named);
  expect((await db.collections.describe(c)).functions).toHaveLength(1);
});
