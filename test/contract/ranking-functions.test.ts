import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApplicationFunctions, Elanus, isElanusError } from "../../src/index.js";

/** The lists of the contract's worked examples: A by COSINE, B by IP of sparse vectors, L2 beside them. */
const ROWS = [
  { id: 1, cosine: 0.9, words: 2, l2: 0.5, kind: "a", x: 150, y: 100, text: "one" },
  { id: 2, cosine: 0.8, words: 0, l2: 1.5, kind: "b", x: 110, y: 130, text: "three" },
  { id: 3, cosine: 0.7, words: 5, l2: 3, kind: "b", x: 130, y: 110, text: "seven seven" },
  { id: 4, cosine: -1, words: 1, l2: 99, kind: "b", x: 100, y: 150, text: "four" },
];
const A = { annsField: "cosine", data: [[1, 0]], limit: 3 };
const B = { annsField: "words", data: [{ 1: 1 }], limit: 3 };
const L2 = { annsField: "l2", data: [[0, 0]], limit: 3 };

let asked: unknown[] = [];
/** The number of letters answers every query. */
const rerank: NonNullable<ApplicationFunctions["rerank"]> = (query, texts, { signal, ...facts }) => {
  asked.push([query, texts, facts]);
  return texts.map((text) => text.length);
};

let db: Elanus;
async function open(functions: ApplicationFunctions = {}, worker = false): Promise<void> {
  db = await Elanus.open(":memory:", { functions, worker });
  const vector = (fieldName: string) => ({ fieldName, dataType: "FloatVector", elementTypeParams: { dim: 2 } });
  await db.collections.create({
    collectionName: "docs",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        vector("cosine"),
        { fieldName: "words", dataType: "SparseFloatVector" },
        vector("l2"),
        { fieldName: "kind", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
        { fieldName: "x", dataType: "Int64" },
        { fieldName: "y", dataType: "Double" },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 99 } },
        { fieldName: "maybe", dataType: "Int64", nullable: true },
      ],
    },
    indexParams: [
      { fieldName: "cosine", indexName: "c", metricType: "COSINE", indexType: "FLAT" },
      { fieldName: "words", indexName: "w", metricType: "IP", indexType: "SPARSE_INVERTED_INDEX" },
      { fieldName: "l2", indexName: "l", metricType: "L2", indexType: "FLAT" },
    ],
  });
  const data = ROWS.map((row) => ({
    ...row,
    cosine: [row.cosine, Math.sqrt(1 - row.cosine ** 2)],
    words: row.words === 0 ? {} : { 1: row.words },
    l2: [Math.sqrt(row.l2), 0],
  }));
  await db.entities.insert({ collectionName: "docs", data });
}
beforeEach(async () => {
  asked = [];
  await open();
});
afterEach(() => db.close());

interface Function {
  readonly input?: readonly string[];
  readonly [param: string]: unknown;
}
const scored = (functions: readonly Function[], params: object = {}) => ({
  functionScore: {
    functions: functions.map(({ input = [], ...own }) => ({ type: "Rerank", inputFieldNames: input, params: own })),
    params: { ...params },
  },
});
const shown = (hits: readonly { readonly id: unknown; readonly distance: number }[]) =>
  hits.map(({ id, distance }) => `${id}:${Number(distance.toFixed(6))}`).join(" ");
const page = async (search: object, more: object = {}) =>
  shown(await db.entities.search({ collectionName: "docs", ...search, ...more } as never));
const together = async (more: object, search: readonly object[] = [A, B]) =>
  shown(await db.entities.hybridSearch({ collectionName: "docs", search, limit: 10, ...more } as never));
const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isElanusError(error) ? `${error.code} ${error.message}` : String(error);
};

const decay = (more: object): Function => ({
  input: ["x"],
  reranker: "decay",
  function: "gauss",
  origin: 100,
  scale: 20,
  offset: 10,
  ...more,
});

describe("a decay", () => {
  it.each([
    ["gauss", {}, "2:0.8 3:0.35 1:0.05625"],
    ["exp", { function: "exp" }, "2:0.8 3:0.35 1:0.225"],
    ["linear", { function: "linear" }, "2:0.8 1:0.45 3:0.35"],
    ["gauss, normalised", { norm_score: true }, "2:0.9 3:0.425 1:0.059375"],
  ])("of a page by COSINE: %s", async (_, more, expected) => {
    expect(await page(A, scored([decay(more)]))).toBe(expected);
  });

  it("of a page by L2", async () => {
    expect(await page(L2, scored([decay({})]))).toBe("2:0.374334 3:0.102416 1:0.044052");
  });

  it.each([
    ["max", "3:5 1:2 2:0.4 4:0.0625"],
    ["sum", "3:5.7 1:2.9 2:0.4 4:0.0625"],
    ["avg", "3:2.85 1:1.45 2:0.4 4:0.0625"],
  ])("of a hybrid search: %s", async (mode, expected) => {
    expect(await together(scored([decay({ input: ["y"], score_mode: mode })]))).toBe(expected);
  });
});

