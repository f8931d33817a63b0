import { afterEach, beforeEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
  readonly topks?: readonly number[];
}
type Hit = { readonly id: number; readonly distance: number };

let db: Elanus;
const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, { collectionName: "docs", ...body })) as unknown as Envelope;

const TEXTS = ["Milvus is a vector database", "vector search finds the nearest vector", "a database stores rows"];

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  const created = await post("collections/create", {
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "float", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "half", dataType: "Float16Vector", elementTypeParams: { dim: 2 }, nullable: true },
        { fieldName: "bits", dataType: "BinaryVector", elementTypeParams: { dim: 8 } },
        { fieldName: "bytes", dataType: "Int8Vector", elementTypeParams: { dim: 2 } },
        { fieldName: "pairs", dataType: "SparseFloatVector" },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 99, enable_analyzer: true } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "float", indexName: "a", metricType: "L2", indexType: "FLAT" },
      { fieldName: "half", indexName: "b", metricType: "L2", indexType: "FLAT" },
      { fieldName: "bits", indexName: "c", metricType: "HAMMING", indexType: "BIN_FLAT" },
      { fieldName: "bytes", indexName: "d", metricType: "L2", indexType: "HNSW" },
      { fieldName: "pairs", indexName: "e", metricType: "IP", indexType: "SPARSE_INVERTED_INDEX" },
      { fieldName: "words", indexName: "f", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
    ],
  });
  expect(created.code).toBe(0);
  await post("partitions/create", { partitionName: "p" });
  const row = (n: number) => ({
    id: n,
    float: [n, 0],
    half: n === 2 ? null : [n, n],
    bits: [1 << n],
    bytes: [n, -n],
    pairs: { [n]: n, 9: 1 },
    text: TEXTS[n - 1],
  });
  expect((await post("entities/insert", { data: [row(1), row(2)] })).code).toBe(0);
  expect((await post("entities/insert", { data: row(3), partitionName: "p" })).code).toBe(0);
  await post("collections/load", {});
});
afterEach(() => db.close());

async function hits(annsField: string, ids: readonly unknown[], more: object = {}): Promise<string> {
  const { data, message } = await post("entities/search", { annsField, ids, limit: 2, ...more });
  expect(message).toBeUndefined();
  return (data as Hit[]).map(({ id, distance }) => `${id}:${Number(distance.toFixed(4))}`).join(" ");
}

it.each([
  ["float", "3:0 2:1 1:0 2:1"],
  ["half", "3:0 1:8 1:0 3:8"],
  ["bits", "3:0 1:2 1:0 2:2"],
  ["bytes", "3:0 2:2 1:0 2:2"],
  ["pairs", "3:10 1:1 1:2 2:1"],
])("a search by the vectors of stored rows, in the order of their keys: %s", async (field, expected) => {
  expect(await hits(field, [3, 1])).toBe(expected);
  const typed = await db.entities.search({ collectionName: "docs", annsField: field, ids: [3n, "1"], limit: 2 });
  expect(typed.topks).toEqual([2, 2]);
});

it("searches by the text of a row where words are searched", async () => {
  const byText = await post("entities/search", { annsField: "words", data: [TEXTS[1]], limit: 2 });
  expect(await hits("words", [2])).toBe(
    (byText.data as Hit[]).map(({ id, distance }) => `${id}:${Number(distance.toFixed(4))}`).join(" "),
  );
});

it("finds nothing by a vector that is null, and everything by the others", async () => {
  const { data, topks } = await post("entities/search", { annsField: "half", ids: [2, 1], limit: 2 });
  expect(topks).toEqual([0, 2]);
  expect((data as Hit[]).map(({ id }) => id)).toEqual([1, 3]);
});

it("filters the hits, not the rows that are asked by", async () => {
  expect(await hits("float", [3], { filter: "id < 3" })).toBe("2:1 1:4");
});

it("refuses the key of a row in another partition", async () => {
  const refused = await post("entities/search", { annsField: "float", ids: [1, 3], partitionNames: ["_default"] });
  expect([refused.code, refused.message]).toEqual([1100, expect.stringContaining("missing IDs = [3]")]);
});
