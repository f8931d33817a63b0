import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

type Envelope = { readonly code: number; readonly message?: string; readonly data?: unknown };
type Hits = readonly { readonly id: number; readonly distance: number }[];

let db: Elanus;
/** As JSON text both ways: what REST shows of these types is not what JavaScript gets. */
const post = async (path: string, body: object): Promise<Envelope> => {
  const text = JSON.stringify({ collectionName: "v", ...body });
  const reply = await db.fetch(`http://elanus/v2/vectordb/${path}`, { method: "POST", body: text });
  return (await reply.json()) as Envelope;
};

/** A collection with one vector field, filled and loaded. */
async function make(
  field: { dataType: string; dim: number },
  index: { metricType?: string; indexType?: string; params?: object },
  vectors: readonly unknown[],
): Promise<void> {
  const created = await post("collections/create", {
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "tag", dataType: "VarChar", elementTypeParams: { max_length: 10 }, nullable: true },
        { fieldName: "b", dataType: field.dataType, elementTypeParams: { dim: field.dim } },
      ],
    },
    indexParams: [{ fieldName: "b", indexName: "b", ...index }],
  });
  expect(created).toMatchObject({ code: 0 });
  const data = vectors.map((b, i) => ({ id: i + 1, b, tag: i % 2 === 0 ? "odd" : "even" }));
  expect(await post("entities/insert", { data })).toMatchObject({ code: 0, data: { insertCount: vectors.length } });
}

async function search(query: unknown, more: object = {}): Promise<(readonly [number, number])[]> {
  const answer = await post("entities/search", { annsField: "b", data: [query], limit: 10, ...more });
  expect(answer).toMatchObject({ code: 0 });
  return (answer.data as Hits).map(({ id, distance }) => [id, distance] as const);
}

const ids = (hits: readonly (readonly [number, number])[]) => hits.map(([id]) => id);

beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

const BITS = ["AQA=", "D/A=", "//8=", "AAA=", "DwA="];

describe.each(["BIN_FLAT", "BIN_IVF_FLAT", "HNSW", "AUTOINDEX"])("binary vectors with %s", (indexType) => {
  it("are ordered by HAMMING", async () => {
    await make({ dataType: "BinaryVector", dim: 16 }, { metricType: "HAMMING", indexType }, BITS);
    expect(await search("D/A=")).toEqual([
      [2, 0],
      [5, 4],
      [1, 7],
      [3, 8],
      [4, 8],
    ]);
    expect(await search("AAA=")).toEqual([
      [4, 0],
      [1, 1],
      [5, 4],
      [2, 8],
      [3, 16],
    ]);
    expect(await search("D/A=", { searchParams: { params: { radius: 8, range_filter: 4 } } })).toEqual([
      [5, 4],
      [1, 7],
    ]);
    expect(ids(await search("D/A=", { searchParams: { params: { radius: 4.5 } } }))).toEqual([2, 5]);
    expect(ids(await search("D/A=", { filter: "tag == 'odd'" }))).toEqual([5, 1, 3]);
    expect(ids(await search("D/A=", { limit: 2, offset: 1 }))).toEqual([5, 1]);
  });

  it("are ordered by JACCARD, where two empty sets are as far apart as can be", async () => {
    await make({ dataType: "BinaryVector", dim: 16 }, { metricType: "JACCARD", indexType }, BITS);
    expect(await search("D/A=")).toEqual([
      [2, 0],
      [3, 0.5],
      [5, 0.5],
      [1, 0.875],
      [4, 1],
    ]);
    expect(await search("AAA=", { limit: 3 })).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(ids(await search("D/A=", { searchParams: { params: { radius: 0.875 } } }))).toEqual([2, 3, 5]);
    expect(ids(await search("D/A=", { searchParams: { params: { radius: 1 } } }))).toEqual([2, 3, 5, 1]);
  });
});

it("binary vectors come back as base64 over REST and as bytes in process, and take lists of bytes", async () => {
  await make({ dataType: "BinaryVector", dim: 16 }, {}, ["D/A=", [255, 0]]);
  const { data } = await post("entities/query", { filter: "id > 0", outputFields: ["b"] });
  expect(data).toEqual([
    { id: 1, b: "D/A=" },
    { id: 2, b: "/wA=" },
  ]);
  const rows = await db.entities.query({ collectionName: "v", filter: "id == 1", outputFields: ["b"] });
  expect(rows).toEqual([{ id: 1, b: Uint8Array.of(15, 240) }]);
  expect(await search([15, 240], { limit: 1 })).toEqual([[1, 0]]);
});

const expected = {
  FloatVector: { IP: -1.066667, L2: 13.504444, COSINE: -0.196441 },
  Float16Vector: { IP: -1.066772, L2: 13.504597, COSINE: -0.196461 },
  BFloat16Vector: { IP: -1.068359, L2: 13.506886, COSINE: -0.196765 },
} as const;

