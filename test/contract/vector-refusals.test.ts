import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "2.6" });
});
afterEach(() => db.close());

const post = (path: string, body: object) => db.request(`/v2/vectordb/${path}`, { collectionName: "c", ...body });
const id = { fieldName: "id", dataType: "Int64", isPrimary: true };
const TYPES = {
  x: "FloatVector",
  h: "Float16Vector",
  g: "BFloat16Vector",
  i: "Int8Vector",
  b: "BinaryVector",
} as const;
const INDEXES = { x: "FLAT", h: "FLAT", g: "FLAT", i: "HNSW", b: "BIN_FLAT" } as const;
const GOOD = { x: [1, 2], h: [1, 2], g: [1, 2], i: [1, 2], b: "D/A=" };
type Name = keyof typeof TYPES;
const NAMES = Object.keys(TYPES) as Name[];

async function makeAll(): Promise<void> {
  const fields = NAMES.map((fieldName) => ({
    fieldName,
    dataType: TYPES[fieldName],
    elementTypeParams: { dim: fieldName === "b" ? 16 : 2 },
  }));
  const indexParams = NAMES.map((fieldName) => ({
    fieldName,
    metricType: fieldName === "b" ? "HAMMING" : "L2",
    indexType: INDEXES[fieldName],
  }));
  expect(await post("collections/create", { schema: { fields: [id, ...fields] }, indexParams })).toMatchObject({
    code: 0,
  });
}

describe("a field", () => {
  it.each(Object.values(TYPES))("%s is refused whose dimension is no integer", async (dataType) => {
    const field = { fieldName: "v", dataType, elementTypeParams: { dim: "x" } };
    expect(await post("collections/create", { schema: { fields: [id, field] } })).toMatchObject({
      code: 65535,
      message: 'strconv.ParseInt: parsing "x": invalid syntax',
    });
  });

  it.each(Object.values(TYPES))("%s is no clustering key", async (dataType) => {
    const field = { fieldName: "v", dataType, elementTypeParams: { dim: 8 }, isClusteringKey: true };
    expect(await post("collections/create", { schema: { fields: [id, field] } })).toMatchObject({
      code: 107,
      message: "vector clustering key not allowed[collection=c]",
    });
  });

  it("is the only clustering key", async () => {
    const keys = ["a", "b"].map((fieldName) => ({ fieldName, dataType: "Int64", isClusteringKey: true }));
    const vector = { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 8 } };
    expect(await post("collections/create", { schema: { fields: [id, ...keys, vector] } })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("there are more than one clustering key, field name = a, b"),
    });
  });
});

describe("a list of another length", () => {
  const BAD = [["a"], [null], [true], [{}]];
  it.each(NAMES)("with what is no number in it is no vector: %s", async (name) => {
    await makeAll();
    for (const bad of BAD) {
      const value = [...bad, 1, 1];
      const actual = `invalid parameter[expected=${TYPES[name]}][actual=${JSON.stringify(value)}]`;
      const data = [{ id: 1, ...GOOD, [name]: value }];
      expect(await post("entities/insert", { data }), JSON.stringify(value)).toMatchObject({
        code: 1804,
        message: expect.stringContaining(actual),
      });
      expect(await post("entities/search", { annsField: name, data: [value], limit: 3 })).toMatchObject({
        code: 1801,
        message: expect.stringContaining(actual),
      });
    }
    expect(await post("entities/query", { filter: "", outputFields: ["count(*)"] })).toMatchObject({
      data: [{ "count(*)": 0 }],
    });
  });

  it.each(NAMES)("of numbers is counted: %s", async (name) => {
    await makeAll();
    const data = [{ id: 1, ...GOOD, [name]: [1, 1, 1] }];
    expect(await post("entities/insert", { data })).toMatchObject({
      code: 1804,
      message: expect.stringContaining("doesn't equal to vector dimension"),
    });
  });
});

