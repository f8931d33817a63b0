import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { callsOn } from "./calls.js";

/** Milvus 3.0, section 6: searches in the vectors of struct arrays, element by element and list by list. */

let db: Elanus;
const { post, ok } = callsOn("c", () => db);
const refused = async (path: string, body: object, text: string, code = 1100): Promise<void> => {
  const answer = await post(path, body);
  expect(answer.message).toContain(text);
  expect(answer.code).toBe(code);
};

beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "3.0" });
});
afterEach(() => db.close());

const pk = { fieldName: "id", dataType: "Int64", isPrimary: true };
const v = { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } };

/** One struct with two vector fields, one for each way to search. */
async function make(elements: string, lists: string, dataType = "FloatVector", dim = 2): Promise<void> {
  const vector = { dataType: "ArrayOfVector", elementDataType: dataType, elementTypeParams: { dim } };
  const fields = [
    { fieldName: "e", ...vector },
    { fieldName: "l", ...vector },
  ];
  const index = (fieldName: string, indexName: string, metricType: string) => ({ fieldName, indexName, metricType });
  await ok("collections/create", {
    schema: { fields: [pk, v], structFields: [{ fieldName: "s", typeParams: { max_capacity: 8 }, fields }] },
    indexParams: [index("v", "v", "L2"), index("s[e]", "e", elements), index("s[l]", "l", lists)],
  });
}

const insert = (rows: Readonly<Record<number, readonly unknown[]>>, far = 0) =>
  ok("entities/insert", {
    data: Object.entries(rows).map(([id, vectors]) => ({
      id: Number(id),
      v: [Number(id), far],
      s: vectors.map((vector) => ({ e: vector, l: vector })),
    })),
  });

const example = {
  1: [
    [1, 0],
    [0, 1],
  ],
  2: [[0.6, 0.8]],
  3: [],
};
const elementSearch = { annsField: "s[e]", data: [[1, 0]], limit: 3 };
const listSearch = {
  annsField: "s[l]",
  data: [
    [
      [1, 0],
      [0, 1],
    ],
  ],
  limit: 3,
};