describe.each(["FloatVector", "Float16Vector", "BFloat16Vector"] as const)("%s", (dataType) => {
  it.each(["IP", "L2", "COSINE"] as const)("has the scores of its stored numbers by %s", async (metricType) => {
    await make({ dataType, dim: 4 }, { metricType, indexType: "HNSW" }, [[0.1, 1, -2.5, 1 / 3]]);
    const [hit] = await search([1, 1, 1, 1]);
    expect(Math.abs((hit?.[1] ?? 0) - expected[dataType][metricType])).toBeLessThan(2e-6);
  });
});

it.each([
  ["IP", [6, -118, 0]],
  ["L2", [24, 32780, 6]],
  ["COSINE", [0.447214, -0.267061, 0]],
] as const)("Int8Vector has the scores of its integers by %s", async (metricType, scores) => {
  const vectors = [
    [1, 2, 3, 4],
    [-128, 127, 0, 5],
    [0, 0, 0, 0],
  ];
  await make({ dataType: "Int8Vector", dim: 4 }, { metricType, indexType: "HNSW" }, vectors);
  const found = new Map(await search([1, 0, -1, 2]));
  for (const [i, score] of scores.entries()) expect(found.get(i + 1)).toBeCloseTo(score, 6);
  const { data } = await post("entities/query", { filter: "id > 0", outputFields: ["b"] });
  expect((data as { b: string }[]).map(({ b }) => b)).toEqual(["AQIDBA==", "gH8ABQ==", "AAAAAA=="]);
});

it("a query is what its field keeps of it", async () => {
  await make({ dataType: "BFloat16Vector", dim: 2 }, { metricType: "L2" }, [[0.1, 0]]);
  expect(await search([0.1, 0])).toEqual([[1, 0]]);
  expect(await search("zD0AAA==")).toEqual([[1, 0]]);
});

describe("refused", () => {
  const cases: [string, number, string, string, string][] = [
    ["BinaryVector", 8, "L2", "BIN_FLAT", "binary vector index does not support metric type: L2"],
    ["BinaryVector", 8, "HAMMING", "FLAT", "data type BinaryVector can't build with this index FLAT"],
    ["BinaryVector", 8, "HAMMING", "HNSW_SQ", "data type BinaryVector can't build with this index HNSW_SQ"],
    ["BinaryVector", 8, "SUPERSTRUCTURE", "BIN_FLAT", "not supported by the embedded engine"],
    ["Float16Vector", 8, "HAMMING", "HNSW", "float vector index does not support metric type: HAMMING"],
    ["BFloat16Vector", 8, "L2", "BIN_FLAT", "data type BFloat16Vector can't build with this index BIN_FLAT"],
    ["Int8Vector", 8, "JACCARD", "HNSW", "int vector index does not support metric type: JACCARD"],
    ["Int8Vector", 8, "L2", "FLAT", "data type Int8Vector can't build with this index FLAT"],
    ["Int8Vector", 8, "L2", "IVF_FLAT", "data type Int8Vector can't build with this index IVF_FLAT"],
  ];
  it.each(cases)("%s(%i) with %s and %s", async (dataType, dim, metricType, indexType, text) => {
    const { code, message } = await post("collections/create", {
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "b", dataType, elementTypeParams: { dim } },
        ],
      },
      indexParams: [{ fieldName: "b", indexName: "b", metricType, indexType }],
    });
    expect(code).not.toBe(0);
    expect(message).toContain(text);
  });

  it("groups of binary vectors", async () => {
    await make({ dataType: "BinaryVector", dim: 16 }, {}, BITS);
    const grouped = { annsField: "b", data: ["D/A="], groupingField: "tag" };
    expect(await post("entities/search", grouped)).toMatchObject({
      code: 1100,
      message: expect.stringContaining("not support search_group_by operation based on binary vector column"),
    });
  });

  it("bounds in the wrong order", async () => {
    await make({ dataType: "BinaryVector", dim: 16 }, { metricType: "HAMMING" }, BITS);
    const params = { radius: 4, range_filter: 4 };
    const { code, message } = await post("entities/search", {
      annsField: "b",
      data: ["D/A="],
      searchParams: { params },
    });
    expect([code, message]).toEqual([
      1100,
      expect.stringContaining(
        "range_filter must be less than radius for L2/HAMMING/JACCARD, range_filter:4.000000, radius:4.000000",
      ),
    ]);
  });

  it("a bad vector, and the batch with it", async () => {
    await make({ dataType: "Float16Vector", dim: 2 }, {}, [[1, 1]]);
    const insert = (b: unknown) =>
      post("entities/insert", {
        data: [
          { id: 8, b: [1, 1] },
          { id: 9, b },
        ],
      });
    expect((await insert([65520, 0])).message).toContain("float16 vector contain nan or infinity value.");
    expect(await insert("AAA=")).toMatchObject({
      code: 1804,
      message:
        "fail to deal the insert data, error: []byte size 2 doesn't equal to vector dimension 2 of Float16Vector",
    });
    expect((await post("entities/query", { filter: "id > 1" })).data).toEqual([]);
  });
});
