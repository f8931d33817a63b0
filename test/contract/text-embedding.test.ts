import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QueryVector } from "../../src/index.js";
import {
  type ApplicationFunctions,
  Elanus,
  type EmbedContext,
  isElanusError,
  type OpenOptions,
} from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** Letters of a text, as a model would see it: a, b, c and all others. */
function vectorOf(text: string): number[] {
  const count = (letter: string) => text.split(letter).length - 1;
  const known = [count("a"), count("b"), count("c")];
  return [...known, text.length - known.reduce((sum, n) => sum + n, 0)];
}

interface Asked {
  readonly texts: readonly string[];
  readonly context: EmbedContext;
}

let asked: Asked[] = [];
const embed: NonNullable<ApplicationFunctions["embed"]> = async (texts, context) => {
  asked.push({ texts, context });
  return texts.map((text) => Float32Array.from(vectorOf(text)));
};

const opened: Elanus[] = [];
beforeEach(() => {
  asked = [];
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(options: OpenOptions = { functions: { embed } }, path = ":memory:"): Promise<Elanus> {
  const db = await Elanus.open(path, options);
  opened.push(db);
  return db;
}

const FUNCTION = {
  name: "embed_text",
  type: "TextEmbedding",
  inputFieldNames: ["text"],
  outputFieldNames: ["vector"],
  params: { provider: "local", model_name: "letters" },
};
const DOCS = {
  collectionName: "docs",
  schema: {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
      { fieldName: "tag", dataType: "Int64", nullable: true },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
    ],
    functions: [FUNCTION],
  },
  indexParams: [{ fieldName: "vector", indexName: "vector", metricType: "L2", indexType: "FLAT" }],
};
const ROWS = ["aaa", "bbb", "cab", "xyz"].map((text, i) => ({ id: i + 1, text }));

async function filled(options?: OpenOptions, path?: string): Promise<Elanus> {
  const db = await open(options, path);
  await db.collections.create(DOCS);
  await db.entities.insert({ collectionName: "docs", data: ROWS });
  return db;
}

const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isElanusError(error) ? `${error.code} ${error.message}` : String(error);
};
const search = (db: Elanus, data: readonly QueryVector[]) =>
  db.entities.search({ collectionName: "docs", data, limit: 2, outputFields: ["vector"] });
const rowsOf = (db: Elanus) => db.entities.query({ collectionName: "docs", filter: "id > 0", outputFields: ["*"] });

describe.each([false, true])("a model of the application, worker: %s", (worker) => {
  const options: OpenOptions = { functions: { embed }, worker };

  it("makes vectors of the texts of rows and of queries", async () => {
    const db = await filled(options);
    expect(await rowsOf(db)).toEqual(ROWS.map((row) => ({ ...row, tag: null, vector: vectorOf(row.text) })));
    const hits = await search(db, ["aab", "xxx"]);
    expect(hits.topks).toEqual([2, 2]);
    expect(hits.map(({ id, distance }) => [id, distance])).toEqual([
      [1, 2],
      [3, 2],
      [4, 0],
      [3, 12],
    ]);
    expect((await search(db, [[0, 3, 0, 0]]))[0]).toEqual({ id: 2, distance: 0, vector: [0, 3, 0, 0] });
    expect(asked.map(({ texts, context: { signal, ...facts } }) => [texts, facts])).toEqual([
      [ROWS.map(({ text }) => text), { ...FACTS, purpose: "insert" }],
      [["aab", "xxx"], { ...FACTS, purpose: "search" }],
    ]);
    expect(asked.every(({ context }) => context.signal instanceof AbortSignal)).toBe(true);
  });

  it("that fails fails the call and writes nothing", async () => {
    const db = await open({
      worker,
      functions: {
        embed() {
          throw new TypeError("no such model");
        },
      },
    });
    await db.collections.create(DOCS);
    expect(await refused(db.entities.insert({ collectionName: "docs", data: ROWS }))).toBe(
      "1100 the function embed of the application failed: no such model: invalid parameter",
    );
    expect(await rowsOf(db)).toEqual([]);
    expect(await refused(search(db, ["a"]))).toContain("no such model");
  });

  it("is told when the database is closed, and the call ends", async () => {
    let ended = false;
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const db = await open({
      worker,
      functions: {
        embed: (_, { signal }) => {
          begun();
          return new Promise(() => signal.addEventListener("abort", () => (ended = true)));
        },
      },
    });
    await db.collections.create(DOCS);
    const insert = refused(db.entities.insert({ collectionName: "docs", data: ROWS }));
    await running;
    await db.close();
    expect(await insert).toBe("1 service not ready: the database is closed");
    expect(ended).toBe(true);
  });
});