describe("groups of a hybrid search", () => {
  it.each([
    ["max", "1:0.032522 3:0.032266 2:0.016129 4:0.015873"],
    ["sum", "3:0.032266 2:0.016129 4:0.015873 1:0.032522"],
    ["avg", "1:0.032522 3:0.032266 2:0.016129 4:0.015873"],
  ])("are ranked by what stands for them: %s", async (rankGroupScorer, expected) => {
    // Row 4 is not in the list A.
    const searches = [{ ...A, filter: "id < 4" }, B];
    expect(await together({ groupingField: "kind", groupSize: 3, rankGroupScorer }, searches)).toBe(expected);
  });
});

const boost = (more: object): Function => ({ reranker: "boost", ...more });
const B_ROWS = 'kind == "b"';

describe("a boost", () => {
  it.each([
    ["multiplies", [boost({ weight: 1.2, filter: B_ROWS })], {}, "2:0.96 1:0.9 3:0.84"],
    ["adds", [boost({ weight: 0.15, filter: B_ROWS })], { boost_mode: "sum" }, "2:0.95 1:0.9 3:0.85"],
    [
      "meets another: their weights multiply",
      [boost({ weight: 1.2, filter: B_ROWS }), boost({ weight: 0.5, filter: "id == 3" })],
      { function_mode: "multiply" },
      "2:0.96 1:0.9 3:0.42",
    ],
    [
      "meets another: their weights add",
      [boost({ weight: "1.2", filter: B_ROWS }), boost({ weight: 0.5, filter: "id == 3" })],
      { function_mode: "Sum" },
      "3:1.19 2:0.96 1:0.9",
    ],
    ["weighs all rows without a filter", [boost({ weight: 2 })], {}, "1:1.8 2:1.6 3:1.4"],
  ])("%s", async (_, functions, params, expected) => {
    expect(await page(A, scored(functions, params))).toBe(expected);
  });

  it("below 1 brings a distance forward, and acts before the offset is cut", async () => {
    expect(await page(L2, scored([boost({ weight: 0.1, filter: "id == 3" })]))).toBe("3:0.3 1:0.5 2:1.5");
    expect(await page(L2, { limit: 2, offset: 1, ...scored([boost({ weight: 0.1, filter: "id == 3" })]) })).toBe(
      "1:0.5 2:1.5",
    );
  });

  it("takes template values in its filter", async () => {
    const functions = scored([boost({ weight: 2, filter: "id in {few}" })]);
    expect(await page(A, { ...functions, exprParams: { few: [3] } })).toBe("3:1.4 1:0.9 2:0.8");
  });

  it("may be drawn by the value of a field", async () => {
    const draw = (random_score: unknown) => scored([boost({ weight: 1, random_score })]);
    const expected = "3:0.6513 1:0.029915 2:0.023856";
    expect(await page(A, draw({ seed: 126, field: "id" }))).toBe(expected);
    expect(await page(A, draw('{"seed":126,"field":"id"}'))).toBe(expected);
    // Without a field the rows' numbers in the store count, which are those of the keys here.
    expect(await page(A, draw({ seed: 126 }))).toBe(expected);
  });

  it("goes before a ranker, in each search of a hybrid one", async () => {
    const twice = boost({ weight: 2, filter: "id == 3" });
    expect(await page(A, scored([twice, decay({ function: "exp" })]))).toBe("2:0.8 3:0.7 1:0.225");
    const weighted = { reranker: "weighted", weights: [0.5, 0.5] };
    expect(await together(scored([weighted]))).toBe("3:2.85 1:1.45 4:0.5 2:0.4");
    expect(await together(scored([twice, weighted]))).toBe("3:5.7 1:1.45 4:0.5 2:0.4");
    expect(await refused(together(scored([twice])))).toContain("hybrid search needs a rerank function besides boost");
  });

  it.each<[string, Function, object, string]>([
    ["no weight", boost({}), {}, "failed to create query plan: must set weight params for weight scorer"],
    ["a weight that is none", boost({ weight: "x" }), {}, "parse function scorer weight params failed"],
    ["a bad filter", boost({ weight: 1, filter: "id >" }), {}, "failed to create query plan: cannot parse expression"],
    ["a mode that is none", boost({ weight: 1 }), { boost_mode: "max" }, "unknown boost mode: max"],
    ["another mode that is none", boost({ weight: 1 }), { function_mode: "x" }, "unknown function mode: x"],
    ["a seed that is none", boost({ weight: 1, random_score: { seed: "x" } }), {}, "random seed must be number"],
    [
      "a field by number",
      boost({ weight: 1, random_score: { field: 1 } }),
      {},
      "random seed field name must be string",
    ],
    ["an unknown field", boost({ weight: 1, random_score: { field: "z" } }), {}, "random seed field not found"],
    [
      "a field of texts",
      boost({ weight: 1, random_score: { field: "kind" } }),
      {},
      "only support int64 field as random seed, but got VarChar",
    ],
  ])("is refused with %s", async (_, definition, params, text) => {
    const found = await refused(page(A, scored([definition], params)));
    expect(found).toContain(text);
    expect(found.slice(0, 4)).toBe("1100");
  });

  it("does not go with groups", async () => {
    const grouped = page(A, { groupingField: "kind", ...scored([boost({ weight: 1 })]) });
    expect(await refused(grouped)).toContain(
      "failed to create query plan: don't support use segment scorer with group_by or search_iterator",
    );
  });
});

