import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { createRequest, idField, pairs, serve, textField } from "../api/grpc/served.js";

const collectionName = "docs";
let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

const TEXTS = [
  "the quick brown fox jumps over the lazy dog near the river bank",
  "the quick brown fox jumps over the lazy dog near the river side",
  "a completely different sentence about databases and their indexes",
  "",
];

async function create(
  fn: object = {},
  { dim = 2048, index = {} }: { dim?: number; index?: object } = {},
): Promise<void> {
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 1000, enable_analyzer: true } },
        { fieldName: "b", dataType: "BinaryVector", elementTypeParams: { dim } },
        { fieldName: "n", dataType: "Int64", nullable: true },
      ],
      functions: [{ name: "mh", type: "MinHash", inputFieldNames: ["t"], outputFieldNames: ["b"], ...fn }],
    },
    indexParams: [{ fieldName: "b", indexName: "b", indexType: "MINHASH_LSH", metricType: "MHJACCARD", ...index }],
  } as never);
}

const insert = () => db.entities.insert({ collectionName, data: TEXTS.map((t, id) => ({ id, t })) });

describe("a MinHash function", () => {
  it("makes near duplicates near", async () => {
    await create({ params: { num_hashes: 64, shingle_size: 3 } });
    await insert();
    const hits = await db.entities.search({ collectionName, annsField: "b", data: TEXTS.slice(0, 1), limit: 4 });
    expect(hits.map(({ id }) => id).slice(0, 2)).toEqual([0, 1]);
    expect(hits[0]?.distance).toBe(1);
    expect(hits[1]?.distance).toBeGreaterThan(0.4);
    expect(hits[2]?.distance).toBeLessThan(0.1);
    // The share of values that are equal.
    expect(Number.isInteger((hits[1]?.distance as number) * 64)).toBe(true);
    const near = await db.entities.search({
      collectionName,
      annsField: "b",
      data: TEXTS.slice(0, 1),
      limit: 4,
      searchParams: { radius: 0.4, params: { mh_search_with_jaccard: true, refine_k: 10 } },
    });
    expect(near.map(({ id }) => id)).toEqual([0, 1]);
    const byKey = await db.entities.search({ collectionName, annsField: "b", ids: [1], limit: 1 });
    expect(byKey.map(({ id, distance }) => [id, distance])).toEqual([[1, 1]]);
  });

  it("stores the signature of the contract, little-endian", async () => {
    const params = { num_hashes: "2", shingle_size: "3", token_level: "char", HASH_FUNCTION: "sha1" };
    await create({ params }, { dim: 64 });
    await db.entities.insert({ collectionName, data: [{ id: 1, t: "abcd" }] });
    const [row] = await db.entities.query({ collectionName, filter: "id == 1", outputFields: ["b"] });
    const signature = new Uint8Array(Uint32Array.of(3412302830, 512227007).buffer);
    expect(row?.["b"]).toEqual(signature);
    // A text that changes changes what is made of it, and nothing else does.
    await db.entities.upsert({ collectionName, partialUpdate: true, data: [{ id: 1, n: 5 }] });
    const [same] = await db.entities.query({ collectionName, filter: "n == 5", outputFields: ["b"] });
    expect(same?.["b"]).toEqual(signature);
    await db.entities.upsert({ collectionName, data: [{ id: 1, t: "fox" }] });
    const [changed] = await db.entities.query({ collectionName, filter: "id == 1", outputFields: ["b"] });
    expect(changed?.["b"]).toEqual(new Uint8Array(Uint32Array.of(1706197945, 1278853673).buffer));
  });

  it("is added to a collection that has rows", async () => {
    await db.collections.create({
      collectionName,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 1000, enable_analyzer: true } },
        ],
      },
      indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
    });
    await db.entities.insert({ collectionName, data: TEXTS.map((t, id) => ({ id, t, v: [id, 0] })) });
    await db.collections.addFunctionField({
      collectionName,
      function: { name: "mh", type: "MinHash", inputFieldNames: ["t"], outputFieldNames: ["b"] },
      outputField: { fieldName: "b", dataType: "BinaryVector", elementTypeParams: { dim: 512 } },
    });
    const hits = await db.entities.search({ collectionName, annsField: "b", data: TEXTS.slice(2, 3), limit: 1 });
    expect(hits.map(({ id, distance }) => [id, distance])).toEqual([[2, 1]]);
    const [index] = await db.indexes.describe({ collectionName, indexName: "b" });
    expect(index).toMatchObject({ metricType: "MHJACCARD" });
  });

  it("is there over gRPC, with texts in place of vectors", async () => {
    const served = await serve();
    const fields = [
      idField,
      { ...textField, type_params: pairs({ max_length: "500", enable_analyzer: "true" }) },
      { name: "b", data_type: 100, type_params: pairs({ dim: "512" }), is_function_output: true },
    ];
    const functions = [
      {
        name: "mh",
        type: 4,
        input_field_names: ["title"],
        output_field_names: ["b"],
        params: pairs({ num_hashes: "16" }),
      },
    ];
    await served.ok("CreateCollection", createRequest("docs", fields, { functions } as never));
    const extra_params = pairs({ index_type: "MINHASH_LSH", metric_type: "MHJACCARD", mh_lsh_band: "4" });
    await served.ok("CreateIndex", { collection_name: "docs", field_name: "b", extra_params });
    await served.ok("LoadCollection", { collection_name: "docs" });
    await served.db.entities.insert({ collectionName, data: TEXTS.map((title, id) => ({ id, title })) });
    const described = await served.ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "docs" });
    expect(described.schema?.functions).toMatchObject([{ type: 4, params: [{ key: "num_hashes", value: "16" }] }]);
    const text = Buffer.from(TEXTS[2] ?? "");
    const value = Buffer.concat([Buffer.from([0x0a, 2, 0x24, 0x30, 0x10, 21, 0x1a, text.length]), text]);
    const { results } = await served.ok<"SearchResults">("Search", {
      collection_name: "docs",
      nq: 1,
      placeholder_group: Buffer.concat([Buffer.from([0x0a, value.length]), value]),
      search_params: pairs({ anns_field: "b", topk: "1", params: "{}" }),
    });
    expect([results?.ids?.int_id?.data, [...(results?.scores ?? [])]]).toEqual([[2], [1]]);
  });

  it.each<[object, number, string]>([
    [
      { params: { num_hashes: 10 } },
      2048,
      "minhash function output field 'b' dim 2048 does not match expected dim 320 (numHashes 10 * one minhash signature size of 32bit)",
    ],
    [
      {},
      40,
      "minhash function output field 'b' dim 40 does not match expected dim 32 (numHashes 1 * one minhash signature size of 32bit)",
    ],
    [{ inputFieldNames: ["n"] }, 64, "minhash function input field 'n' is not string type, is Int64"],
    [{ outputFieldNames: ["t"], inputFieldNames: ["t"] }, 64, "a single field cannot be both input and output"],
    [{ params: { hash_function: "md5" } }, 64, "unknown hash function: md5 (expected 'xxhash64' or 'sha1')"],
    [{ params: { shingle_size: 0 } }, 64, "minhash function param shingle_size should be a positive integer, got 0"],
  ])("is refused: %j, dim %d", async (fn, dim, text) => {
    const error = await create(fn, { dim }).catch((thrown: unknown) => thrown);
    expect(isElanusError(error) && [error.code, error.message]).toEqual([1100, expect.stringContaining(text)]);
  });

  it.each<[object, string]>([
    [{ metricType: "HAMMING" }, "MHJACCARD"],
    [{ indexType: "BIN_IVF_FLAT" }, "HAMMING"],
    [{ params: { mh_element_bit_width: "24" } }, "mh_element_bit_width"],
  ])("has no index %j", async (index, text) => {
    await expect(create({}, { index })).rejects.toThrow(text);
  });
});

