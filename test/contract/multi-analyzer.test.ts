import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, { collectionName: "docs", ...body })) as unknown as Envelope;

const SEVERAL = {
  by_field: "language",
  analyzers: { english: { type: "english" }, plain: { tokenizer: "whitespace" }, default: {} },
  alias: { en: "english", eng: "english" },
};

const create = (several: unknown = SEVERAL, more: object = {}) =>
  post("collections/create", {
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        {
          fieldName: "language",
          dataType: "VarChar",
          nullable: true,
          elementTypeParams: { max_length: 20 },
        },
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: {
            max_length: 100,
            enable_analyzer: true,
            multi_analyzer_params: several,
            ...more,
          },
        },
        { fieldName: "words", dataType: "SparseFloatVector" },
        { fieldName: "number", dataType: "Int64" },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [{ fieldName: "words", indexName: "w", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" }],
  });

const found = async (text: string, name?: string): Promise<number[]> => {
  const params = name === undefined ? {} : { searchParams: { params: { analyzer_name: name } } };
  const { data, message } = await post("entities/search", { annsField: "words", data: [text], limit: 10, ...params });
  expect(message).toBeUndefined();
  return (data as { readonly id: number }[]).map(({ id }) => id).sort((a, b) => a - b);
};

describe("a text field of several analyzers", () => {
  beforeEach(async () => {
    expect(await create(JSON.stringify(SEVERAL))).toEqual({ code: 0, data: {} });
    const languages = ["english", "en", "plain", null, "klingon", ""];
    const data = languages.map((language, i) => ({ id: i + 1, language, text: "Running, dogs", number: 0 }));
    expect((await post("entities/insert", { data })).code).toBe(0);
  });

  it("takes that which each row names, by name or alias, else the default", async () => {
    expect(await found("run", "english")).toEqual([1, 2]);
    expect(await found("runs", "eng")).toEqual([1, 2]);
    expect(await found("Running,", "plain")).toEqual([3]);
    expect(await found("RUNNING")).toEqual([4, 5, 6]);
    expect(await found("running", "unknown")).toEqual([4, 5, 6]);
  });

  it("cuts a text anew when its row names another", async () => {
    await post("entities/upsert", { partialUpdate: true, data: [{ id: 4, language: "english" }] });
    expect(await found("run", "english")).toEqual([1, 2, 4]);
    const hybrid = await post("entities/hybrid_search", {
      search: [{ annsField: "words", data: ["runs"], limit: 5, params: { analyzer_name: "english" } }],
      limit: 5,
    });
    expect((hybrid.data as { readonly id: number }[]).map(({ id }) => id)).toEqual([1, 2, 4]);
  });

  it("shows what each makes of a text", async () => {
    const run = (more: object) => post("common/run_analyzer", { fieldName: "text", text: ["Dogs"], ...more });
    const token = (text: string) => ({ tokens: [{ token: text }] });
    expect((await run({ analyzerNames: ["en"] })).data).toEqual({ results: [token("dog")] });
    expect((await run({ text: ["Dogs", "Dogs"], analyzerNames: ["plain", "none"] })).data).toEqual({
      results: [token("Dogs"), token("dogs")],
    });
    expect(await run({})).toEqual({
      code: 1101,
      message: "analyzer names must be set for multi analyzer: missing parameter",
    });
    expect((await run({ analyzerNames: ["en", "en"] })).message).toContain(
      "now analyzer name num: 2, text num: 1: invalid parameter",
    );
  });
});

describe("several analyzers are refused", () => {
  const without = (key: keyof typeof SEVERAL) => ({ ...SEVERAL, [key]: undefined });
  it.each<[string, unknown, string]>([
    ["without a field", without("by_field"), "must set by_field to specify with field decide analyzer"],
    ["by a number", { ...SEVERAL, by_field: 1 }, "multi analyzer params by_field must be string but now: 1"],
    ["by no field", { ...SEVERAL, by_field: "x" }, "multi analyzer dependent field x not exist in collection docs"],
    [
      "by a field of numbers",
      { ...SEVERAL, by_field: "number" },
      "only support by string field, but field number is not",
    ],
    ["with a bad alias", { ...SEVERAL, alias: ["en"] }, 'multi analyzer alias must be string map but now: ["en"]'],
    ["with no analyzers", without("analyzers"), "multi analyzer params must set analyzers "],
    ["without a default", { ...SEVERAL, analyzers: { a: {} } }, "must set default analyzer for all unknown value"],
    [
      "with one that there is not",
      { ...SEVERAL, analyzers: { default: {}, k: { type: "klingon" } } },
      "validate analyzer failed for field: text, name: k, error: unknown build-in analyzer type: klingon",
    ],
    ["as text that is no JSON", "{", "multi analyzer params are no JSON"],
  ])("%s", async (_, several, text) => {
    const { code, message } = await create(several);
    expect([code, message]).toEqual([1100, expect.stringContaining(text)]);
  });

  it("beside matching, and beside one for all", async () => {
    expect((await create(SEVERAL, { enable_match: true })).message).toContain(
      "multi analyzer now only support for bm25, but now field text enable match",
    );
    expect((await create(SEVERAL, { analyzer_params: {} })).message).toContain(
      "field text analyzer params should be none if has multi analyzer params",
    );
  });
});