describe("the example of the contract", () => {
  beforeEach(async () => {
    await make("COSINE", "MAX_SIM_COSINE");
    await insert(example);
  });

  it("finds elements, a row as often as its elements are near", async () => {
    expect(await ok("entities/search", elementSearch)).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 2, distance: 0.6, offset: 0 },
      { id: 1, distance: 0, offset: 1 },
    ]);
    const typed = await db.entities.search({ collectionName: "c", ...elementSearch, offset: 1, limit: 1 });
    expect([...typed]).toEqual([{ id: 2, distance: 0.6, offset: 0 }]);
  });

  it("compares lists with lists, and never finds an empty one", async () => {
    const hits = (await ok("entities/search", listSearch)) as { id: number; distance: number }[];
    expect(hits.map(({ id }) => id)).toEqual([1, 2]);
    expect(hits.map(({ distance }) => distance)).toEqual([2, expect.closeTo(1.4, 6)]);
  });

  it.each([
    ["max", undefined, [1, 0.6]],
    ["avg", undefined, [0.5, 0.6]],
    ["sum", undefined, [1, 0.6]],
    ["topk_sum", 1, [1, 0.6]],
    ["topk_avg", 2, [0.5, 0.6]],
  ])("makes rows of elements in a hybrid search: %s", async (strategy, topk, scores) => {
    const search = [
      { ...elementSearch, params: { element_scope: { collapse: { strategy, topk } } } },
      { annsField: "v", data: [[0, 0]], limit: 3 },
    ];
    const hits = (await ok("entities/hybrid_search", {
      search,
      rerank: { strategy: "weighted", params: { weights: [1, 0] } },
      limit: 3,
    })) as { id: number; distance: number }[];
    const byId = new Map(hits.map(({ id, distance }) => [id, distance]));
    expect([byId.get(1), byId.get(2)]).toEqual(scores.map((score) => expect.closeTo(score, 6)));
    expect(hits.some((hit) => "offset" in hit)).toBe(false);
  });

  it("keeps elements apart where all searches look for elements of one struct", async () => {
    const hits = await ok("entities/hybrid_search", {
      search: [elementSearch, { ...elementSearch, data: [[0, 1]] }],
      rerank: { strategy: "weighted", params: { weights: [1, 1] } },
      limit: 4,
      outputFields: ["id"],
    });
    expect(hits).toEqual([
      { id: 2, distance: expect.closeTo(1.4, 6), offset: 0 },
      { id: 1, distance: 1, offset: 0 },
      { id: 1, distance: 1, offset: 1 },
    ]);
  });

  it("keeps the best element of each row where it is grouped by the key", async () => {
    expect(await ok("entities/search", { ...elementSearch, groupingField: "id" })).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 2, distance: 0.6, offset: 0 },
    ]);
    expect(await ok("entities/search", { ...elementSearch, groupingField: "id", groupSize: 2, limit: 1 })).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 1, distance: 0, offset: 1 },
    ]);
  });

  it("looks for elements in a range", async () => {
    const range = (params: object) => ok("entities/search", { ...elementSearch, searchParams: { params } });
    expect(await range({ radius: 0.5 })).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 2, distance: 0.6, offset: 0 },
    ]);
    expect(await range({ radius: 0.5, range_filter: 0.7 })).toEqual([{ id: 2, distance: 0.6, offset: 0 }]);
  });

  it("looks among the rows of a filter", async () => {
    expect(await ok("entities/search", { ...elementSearch, filter: "id == 1" })).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 1, distance: 0, offset: 1 },
    ]);
    expect(await ok("entities/search", { ...listSearch, filter: "id == 2" })).toEqual([
      { id: 2, distance: expect.closeTo(1.4, 6) },
    ]);
  });

  it("sees writes at once, and forgets what is gone", async () => {
    await insert({ 4: [[1, 0.1]] });
    expect(await ok("entities/search", { ...elementSearch, limit: 2 })).toEqual([
      { id: 1, distance: 1, offset: 0 },
      { id: 4, distance: expect.closeTo(0.995, 3), offset: 0 },
    ]);
    await ok("entities/delete", { filter: "id == 1" });
    expect(await ok("entities/search", { ...elementSearch, limit: 2, outputFields: ["id"] })).toEqual([
      { id: 4, distance: expect.closeTo(0.995, 3), offset: 0 },
      { id: 2, distance: 0.6, offset: 0 },
    ]);
    expect(((await ok("entities/search", listSearch)) as { id: number }[]).map(({ id }) => id)).toEqual([2, 4]);
    await ok("collections/release");
    await ok("collections/load");
    expect(((await ok("entities/search", listSearch)) as { id: number }[]).map(({ id }) => id)).toEqual([2, 4]);
    expect(await db.check()).toMatchObject({ ok: true });
  });

  it("pages through elements", async () => {
    const found = [];
    const { limit: _, ...search } = elementSearch;
    for await (const page of db.entities.searchIterator({ collectionName: "c", ...search, batchSize: 1 })) {
      found.push(...page.map(({ id, offset }) => [id, offset]));
    }
    expect(found).toEqual([
      [1, 0],
      [2, 0],
      [1, 1],
    ]);
  });

  it("refuses what lists cannot be asked for", async () => {
    const range = { searchParams: { params: { radius: 0.1 } } };
    const lists = "is not supported for multi-search-multi on embedding list fields";
    await refused("entities/search", { ...listSearch, ...range }, `range search ${lists}`);
    await refused("entities/search", { ...listSearch, groupingField: "id" }, `group by ${lists}`);
    await refused(
      "entities/search",
      { annsField: "s[l]", ids: [1] },
      "array of vector is not supported for search by IDs",
    );
    await refused(
      "entities/search",
      { ...elementSearch, groupingField: "v" },
      "only group by primary key is supported for element-level search",
    );
    await refused("entities/search", { ...elementSearch, annsField: "s[l]" }, "needs one of vectors");
    await refused("entities/search", { ...listSearch, annsField: "s[e]" }, "needs one of MAX_SIM");
    await refused("entities/search", { ...listSearch, annsField: "v" }, "", 1801);
    await refused("entities/search", { ...listSearch, data: [[[1, 0], [1]]] }, "dimension", 1801);
    await refused("entities/search", { ...listSearch, data: [[]] }, "needs one of vectors");
  });

  it("refuses scopes that say nothing", async () => {
    const scoped = (element_scope: unknown, other: object = { annsField: "v", data: [[0, 0]], limit: 3 }) => ({
      search: [{ ...elementSearch, params: { element_scope } }, other],
      limit: 3,
    });
    const collapse = (members: object) => scoped({ collapse: members });
    const path = "entities/hybrid_search";
    await refused(path, collapse({ strategy: "min" }), "unsupported element_scope.collapse.strategy: min");
    await refused(
      path,
      collapse({ strategy: "topk_sum" }),
      "element_scope.collapse.topk is required for strategy topk_sum",
      1101,
    );
    await refused(path, collapse({ strategy: "sum", topk: 2 }), "is only valid for topk strategies");
    await refused(path, collapse({ strategy: "topk_avg", topk: 0 }), "element_scope.collapse.topk must be positive");
    await refused(
      path,
      scoped({ collapse: { strategy: "max" } }, elementSearch),
      "element_scope is not allowed for same-struct element-level hybrid search",
    );
    const onRows = { annsField: "v", data: [[0, 0]], limit: 3, params: { element_scope: {} } };
    await refused(
      path,
      { search: [elementSearch, onRows], limit: 3 },
      "element_scope is only supported for element-level search on struct array vector sub-fields",
    );
    await refused(
      path,
      { search: [elementSearch, { annsField: "v", data: [[0, 0]], limit: 3 }], limit: 3, groupingField: "id" },
      "group by search is not supported for vector array fields, fieldName:s[e]",
    );
    await refused(
      "entities/search",
      { ...elementSearch, searchParams: { element_scope: {} } },
      "element_scope is only supported for hybrid search",
    );
  });
});