const FACTS = {
  fieldName: "vector",
  collectionName: "docs",
  functionName: "embed_text",
  params: FUNCTION.params,
  dimension: 4,
  vectorType: "FloatVector",
};

it("is asked for each text once, 128 at a time", async () => {
  const db = await open();
  await db.collections.create(DOCS);
  const data = Array.from({ length: 600 }, (_, i) => ({ id: i, text: `text ${i % 300}` }));
  await db.entities.insert({ collectionName: "docs", data });
  expect(asked.map(({ texts }) => texts.length)).toEqual([128, 128, 44]);
  expect(await db.collections.getStats({ collectionName: "docs" })).toEqual({ rowCount: 600 });
});

it("may use its room again for the next texts", async () => {
  const room = new Float32Array(128 * 4);
  const db = await open({
    functions: {
      embed: (texts) =>
        texts.map((text, i) => {
          room.set(vectorOf(text), i * 4);
          return room.subarray(i * 4, i * 4 + 4);
        }),
    },
  });
  await db.collections.create(DOCS);
  const data = Array.from({ length: 200 }, (_, i) => ({ id: i, text: `${"a".repeat(i % 50)}b${i}` }));
  await db.entities.insert({ collectionName: "docs", data });
  const rows = await db.entities.query({ collectionName: "docs", filter: "id >= 0", limit: 200 });
  expect(rows.map(({ vector }) => vector)).toEqual(data.map(({ text }) => vectorOf(text)));
});

