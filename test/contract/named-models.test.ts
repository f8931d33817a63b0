import { afterEach, describe, expect, it } from "vitest";
import {
  aiSdkEmbedder,
  Elanus,
  type Embedder,
  type Embedders,
  floatVector,
  int64,
  openAiEmbedder,
  schema,
  transformersEmbedder,
  varchar,
} from "../../src/index.js";
import { fakeServer, refused } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

const open: Elanus[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

/** Makes vectors that say which model made them. */
const model = (name: string, mark: number, dimension?: number): Embedder => ({
  model: name,
  ...(dimension !== undefined && { dimension }),
  embed: (texts) => texts.map((text) => [mark, text.length]),
});

const NOTE = schema({
  id: int64().primary(),
  text: varchar(100),
  small: floatVector(2).index({ metric: "L2" }).embeds("text", { model: "small" }),
  large: floatVector(2).index({ metric: "L2" }).embeds("text", { model: "large" }),
});

async function notes(embed: Embedders | undefined, worker = false, path = ":memory:") {
  const db = await Elanus.open(path, { worker, ...(embed !== undefined && { functions: { embed } }) });
  open.push(db);
  return db.collection("note", NOTE);
}

const small = model("small", 1);
const large = model("large", 2);

describe.each([false, true])("models, worker: %s", (worker) => {
  it.each([
    ["their own names", { small, large }],
    ["fields", { small: small.embed, large }],
    ["collections and fields", { "note.small": small, "note.large": large, small: model("small", 7) }],
    ["their own names, as functions", { small: small.embed, large: large.embed }],
  ] as const)("are found by %s", async (_, embed) => {
    const collection = await notes(embed, worker);
    await collection.ensure();
    await collection.insert({ id: 1, text: "abc" });
    expect(await collection.get({ id: 1, outputFields: ["small", "large"] })).toEqual([
      { id: 1, small: [1, 3], large: [2, 3] },
    ]);
    const hits = await collection.search({ data: ["abcd"], annsField: "large", limit: 1 });
    expect([...hits]).toEqual([{ id: 1, distance: 1 }]);
  });

  it("may use up the list of texts that they get", async () => {
    const greedy = (mark: number) => (texts: readonly string[]) => {
      const list = texts as string[];
      return Array.from({ length: list.length }, () => [mark, list.pop()?.length ?? 0]).reverse();
    };
    const collection = await notes({ small: greedy(1), large: greedy(2) }, worker);
    await collection.ensure();
    await collection.insert([
      { id: 1, text: "a" },
      { id: 2, text: "bcd" },
    ]);
    expect(await collection.query({ outputFields: ["small", "large"] })).toEqual([
      { id: 1, small: [1, 1], large: [2, 1] },
      { id: 2, small: [1, 3], large: [2, 3] },
    ]);
    const other = await notes((texts) => (texts as string[]).fill("other").map(() => [3, 3]), worker);
    await other.ensure();
    await other.insert({ id: 1, text: "a" }, { timeoutMs: 60_000 });
    expect(await other.query({ outputFields: ["text", "small"] })).toEqual([{ id: 1, text: "a", small: [3, 3] }]);
  });

  it("that are others are refused by name, and nothing is written", async () => {
    const collection = await notes({ small: model("tiny", 1), large }, worker);
    await collection.ensure();
    const error = await refused(collection.insert({ id: 1, text: "abc" }));
    expect(error).toMatchObject({ kind: "EmbedModelDiffers", code: 1100 });
    expect(error.message).toContain("field small of collection note is made by the model small: there is tiny");
    expect(await collection.count()).toBe(0);
    const only = await notes(large, worker);
    await only.ensure();
    expect((await refused(only.insert({ id: 1, text: "a" }))).message).toContain("model small: there is large");
    const flat = await notes({ small: model("small", 1, 3), large }, worker);
    await flat.ensure();
    expect((await refused(flat.insert({ id: 1, text: "a" }))).message).toContain(
      "small has the dimension 3, the field 2",
    );
  });
});

it("a store opened without its models refuses texts by name; vectors still work", async () => {
  const path = temporaryPath();
  const first = await notes({ small, large }, false, path);
  await first.ensure();
  await first.insert({ id: 1, text: "abc" });
  await open.pop()?.close();
  const later = await notes(undefined, false, path);
  expect([...(await later.search({ data: [[1, 3]], annsField: "small" }))]).toEqual([{ id: 1, distance: 0 }]);
  for (const call of [
    () => later.insert({ id: 2, text: "b" }),
    () => later.search({ data: ["b"], annsField: "small" }),
  ]) {
    const error = await refused(call());
    expect(error).toMatchObject({ kind: "EmbedModelMissing", hint: expect.stringContaining('the model "small"') });
    expect(error.message).toBe("text embedding model provider [local] is disabled: invalid parameter");
  }
  expect(await later.count()).toBe(1);
});

it("a schema with another model is told apart by name", async () => {
  const first = await notes({ small, large });
  await first.ensure();
  const db = open.at(-1) as Elanus;
  const other = db.collection(
    "note",
    schema({ ...NOTE.fields, small: floatVector(2).index({ metric: "L2" }).embeds("text", { model: "newer" }) }),
  );
  expect(await refused(other.query({ limit: 1 }))).toMatchObject({
    kind: "SchemaDiffers",
    message: expect.stringContaining("small is made by the model small, not newer"),
  });
});

it("options that are no models are refused", async () => {
  for (const embed of [5, { small: 5 }, { model: 5, embed: small.embed }, [small]]) {
    expect(await refused(Elanus.open(":memory:", { functions: { embed: embed as never } }))).toMatchObject({
      code: 1100,
    });
  }
});

describe("adapters", () => {
  const context = { signal: new AbortController().signal, purpose: "search" } as never;

  it("ask an endpoint as OpenAI has it, and tell what it refuses", async () => {
    const bodies: unknown[] = [];
    const base = await fakeServer((request, response) => {
      let text = "";
      request.on("data", (piece) => (text += piece));
      request.on("end", () => {
        bodies.push([request.url, request.headers.authorization, JSON.parse(text)]);
        const bad = text.includes("bad");
        response.statusCode = bad ? 429 : 200;
        const data = [
          { index: 1, embedding: [2] },
          { index: 0, embedding: [1] },
        ];
        response.end(bad ? "slow down" : JSON.stringify({ data }));
      });
    });
    const embedder = openAiEmbedder({ model: "m", dimension: 1, apiKey: "secret", baseUrl: `${base}/v1/` });
    expect(await embedder.embed(["a", "b"], context)).toEqual([[1], [2]]);
    expect(bodies).toEqual([["/v1/embeddings", "Bearer secret", { model: "m", input: ["a", "b"], dimensions: 1 }]]);
    const error = await refused(Promise.resolve(embedder.embed(["bad"], context)));
    expect(error.message).toContain("answers 429: slow down");
    expect(error.message).not.toContain("secret");
    expect(embedder).toMatchObject({ model: "m", dimension: 1 });
    const gone = openAiEmbedder({
      model: "m",
      baseUrl: "http://x",
      fetch: () =>
        Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:1") })),
    });
    expect((await refused(Promise.resolve(gone.embed(["a"], context)))).message).toBe(
      "http://x/embeddings cannot be reached: connect ECONNREFUSED 127.0.0.1:1",
    );
    const page = openAiEmbedder({ model: "m", baseUrl: "http://x", fetch: async () => new Response("<html>") });
    expect((await refused(Promise.resolve(page.embed(["a"], context)))).message).toBe(
      "http://x/embeddings answers what is no list of embeddings: <html>",
    );
    const other = openAiEmbedder({ model: "m", baseUrl: "http://x", fetch: async () => Response.json({ data: [{}] }) });
    expect((await refused(Promise.resolve(other.embed(["a"], context)))).message).toContain("no list of embeddings");
  });

  it("take models of the AI SDK and pipelines of transformers.js", async () => {
    const sdk = aiSdkEmbedder(async ({ values }) => ({ embeddings: values.map((text) => [text.length]) }), {
      modelId: "x",
    });
    expect([sdk.model, await sdk.embed(["ab"], context)]).toEqual(["x", [[2]]]);
    const pipeline = async (texts: string[]) => ({
      dims: [texts.length, 2],
      data: Float32Array.from(texts.flatMap((t) => [t.length, 1])),
    });
    const own = transformersEmbedder(pipeline, { model: "e5", prefixes: { insert: "passage: ", search: "query: " } });
    expect(await own.embed(["ab", "c"], context)).toEqual([
      [9, 1],
      [8, 1],
    ]);
  });
});