describe("what is tuned for", () => {
  it.each([
    ["AUTOINDEX", {}],
    ["HNSW", { M: 8, efConstruction: 50 }],
    ["IVF_FLAT", { nlist: 16 }],
  ])("changes nothing where all are compared: %s", async (indexType, build) => {
    await make("COSINE", "MAX_SIM_COSINE");
    await insert(example);
    const before = await ok("entities/search", listSearch);
    await ok("collections/release");
    await ok("indexes/drop", { indexName: "l" });
    await db.indexes.create({
      collectionName: "c",
      indexParams: [
        {
          fieldName: "s[l]",
          indexName: "l",
          metricType: "MAX_SIM_COSINE",
          indexType,
          params: { ...build, emb_list_strategy: "muvera" },
        },
      ],
    });
    await ok("collections/load");
    await expect.poll(() => ok("collections/get_load_state")).toMatchObject({ loadState: "LoadStateLoaded" });
    const searchParams = { params: { retrieval_ann_ratio: 2, emb_list_rerank: false } };
    expect(await ok("entities/search", { ...listSearch, searchParams })).toEqual(before);
    expect(await db.entities.search({ collectionName: "c", ...listSearch, searchParams })).toHaveLength(2);
  });
});

describe("distances", () => {
  it("refuses to add distances up: the nearest would be the smallest sum", async () => {
    await make("L2", "MAX_SIM_L2");
    await insert(example);
    await refused(
      "entities/hybrid_search",
      {
        search: [
          { ...elementSearch, params: { element_scope: { collapse: { strategy: "sum" } } } },
          { annsField: "v", data: [[0, 0]], limit: 3 },
        ],
        limit: 3,
      },
      "element_scope.collapse.strategy sum is only supported for positively related metrics",
    );
  });

  it.each([
    [
      "L2",
      "MAX_SIM_L2",
      "FloatVector",
      2,
      [
        [1, 0],
        [0, 1],
      ],
      [[0, 0]],
      [1, 1],
    ],
    [
      "IP",
      "MAX_SIM_IP",
      "FloatVector",
      2,
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 1]],
      [14, 4],
    ],
    [
      "COSINE",
      "MAX_SIM",
      "FloatVector",
      2,
      [
        [1, 0],
        [0, 1],
      ],
      [[1, 0]],
      [2, 1],
    ],
    [
      "IP",
      "MAX_SIM_IP",
      "Float16Vector",
      2,
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 1]],
      [14, 4],
    ],
    [
      "IP",
      "MAX_SIM_IP",
      "BFloat16Vector",
      2,
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 1]],
      [14, 4],
    ],
    [
      "IP",
      "MAX_SIM_IP",
      "Int8Vector",
      2,
      [
        [1, 2],
        [3, 4],
      ],
      [[1, 1]],
      [14, 4],
    ],
    ["HAMMING", "MAX_SIM_HAMMING", "BinaryVector", 8, [[0b11], [0b1000]], [[0b1]], [0, 3]],
    ["JACCARD", "MAX_SIM_JACCARD", "BinaryVector", 8, [[0b11], [0b1000]], [[0b1]], [0, 1.5]],
  ])("%s and %s of %s", async (elements, lists, type, dim, first, second, [best, other]) => {
    await make(elements, lists, type, dim);
    await insert({ 1: first, 2: second });
    // The query is the first row: its own score is the sum over its vectors of each with itself or better.
    const query = first;
    const hits = (await ok("entities/search", { annsField: "s[l]", data: [query], limit: 2 })) as {
      id: number;
      distance: number;
    }[];
    const score = (of: readonly (readonly number[])[]) =>
      query.reduce((sum, q) => sum + Math[smaller(lists) ? "min" : "max"](...of.map((r) => plain(elements, q, r))), 0);
    const expected = [
      { id: 1, distance: score(first) },
      { id: 2, distance: score(second) },
    ].sort((a, b) => (smaller(lists) ? a.distance - b.distance : b.distance - a.distance) || a.id - b.id);
    expect(hits).toEqual(expected.map(({ id, distance }) => ({ id, distance: expect.closeTo(distance, 4) })));
    expect([best, other]).toHaveLength(2);
  });
});

function smaller(metric: string): boolean {
  return /L2|HAMMING|JACCARD/.test(metric);
}

function bits(list: readonly number[]): string {
  return list.map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

/** Two vectors compared by the book. */
function plain(metric: string, a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  const [x, y] = [bits(a), bits(b)];
  const count = (test: (i: number) => boolean) => Array.from(x).filter((_, i) => test(i)).length;
  switch (metric) {
    case "L2":
      return a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
    case "COSINE":
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    case "HAMMING":
      return count((i) => x[i] !== y[i]);
    case "JACCARD":
      return 1 - count((i) => x[i] === "1" && y[i] === "1") / count((i) => x[i] === "1" || y[i] === "1");
    default:
      return dot(a, b);
  }
}