it("keeps the time that a request has", async () => {
  let signal: AbortSignal | undefined;
  const db = await open({
    functions: {
      embed: (_, context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    },
  });
  await db.collections.create(DOCS);
  const reply = await db.request(
    "/v2/vectordb/entities/insert",
    { collectionName: "docs", data: ROWS },
    { headers: { "Request-Timeout": "1" } },
  );
  expect(reply).toMatchObject({ code: 10001 });
  // The answer and the end of the work each have a timer.
  await expect.poll(() => signal?.aborted).toBe(true);
});

describe("vectors that a model made", () => {
  it("follow the text of an upsert, and stay where a partial one leaves it alone", async () => {
    const db = await filled();
    asked = [];
    await db.entities.upsert({ collectionName: "docs", partialUpdate: true, data: [{ id: 1, tag: 7 }] });
    expect(asked).toEqual([]);
    await db.entities.upsert({ collectionName: "docs", partialUpdate: true, data: [{ id: 2, text: "cc" }] });
    await db.entities.upsert({ collectionName: "docs", data: [{ id: 3, text: "b" }] });
    expect(asked.map(({ texts }) => texts)).toEqual([["cc"], ["b"]]);
    expect((await rowsOf(db)).slice(0, 3)).toEqual([
      { id: 1, text: "aaa", tag: 7, vector: vectorOf("aaa") },
      { id: 2, text: "cc", tag: null, vector: vectorOf("cc") },
      { id: 3, text: "b", tag: null, vector: vectorOf("b") },
    ]);
  });

  it("are given by hand only where the collection allows it", async () => {
    const db = await filled();
    const row = { id: 9, text: "a", vector: [9, 9, 9, 9] };
    const insert = (data: object) => db.entities.insert({ collectionName: "docs", data });
    expect(await refused(insert(row))).toContain(
      "Insert data has function output field, but collection's property `collection.function.allowInsertNonBM25FunctionOutputs` is not enable",
    );
    await db.collections.alterProperties({
      collectionName: "docs",
      properties: { "collection.function.allowInsertNonBM25FunctionOutputs": true },
    });
    asked = [];
    await insert([row, { id: 10, text: "ab" }]);
    expect(asked.map(({ texts }) => texts)).toEqual([["ab"]]);
    expect((await rowsOf(db)).slice(-2)).toEqual([
      { ...row, tag: null },
      { id: 10, text: "ab", tag: null, vector: vectorOf("ab") },
    ]);
  });

  it("are found by vector without the model, which texts and rows need", async () => {
    const path = temporaryPath();
    const first = await filled({ functions: { embed } }, path);
    await first.close();
    const db = await open({}, path);
    expect((await search(db, [vectorOf("bbb")]))[0]).toMatchObject({ id: 2, distance: 0 });
    const disabled = "1100 text embedding model provider [local] is disabled: invalid parameter";
    expect(await refused(search(db, ["bbb"]))).toBe(disabled);
    expect(await refused(db.entities.insert({ collectionName: "docs", data: ROWS }))).toBe(disabled);
  });

  it("take part in a hybrid search", async () => {
    const db = await filled();
    const hits = await db.entities.hybridSearch({
      collectionName: "docs",
      search: [
        { annsField: "vector", data: ["aaa"], limit: 2 },
        { annsField: "vector", data: [vectorOf("bbb")], limit: 2 },
      ],
      limit: 3,
    });
    expect(hits.map(({ id }) => id)).toEqual([3, 1, 2]);
  });

  it("are of eight bits where the field is", async () => {
    const db = await open();
    const fields = DOCS.schema.fields.map((field) =>
      field.fieldName === "vector" ? { ...field, dataType: "Int8Vector" } : field,
    );
    await db.collections.create({
      collectionName: "docs",
      schema: { ...DOCS.schema, fields },
      indexParams: [{ fieldName: "vector", metricType: "L2", indexType: "HNSW" }],
    });
    await db.entities.insert({ collectionName: "docs", data: ROWS });
    expect((await search(db, ["cab"]))[0]).toEqual({ id: 3, distance: 0, vector: Int8Array.of(1, 1, 1, 0) });
  });
});

it("what has changed while the model worked is looked at anew", async () => {
  let meanwhile = async (_: Elanus): Promise<unknown> => undefined;
  const db = await open({
    functions: {
      embed: async (texts) => {
        await meanwhile(db);
        return texts.map(vectorOf);
      },
    },
  });
  await db.collections.create(DOCS);
  const insert = () => db.entities.insert({ collectionName: "docs", data: ROWS });
  meanwhile = () => db.collections.drop({ collectionName: "docs" });
  expect(await refused(insert())).toContain("100 can't find collection");
  await db.collections.create(DOCS);
  // Another collection of the name asks its own function.
  let again = true;
  meanwhile = async () => {
    if (!again) return;
    again = false;
    await db.collections.drop({ collectionName: "docs" });
    await db.collections.create(DOCS);
  };
  await insert();
  expect(await rowsOf(db)).toHaveLength(ROWS.length);
  meanwhile = () => db.collections.release({ collectionName: "docs" });
  expect(await refused(search(db, ["a"]))).toContain("101 ");
});

describe("refuses", () => {
  const insertWith = async (functions: ApplicationFunctions, data: object = ROWS): Promise<string> => {
    const db = await open({ functions });
    await db.collections.create(DOCS);
    const text = await refused(db.entities.insert({ collectionName: "docs", data }));
    expect(await rowsOf(db)).toEqual([]);
    return text;
  };

  it.each<[string, NonNullable<ApplicationFunctions["embed"]>, string]>([
    ["too few vectors", () => [[1, 2, 3, 4]], "1100 embed: the number of texts and embeddings does not match text:[4]"],
    ["no vectors", () => undefined as never, "1100 embed: the number of texts and embeddings does not match"],
    ["another dimension", (texts) => texts.map(() => [1]), "the required embedding dim is [4], but the embedding"],
    ["what is no list", (texts) => texts.map(() => "abcd" as never), "1100 embed: an embedding is no list of numbers"],
    ["what is no number", (texts) => texts.map(() => [1, 2, 3, Number.NaN]), "1100 embed: value 'NaN' is not a number"],
  ])("%s", async (_, model, text) => {
    expect(await insertWith({ embed: model })).toContain(text);
  });

  it("empty texts, rows that do not fit, before the model is asked", async () => {
    expect(await insertWith({ embed }, [{ id: 1, text: "" }])).toContain("There is an empty string in the input data");
    expect(await insertWith({ embed }, [{ id: 1, text: "a".repeat(101) }])).toContain("exceeds max length");
    expect(await insertWith({ embed }, [{ id: 1 }])).toContain("row 0 does not has field text");
    expect(asked).toEqual([]);
  });

  it.each([
    ["without a model", {}, FUNCTION.params, "text embedding model provider [local] is disabled"],
    ["no provider", { functions: { embed } }, { model_name: "x" }, "parameter:[provider] was not found"],
    ["no parameters", { functions: { embed } }, {}, "TextEmbedding function accepts no params"],
    [
      "another provider",
      {},
      { provider: "x" },
      "unsupported text embedding service provider: [x] , list of supported [",
    ],
  ])("a function of a schema: %s", async (_, options, params, text) => {
    const db = await open(options);
    const functions = [{ ...FUNCTION, params }];
    const create = db.collections.create({ ...DOCS, schema: { ...DOCS.schema, functions } });
    expect(await refused(create)).toContain(text);
    expect(await db.collections.list({})).toEqual([]);
  });

  it("fields that do not suit the function", async () => {
    const db = await open();
    const create = (changes: object) =>
      refused(db.collections.create({ ...DOCS, schema: { ...DOCS.schema, functions: [{ ...FUNCTION, ...changes }] } }));
    expect(await create({ inputFieldNames: ["tag"] })).toContain(
      "must be a VARCHAR/TEXT field, got 1 field with type Int64",
    );
    expect(await create({ outputFieldNames: ["tag"] })).toContain("function output field cannot be nullable");
  });

  it("functions that are none", async () => {
    expect(await refused(Elanus.open(":memory:", { functions: { embed: "x" as never } }))).toBe(
      '1100 "functions.embed" of Elanus.open must be a function, a model { model, embed } or an object of those by name, not "x": invalid parameter',
    );
    expect(await refused(Elanus.open(":memory:", { functions: { embd: embed } as never }))).toContain('"embed"');
  });
});

it("describes the function, and knows the same definition again", async () => {
  const db = await filled();
  const { functions, fields } = await db.collections.describe({ collectionName: "docs" });
  expect(functions).toEqual([
    {
      name: "embed_text",
      description: "",
      type: 2,
      id: 100,
      inputFieldNames: ["text"],
      outputFieldNames: ["vector"],
      params: [
        { key: "provider", value: "local" },
        { key: "model_name", value: "letters" },
      ],
    },
  ]);
  expect(fields.find(({ name }) => name === "vector")).toMatchObject({ isFunctionOutput: true });
  await db.collections.create(DOCS);
  const other = { ...DOCS, schema: { ...DOCS.schema, functions: [] } };
  expect(await refused(db.collections.create(other))).toContain(
    "create duplicate collection with different parameters",
  );
});