describe("MHJACCARD", () => {
  it("is the share of equal elements, of every width", async () => {
    const element = fc.record({ bits: fc.constantFrom(8, 16, 32, 64), count: fc.integer({ min: 1, max: 21 }) });
    await fc.assert(
      fc.asyncProperty(element, fc.integer({ min: 1, max: 1000 }), async ({ bits, count }, seed) => {
        const bytes = (bits / 8) * count;
        let state = seed;
        // Few values, so that elements are equal now and then.
        const next = () => {
          state = (Math.imul(state, 1103515245) + 12345) >>> 0;
          return (state >>> 16) % 2;
        };
        const vector = () => Array.from({ length: bytes }, (_, i) => (i % (bits / 8) === 0 ? next() : 7));
        const rows = Array.from({ length: 30 }, vector);
        const query = vector();
        const equal = (a: readonly number[]) =>
          Array.from({ length: count }, (_, e) => e * (bits / 8)).filter((at) => a[at] === query[at]).length;
        await db.collections.create({
          collectionName,
          schema: {
            fields: [
              { fieldName: "id", dataType: "Int64", isPrimary: true },
              { fieldName: "b", dataType: "BinaryVector", elementTypeParams: { dim: bytes * 8 } },
            ],
          },
          indexParams: [
            {
              fieldName: "b",
              indexName: "b",
              indexType: "MINHASH_LSH",
              metricType: "MHJACCARD",
              params: { mh_element_bit_width: bits },
            },
          ],
        });
        await db.entities.insert({ collectionName, data: rows.map((b, id) => ({ id, b })) });
        const hits = await db.entities.search({ collectionName, data: [query], limit: 10 });
        const expected = rows
          .map((row, id) => ({ id, distance: equal(row) / count }))
          .sort((a, b) => b.distance - a.distance || a.id - b.id)
          .slice(0, 10);
        expect(hits.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        for (const [i, { distance }] of hits.entries()) expect(distance).toBeCloseTo(expected[i]?.distance ?? -1, 6);
        await db.collections.drop({ collectionName });
      }),
      { numRuns: 40 },
    );
  });
});
