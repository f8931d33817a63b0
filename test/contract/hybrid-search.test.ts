import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}
type Hit = { readonly id: number; readonly distance: number; readonly text?: string };

let db: Elanus;
const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, { collectionName: "docs", ...body })) as unknown as Envelope;

/** Distances to [0, 0] are as chosen: one dimension carries the root. */
const ROWS = [
  { id: 1, near: 3, far: 100, text: "vector vector vector database", price: 150, kind: "x" },
  { id: 2, near: 0.5, far: 2, text: "a vector store", price: 110, kind: "y" },
  { id: 3, near: 50, far: 2.6, text: "rows and columns", price: 130, kind: "y" },
  { id: 4, near: 1.5, far: 0.25, text: "database", price: 100, kind: "y" },
];

beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "2.6" });
  const dense = (fieldName: string) => ({ fieldName, dataType: "FloatVector", elementTypeParams: { dim: 2 } });
  const created = await post("collections/create", {
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        dense("near"),
        dense("far"),
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: { max_length: 100, enable_analyzer: true },
        },
        { fieldName: "sparse", dataType: "SparseFloatVector" },
        { fieldName: "price", dataType: "Int64" },
        { fieldName: "kind", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["sparse"] }],
    },
    indexParams: [
      { fieldName: "near", indexName: "near", metricType: "L2" },
      { fieldName: "far", indexName: "far", metricType: "L2" },
      { fieldName: "sparse", indexName: "sparse", metricType: "BM25", indexType: "SPARSE_WAND" },
    ],
  });
  expect(created.code).toBe(0);
  const vector = (distance: number) => [Math.sqrt(distance), 0];
  const data = ROWS.map((row) => ({ ...row, near: vector(row.near), far: vector(row.far) }));
  expect((await post("entities/insert", { data })).code).toBe(0);
});
afterEach(() => db.close());

const NEAR = { annsField: "near", data: [[0, 0]], limit: 3 };
const FAR = { annsField: "far", data: [[0, 0]], limit: 3 };
const WORDS = { annsField: "sparse", data: ["vector database"], limit: 10 };

const answer = (more: object, search: readonly object[] = [NEAR, FAR]) =>
  post("entities/hybrid_search", { search, limit: 10, ...more });
async function hits(more: object, search?: readonly object[]): Promise<string> {
  const { data, message } = await answer(more, search);
  expect(message).toBeUndefined();
  return (data as Hit[]).map(({ id, distance }) => `${id}:${Number(distance.toFixed(6))}`).join(" ");
}
const weighted = (weights: number[], norm: boolean) => ({
  rerank: { strategy: "weighted", params: { weights, norm_score: norm } },
});

