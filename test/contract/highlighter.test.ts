import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

let db: Elanus;
const TEXTS = [
  "my first test doc",
  "second test document",
  "vector search finds the nearest vector in a database of vectors",
];

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  const text = (fieldName: string, analyzer = true) => ({
    fieldName,
    dataType: "VarChar",
    elementTypeParams: { max_length: 200, enable_analyzer: analyzer },
  });
  await db.collections.create({
    collectionName: "docs",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        text("text"),
        text("title"),
        text("plain", false),
        { fieldName: "words", dataType: "SparseFloatVector" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "words", indexName: "w", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
      { fieldName: "vector", indexName: "v", metricType: "L2", indexType: "FLAT" },
    ],
  });
  const data = TEXTS.map((value, i) => ({ id: i + 1, text: value, title: `Test ${i}`, plain: "x", vector: [i, 0] }));
  await db.entities.insert({ collectionName: "docs", data });
});
afterEach(() => db.close());

const BRACES = { pre_tags: ["{"], post_tags: ["}"] };
const search = async (more: object): Promise<Envelope> =>
  (await db.request("/v2/vectordb/entities/search", {
    collectionName: "docs",
    limit: 2,
    ...more,
  })) as unknown as Envelope;
const highlights = async (more: object, params: object) => {
  const { data, message } = await search({
    ...more,
    highlighter: { type: "Lexical", params: { ...BRACES, ...params } },
  });
  expect(message).toBeUndefined();
  return (data as { readonly highlight: unknown }[]).map(({ highlight }) => highlight);
};
const WORDS = { annsField: "words", data: ["test"] };

describe("a highlighter", () => {
  it("marks the words of each query, as they stand in the text that BM25 reads", async () => {
    expect(await highlights(WORDS, { highlight_search_text: true })).toEqual([
      { text: ["{test} document"] },
      { text: ["{test} doc"] },
    ]);
    expect(await highlights({ ...WORDS, data: ["doc", "document"] }, { highlight_search_text: "true" })).toEqual([
      { text: ["{doc}"] },
      { text: ["{document}"] },
    ]);
  });

  it("marks other words too, in any field with an analyzer, by any search", async () => {
    const title = { type: "TextMatch", field: "title", text: "TEST" };
    const queries = [title, { type: "TextMatch", field: "text", text: "my doc" }];
    expect(await highlights(WORDS, { highlight_search_text: true, highlight_query: queries })).toEqual([
      { text: ["{test} document"], title: ["{Test} 1"] },
      { text: ["{my} first {test} {doc}"], title: ["{Test} 0"] },
    ]);
    const near = { annsField: "vector", data: [[2, 0]] };
    expect(await highlights(near, { highlight_query: JSON.stringify([title]) })).toEqual([
      { title: ["{Test} 2"] },
      { title: ["{Test} 1"] },
    ]);
  });

  it("cuts fragments, and is typed beside output fields", async () => {
    const hits = await db.entities.search({
      collectionName: "docs",
      annsField: "words",
      data: ["vector database"],
      outputFields: ["title"],
      highlighter: { params: { highlight_search_text: true, fragment_offset: 3, fragment_size: 12 } },
    });
    expect(hits.map(({ id, title, highlight }) => ({ id, title, highlight }))).toEqual([
      {
        id: 3,
        title: "Test 2",
        highlight: { text: ["<em>vector</em> searc", "st <em>vector</em> in", " a <em>database</em> "] },
      },
    ]);
  });

  it("goes with a ranking function", async () => {
    const functionScore = { functions: [{ type: "Rerank", params: { reranker: "rrf" } }] };
    expect(await highlights({ ...WORDS, functionScore }, { highlight_search_text: true })).toEqual([
      { text: ["{test} document"] },
      { text: ["{test} doc"] },
    ]);
  });

  it.each<[string, object, object, string]>([
    ["no tags", WORDS, { pre_tags: [] }, "pre_tags cannot be empty list"],
    ["no tags behind", WORDS, { post_tags: "[]" }, "post_tags cannot be empty list"],
    ["tags that are no list", WORDS, { pre_tags: "<b>" }, "pre_tags is no JSON"],
    ["an offset below zero", WORDS, { fragment_offset: -1 }, "invalid fragment_offset: -1"],
    ["a size of zero", WORDS, { fragment_size: "0" }, "invalid fragment_size: 0"],
    ["a count that is none", WORDS, { num_of_fragments: "x" }, "invalid num_of_fragments: x"],
    [
      "search text of vectors",
      { annsField: "vector", data: [[0, 0]] },
      { highlight_search_text: true },
      'Search highlight only support with metric type "BM25" but was: L2',
    ],
    [
      "an unknown field",
      WORDS,
      { highlight_query: [{ type: "TextMatch", field: "x", text: "" }] },
      "field not found: x",
    ],
    ["a field of no words", WORDS, { highlight_query: [{ type: "TextMatch", field: "plain" }] }, "has no analyzer"],
    ["another query", WORDS, { highlight_query: [{ type: "Match" }] }, "unsupported highlight query type: Match"],
  ])("refuses %s", async (_, more, params, text) => {
    const refused = await search({ ...more, highlighter: { params } });
    expect([refused.code, refused.message]).toEqual([1100, expect.stringContaining(text)]);
  });

  it("is none that understands", async () => {
    const refused = await search({ ...WORDS, highlighter: { type: "Semantic" } });
    expect([refused.code, refused.message]).toEqual([
      1100,
      "semantic highlighter is not supported by the embedded engine: invalid parameter",
    ]);
  });
});