describe("a parameter", () => {
  const index = (fieldName: string, indexType: string, params: object) =>
    post("indexes/create", {
      indexParams: [{ fieldName, indexName: "i", metricType: fieldName === "s" ? "IP" : "L2", indexType, params }],
    });
  const makeTwo = () =>
    post("collections/create", {
      schema: {
        fields: [
          id,
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 8 } },
          { fieldName: "s", dataType: "SparseFloatVector" },
        ],
      },
    });

  it("names the form to refine with, in any case", async () => {
    await makeTwo();
    expect(await index("v", "HNSW_SQ", { refine: true, refine_type: "fp99" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("invalid refine type : fp99"),
    });
    expect(await index("v", "HNSW_SQ", { refine: true, refine_type: "fp16" })).toMatchObject({ code: 0 });
  });

  it.each([1, "1", -0.1, "x"])("drop_ratio_build is at least 0 and below 1: %s", async (ratio) => {
    await makeTwo();
    expect(await index("s", "SPARSE_INVERTED_INDEX", { drop_ratio_build: ratio })).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        `Out of range in json: param 'drop_ratio_build' (${ratio}) should be in range [0.000000, 1.000000)`,
      ),
    });
    expect(await index("s", "SPARSE_INVERTED_INDEX", { drop_ratio_build: 0.9 })).toMatchObject({ code: 0 });
  });

  it.each([0.4, 2, "x"])("dim_max_score_ratio is between 0.5 and 1.3: %s", async (ratio) => {
    await makeTwo();
    await index("s", "SPARSE_WAND", {});
    await post("indexes/create", { indexParams: [{ fieldName: "v", metricType: "L2", indexType: "FLAT" }] });
    await post("collections/load", {});
    const search = (value: unknown) =>
      post("entities/search", {
        annsField: "s",
        data: [{ 1: 1 }],
        limit: 3,
        searchParams: { params: { dim_max_score_ratio: value } },
      });
    expect(await search(ratio)).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        `Out of range in json: param 'dim_max_score_ratio' (${ratio}) should be in range [0.500000, 1.300000]`,
      ),
    });
    for (const good of [0.5, "1.3"]) expect(await search(good)).toMatchObject({ code: 0 });
  });
});

describe("an output of BM25", () => {
  beforeEach(async () => {
    const text = { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 99, enable_analyzer: true } };
    const functions = [{ name: "f", type: "BM25", inputFieldNames: ["t"], outputFieldNames: ["s"] }];
    const fields = [id, text, { fieldName: "s", dataType: "SparseFloatVector" }];
    await post("collections/create", {
      schema: { fields, functions },
      indexParams: [{ fieldName: "s", metricType: "BM25", indexType: "AUTOINDEX" }],
    });
  });

  it.each<[string, object[], number, string]>([
    ["a good value", [{ s: { 1: 1 } }], 1100, "attempt to insert bm25 function output field"],
    ["a bad value", [{ s: { 1: -1 } }], 1804, "negative value in sparse float vector"],
    ["one in the first row alone", [{ s: { 1: 1 } }, {}], 1804, "row 1 does not has field s"],
    ["one in the second row alone", [{}, { s: { 1: 1 } }], 1804, "row 0 does not has field s"],
  ])("is refused by hand: %s", async (_name, rows, code, text) => {
    const data = rows.map((row, i) => ({ id: i, t: "word", ...row }));
    expect(await post("entities/insert", { data })).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(await post("entities/search", { annsField: "s", data: ["word"], limit: 3 })).toMatchObject({ data: [] });
  });

  it("is searched by BM25 alone", async () => {
    const request = { annsField: "s", data: ["word"], limit: 3, searchParams: { metric_type: "IP" } };
    const text = "must use BM25 metric type when searching against BM25 Function output field";
    expect(await post("entities/search", request)).toMatchObject({
      code: 1100,
      message: `${text}: invalid parameter[expected=BM25][actual=IP]`,
    });
  });
});