describe("hybrid search", () => {
  // By distance, near: 2, 4, 1; far: 4, 2, 3.
  it("ranks by reciprocal rank unless told otherwise", async () => {
    const expected = "2:0.032522 4:0.032522 1:0.015873 3:0.015873";
    expect(await hits({})).toBe(expected);
    expect(await hits({ rerank: { strategy: "rrf", params: { k: 60 } } })).toBe(expected);
    expect(await hits({ rerank: { strategy: "rrf", params: { k: 20, weights: [0.9, 0.2] } } })).toBe(
      "2:0.051948 4:0.050433 1:0.03913 3:0.008696",
    );
  });

  it("ranks by weighted scores", async () => {
    expect(await hits(weighted([0.6, 0.4], true))).toBe("4:0.562217 2:0.540967 1:0.1229 3:0.0935");
    expect(await hits(weighted([0.6, 0.4], false))).toBe("4:1 3:1.04 2:1.1 1:1.8");
    for (const norm_score of ["True", "1", "t"]) {
      const rerank = { strategy: "weighted", params: { weights: [0.6, 0.4], norm_score } };
      expect(await hits({ rerank })).toBe("4:0.562217 2:0.540967 1:0.1229 3:0.0935");
    }
  });

  it("takes words beside vectors, filters of each search, limit and offset of the whole", async () => {
    const words = await hits({}, [WORDS]);
    expect(words.startsWith("1:0.016393")).toBe(true);
    expect(words.split(" ")).toHaveLength(3);
    const all = await hits({}, [NEAR, WORDS]);
    expect(await hits({ limit: 2, offset: 1 }, [NEAR, WORDS])).toBe(all.split(" ").slice(1, 3).join(" "));
    expect(await hits({}, [{ ...NEAR, filter: "id == {k}", exprParams: { k: 4 } }])).toBe("4:0.016393");
    expect(await hits({}, [{ ...NEAR, offset: 2 }])).toBe(await hits({}, [NEAR]));
  });

  it("shows output fields, and answers several queries", async () => {
    const two = {
      annsField: "near",
      data: [
        [0, 0],
        [7, 0],
      ],
      limit: 1,
    };
    const { data, topks } = (await answer({ outputFields: ["text"] }, [two])) as Envelope & { topks: number[] };
    expect((data as Hit[]).map((hit) => [hit.id, hit.text])).toEqual([
      [2, "a vector store"],
      [3, "rows and columns"],
    ]);
    expect(topks).toEqual([1, 1]);
  });

  it("keeps the hits of a group together", async () => {
    expect(await hits({ groupingField: "kind", groupSize: 3, ...weighted([0.6, 0.4], true) })).toBe(
      "4:0.562217 2:0.540967 3:0.101138 1:0.125446",
    );
    expect(await hits({ groupingField: "kind", groupSize: 1, limit: 1, offset: 1 })).toBe("2:0.016393");
  });

  it("lets scores fade with a number", async () => {
    const decay = (params: object) => ({
      functionScore: {
        functions: [
          {
            name: "d",
            type: "Rerank",
            inputFieldNames: ["price"],
            params: { reranker: "decay", function: "gauss", origin: 100, scale: 20, offset: 10, ...params },
          },
        ],
      },
    });
    const near = [{ annsField: "near", data: [[0, 0]], limit: 3 }];
    expect(await hits(decay({}), near)).toBe("2:0.704833 4:0.374334 1:0.012802");
    expect(await hits(decay({ function: "linear", decay: "0.5" }), near)).toBe("2:0.704833 4:0.374334 1:0.102416");
    expect(await hits(decay({ score_mode: "sum" }))).toBe("4:1.218376 2:1 3:0.116875 1:0.012802");
  });

  it("acts on the page of a plain search, too", async () => {
    const score = (params: object, input = ["price"]) => ({
      functions: [{ type: "Rerank", inputFieldNames: input, params }],
    });
    const page = async (functionScore: object, more: object = {}) => {
      const body = { annsField: "near", data: [[0, 0]], limit: 3, functionScore, ...more };
      const { data, message } = await post("entities/search", body);
      expect(message).toBeUndefined();
      return (data as Hit[]).map(({ id, distance }) => `${id}:${Number(distance.toFixed(6))}`).join(" ");
    };
    const gauss = { reranker: "decay", function: "gauss", origin: 100, scale: 20, offset: 10 };
    expect(await page(score(gauss))).toBe("2:0.704833 4:0.374334 1:0.012802");
    expect(await page(score(gauss), { limit: 2, offset: 1 })).toBe("4:0.374334 1:0.012802");
    expect(await page(score({ reranker: "rrf" }, []))).toBe("2:0.016393 4:0.016129 1:0.015873");
    expect(await page({ functions: [] })).toBe("2:0.5 4:1.5 1:3");
  });

  it("is the same under its older name, and typed", async () => {
    const old = await post("entities/advanced_search", { search: [NEAR, FAR], limit: 10 });
    expect(old.data).toEqual((await answer({})).data);
    const typed = await db.entities.hybridSearch({ collectionName: "docs", search: [NEAR], limit: 1 });
    expect([...typed]).toEqual([{ id: 2, distance: 0.016393442 }]);
  });

  it.each<[string, object, readonly object[] | undefined, number, string]>([
    ["no search", {}, [], 1100, ""],
    ["an unknown strategy", { rerank: { strategy: "RRF" } }, undefined, 1100, "unsupported rank type RRF"],
    ["k as text", { rerank: { params: { k: "60" } } }, undefined, 1100, "the type of rank param k should be float"],
    ["k of 0", { rerank: { params: { k: 0 } } }, undefined, 1100, "k should be in range (0, 16384)"],
    ["no weights", { rerank: { strategy: "weighted" } }, undefined, 1100, "weights not found"],
    ["a weight above 1", weighted([2, 0], false), undefined, 1100, "rank param weight should be in range [0, 1]"],
    ["too few weights", weighted([1], false), undefined, 1100, "mismatch with ann search requests"],
    [
      "other counts of queries",
      {},
      [
        NEAR,
        {
          ...FAR,
          data: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
      1100,
      "nq should be the same",
    ],
    ["a search without a limit", {}, [{ ...NEAR, limit: undefined }], 65535, "topk [0] is invalid"],
    ["an unknown field", {}, [{ ...NEAR, annsField: "x" }], 1801, "cannot find a vector field named: x"],
    ["a bad filter", {}, [{ ...NEAR, filter: "id >" }], 1100, "failed to create query plan"],
    ["a window that is too large", { limit: 16384, offset: 1 }, undefined, 65535, "invalid max query result window"],
    ["an offset below zero", { offset: -1 }, undefined, 65535, "offset [-1] is invalid"],
    [
      "an unknown reranker",
      { functionScore: { functions: [{ type: "Rerank", params: { reranker: "magic" } }] } },
      undefined,
      1100,
      "unsupported rerank function: [magic]",
    ],
    [
      "a k out of range",
      { rerank: { strategy: "rrf", params: { k: 16384 } } },
      undefined,
      1100,
      "The rank params k should be in range (0, 16384)",
    ],
    [
      "a decay near 0",
      {
        functionScore: {
          functions: [
            {
              type: "Rerank",
              inputFieldNames: ["price"],
              params: { reranker: "decay", function: "exp", origin: 0, scale: 1, decay: "0.0001" },
            },
          ],
        },
      },
      undefined,
      1100,
      "decay: decay must be between 0.001000 and 0.999000 for numerical stability, got 0.000100",
    ],
    [
      "two rankers beside any number of boosts",
      {
        functionScore: {
          functions: [
            { type: "Rerank", params: { reranker: "boost", weight: 1 } },
            { type: "Rerank", params: { reranker: "rrf" } },
            { type: "Rerank", params: { reranker: "rrf" } },
          ],
        },
      },
      undefined,
      1100,
      "rerank_builder: currently only supports one rerank function",
    ],
    [
      "a decay without an origin",
      {
        functionScore: {
          functions: [
            { type: "Rerank", inputFieldNames: ["price"], params: { reranker: "decay", function: "exp", scale: 1 } },
          ],
        },
      },
      undefined,
      1101,
      "decay origin not specified",
    ],
  ])("refuses %s", async (_, more, search, code, text) => {
    const refused = await answer(more, search);
    expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(text)]);
  });

  it("is refused on a released collection", async () => {
    await post("collections/release", {});
    expect((await answer({})).code).toBe(101);
  });
});
