import { describe, expect, it } from "vitest";
import type { RetrieveInput } from "../../src/adapters/ai/index.js";
import type { Elanus } from "../../src/index.js";
import { DATABASES, framework, lettersOf, whySkipped } from "./frameworks.js";

const load = () => import("../../src/adapters/ai/index.js");
const TEXTS = ["the whale and the ship", "a day in Dublin", "the match maker of Highbury"];

async function filled(db: Elanus): Promise<Elanus> {
  await db.collections.create({ collectionName: "notes", dimension: 26 });
  const data = TEXTS.map((text, at) => ({
    id: 9007199254740993n + BigInt(at),
    vector: lettersOf(text),
    text,
    page: at,
  }));
  await db.entities.insert({ collectionName: "notes", data });
  return db;
}

const run = async (tool: { execute?: unknown }, input: unknown, abortSignal?: AbortSignal) =>
  (tool.execute as (input: RetrieveInput, options: object) => Promise<unknown[]>)(input as RetrieveInput, {
    abortSignal,
  });

describe.skipIf(whySkipped !== "")(`elanus/ai${whySkipped}`, () => {
  const model = async () => {
    const { MockEmbeddingModelV4 } = await framework("ai/test");
    return new MockEmbeddingModelV4({
      maxEmbeddingsPerCall: 2,
      doEmbed: async ({ values }: { values: string[] }) => ({ embeddings: values.map(lettersOf), warnings: [] }),
    });
  };

  describe.each(DATABASES)("a database %s", (_, open) => {
    it("finds passages for a question, in a form that can be sent as JSON", async () => {
      const { retrieve } = await load();
      const db = await filled(await open());
      const letters = (texts: readonly string[]) => texts.map(lettersOf);
      for (const embed of [await model(), letters, { model: "letters", embed: letters }]) {
        const tool = retrieve({ db, collectionName: "notes", embed, limit: 2 });
        const found = await run(tool, { query: "Dublin day" });
        expect(found).toEqual([
          { id: "9007199254740994", score: expect.any(Number), fields: { text: TEXTS[1], page: 1 } },
          expect.objectContaining({ id: expect.any(String) }),
        ]);
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        expect(await run(tool, { query: "Dublin day", limit: 50 })).toHaveLength(2);
        expect(await run(tool, { query: "Dublin day", limit: 1 })).toHaveLength(1);
      }
    });

    it("keeps to the filter and the fields of the application", async () => {
      const { retrieve } = await load();
      const db = await filled(await open());
      const embed = await model();
      for (const filter of ["page > 0", { page: { $gt: 0 } }]) {
        const tool = retrieve({ db, collectionName: "notes", embed, filter, outputFields: ["text"] });
        expect(await run(tool, { query: "whale" })).toEqual([
          { id: expect.any(String), score: expect.any(Number), fields: { text: TEXTS[2] } },
          { id: expect.any(String), score: expect.any(Number), fields: { text: TEXTS[1] } },
        ]);
      }
    });

    it("refuses what a model may have made up, and stops when it is told to", async () => {
      const { retrieve } = await load();
      const db = await filled(await open());
      const tool = retrieve({ db, collectionName: "notes", embed: await model() });
      for (const input of [
        undefined,
        {},
        { query: 5 },
        { query: "" },
        { query: "x", limit: 0 },
        { query: "x", limit: "1" },
      ]) {
        await expect(run(tool, input)).rejects.toMatchObject({ kind: "InvalidParameter" });
      }
      await expect(run(tool, { query: "x" }, AbortSignal.abort())).rejects.toThrow();
    });
  });

  it("embeds for a collection that makes its vectors itself", async () => {
    const { embed, retrieve } = await load();
    const open = DATABASES[0]![1];
    const db = await open({ functions: { embed: embed(await model()) } });
    await db.collections.create({
      collectionName: "notes",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
          { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 26 } },
        ],
        functions: [
          {
            name: "f",
            type: "TextEmbedding",
            inputFieldNames: ["text"],
            outputFieldNames: ["vector"],
            params: { provider: "local" },
          },
        ],
      },
      indexParams: [{ fieldName: "vector", indexName: "vector", metricType: "COSINE" }],
    });
    await db.entities.insert({ collectionName: "notes", data: TEXTS.map((text, id) => ({ id, text })) });
    expect(await run(retrieve({ db, collectionName: "notes" }), { query: "Dublin day", limit: 1 })).toEqual([
      { id: 1, score: expect.any(Number), fields: { text: TEXTS[1] } },
    ]);
  });

  it("is a tool that a model calls", async () => {
    const { retrieve } = await load();
    const { generateText, isStepCount } = await framework("ai");
    const { MockLanguageModelV4 } = await framework("ai/test");
    const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
    const said: unknown[] = [];
    const language = new MockLanguageModelV4({
      doGenerate: async ({
        prompt,
        tools,
      }: {
        prompt: { role: string }[];
        tools: { name: string; inputSchema: object }[];
      }) => {
        said.push(prompt.at(-1), tools[0]);
        const call = {
          type: "tool-call",
          toolCallId: "1",
          toolName: "retrieve",
          input: '{"query":"Dublin day","limit":1}',
        };
        const done = prompt.at(-1)?.role === "tool";
        const finish = done ? "stop" : "tool-calls";
        return {
          content: [done ? { type: "text", text: "Ulysses" } : call],
          finishReason: { unified: finish, raw: finish },
          usage,
          warnings: [],
        };
      },
    });
    const db = await filled(await DATABASES[0]![1]());
    const { text } = await generateText({
      model: language,
      prompt: "Which book is set in Dublin?",
      tools: { retrieve: retrieve({ db, collectionName: "notes", embed: await model() }) },
      stopWhen: isStepCount(3),
    });
    expect(text).toBe("Ulysses");
    expect(said[1]).toMatchObject({ name: "retrieve", inputSchema: { required: ["query"] } });
    expect(said[2]).toMatchObject({
      role: "tool",
      content: [{ output: { type: "json", value: [{ fields: { page: 1 } }] } }],
    });
  });
});