const model = (more: object = {}): Function => ({
  input: ["text"],
  reranker: "model",
  provider: "local",
  queries: ["long"],
  ...more,
});

describe.each([false, true])("a model of the application that ranks, worker: %s", (worker) => {
  beforeEach(async () => {
    await db.close();
    await open({ rerank }, worker);
  });

  it("orders the page of a search", async () => {
    expect(await page(A, scored([model()]))).toBe("3:11 2:5 1:3");
    expect(await page({ ...A, data: [...A.data, [-1, 0]] }, scored([model({ queries: '["a","b"]' })]))).toBe(
      "3:11 2:5 1:3 3:11 2:5 4:4",
    );
    const facts = { collectionName: "docs", params: { reranker: "model", provider: "local" } };
    expect(asked).toEqual([
      ["long", ["one", "three", "seven seven"], facts],
      ["a", ["one", "three", "seven seven"], facts],
      ["b", ["four", "seven seven", "three"], facts],
    ]);
  });

  it("orders what several searches have found, each row once", async () => {
    const hits = await db.entities.hybridSearch({
      collectionName: "docs",
      search: [A, B],
      limit: 3,
      offset: 1,
      outputFields: ["text"],
      ...scored([model()]),
    });
    expect([...hits]).toEqual([
      { id: 2, distance: 5, text: "three" },
      { id: 4, distance: 4, text: "four" },
      { id: 1, distance: 3, text: "one" },
    ]);
  });
});

describe("a model that ranks is refused", () => {
  it.each<[string, Function, ApplicationFunctions, string]>([
    ["where there is none", model(), {}, "1100 rerank provider: [local] is disabled"],
    ["of no provider", model({ provider: undefined }), { rerank }, "1100 lost rerank params:provider "],
    ["of an unknown provider", model({ provider: "me" }), { rerank }, "1100 unknown rerank model provider:me"],
    ["over numbers", model({ input: ["x"] }), { rerank }, "1100 rerank model only support varchar, bug got [Int64]"],
    ["without queries", model({ queries: undefined }), { rerank }, "1100 rerank function lost params queries"],
    [
      "with another number of queries",
      model({ queries: ["a", "b"] }),
      { rerank },
      "nq must equal to queries size, but got nq [1], queries size [2], queries: [a b]",
    ],
    [
      "that throws",
      model(),
      { rerank: () => Promise.reject(new Error("no memory")) },
      "1100 the function rerank of the application failed: no memory: invalid parameter",
    ],
    [
      "that answers too little",
      model(),
      { rerank: () => [1] },
      "1100 rerank: the number of texts and scores does not match text:[3], score:[1]",
    ],
    ["that answers no number", model(), { rerank: (_, t) => t.map(() => Number.NaN) }, "a score is no finite number"],
  ])("%s", async (_, definition, functions, text) => {
    await db.close();
    await open(functions);
    const { input = [], ...params } = definition;
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
    expect(await refused(page(A, scored([{ input, ...given }])))).toContain(text);
  });

  it("beside groups and beside another ranker", async () => {
    await db.close();
    await open({ rerank });
    expect(await refused(page(A, { groupingField: "kind", ...scored([model()]) }))).toContain(
      "Current rerank does not support grouping search",
    );
    expect(await refused(page(A, scored([model(), decay({})])))).toContain("currently only supports one rerank");
  });
});
