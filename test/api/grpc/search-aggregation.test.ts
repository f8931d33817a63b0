import { describe, expect, it } from "vitest";
import { createRequest, idField, pairs, type Served, serve, vectorField } from "./served.js";

async function filled(): Promise<Served> {
  const served = await serve();
  const vector = { ...vectorField, type_params: pairs({ dim: "2" }) };
  const fields = [
    idField,
    vector,
    { name: "price", data_type: 5, nullable: true },
    { name: "cat", data_type: 21, type_params: pairs({ max_length: "9" }) },
    { name: "half", data_type: 10 },
    { name: "flag", data_type: 1 },
    { name: "j", data_type: 23 },
  ];
  await served.ok("CreateCollection", createRequest("a", fields));
  const index = { index_type: "FLAT", metric_type: "L2" };
  await served.ok("CreateIndex", { collection_name: "a", field_name: "vec", extra_params: pairs(index) });
  await served.ok("LoadCollection", { collection_name: "a" });
  const data = [0, 2, 4, null, 3, 0].map((price, id) => ({
    id,
    vec: [id, 0],
    price,
    cat: id % 2 === 0 ? "y" : "x",
    half: id / 2,
    flag: id < 3,
    j: { id },
  }));
  await served.db.entities.insert({ collectionName: "a", data });
  return served;
}

const EXAMPLE = {
  fields: ["cat"],
  size: 2,
  search_size: 2,
  metrics: new Map([
    ["n", { op: "count", field_name: "*" }],
    ["p", { op: "avg", field_name: "price" }],
  ]),
  order: [{ key: "_count" }, { key: "_key", direction: "asc" }],
  top_hits: { size: 2, sort: [{ field_name: "price" }] },
};

function searchOf(search_aggregation: object, params: Record<string, string> = {}, more: object = {}): object {
  const zeros = new Float32Array(2);
  return {
    collection_name: "a",
    nq: 1,
    placeholder_group: placeholders(new Uint8Array(zeros.buffer)),
    output_fields: ["price", "half", "flag", "j", "vec"],
    search_params: pairs({ anns_field: "vec", topk: "10", params: "{}", ...params }),
    search_aggregation,
    ...more,
  };
}

/** One query vector: `PlaceholderGroup` with one value of the type FloatVector. */
function placeholders(vector: Uint8Array): Uint8Array {
  const value = Buffer.concat([Buffer.from([0x0a, 2, 0x24, 0x30, 0x10, 101, 0x1a, vector.length]), vector]);
  return Buffer.concat([Buffer.from([0x0a, value.length]), value]);
}

describe("search aggregation over gRPC", () => {
  it("answers buckets with keys, metrics and hits of their types", async () => {
    const { ok } = await filled();
    const { results } = await ok<"SearchResults">("Search", searchOf(EXAMPLE));
    expect(results).toMatchObject({ num_queries: 1, topks: [0], agg_topks: [2], ids: undefined });
    expect([...(results?.scores ?? [])]).toEqual([]);
    const [x, y] = results?.agg_buckets ?? [];
    expect(x).toMatchObject({ key: [{ field_id: 103, field_name: "cat", string_val: "x" }], count: 2 });
    expect(x?.metrics.get("n")).toMatchObject({ int_val: 2 });
    expect(x?.metrics.get("p")).toMatchObject({ double_val: 2 });
    expect(y?.hits.map(({ int_pk, score }) => [int_pk, score])).toEqual([
      [2, 4],
      [0, 0],
    ]);
    expect(y?.hits[0]?.fields).toMatchObject([
      { field_name: "vec", bytes_val: expect.any(Uint8Array) },
      { field_name: "price", int_val: 4 },
      { field_name: "half", float_val: 1 },
      { field_name: "flag", bool_val: true },
      { field_name: "j", bytes_val: Uint8Array.from(Buffer.from('{"id":2}')) },
    ]);
    const price = x?.hits[1]?.fields.find(({ field_name }) => field_name === "price");
    expect(price).toMatchObject({ int_val: undefined });
  });

  it("has levels, and keys that are null", async () => {
    const { ok } = await filled();
    const spec = {
      fields: ["price"],
      search_size: 6,
      order: [{ key: "_key", direction: "asc" }],
      sub_aggregation: { fields: ["flag"] },
    };
    const { results } = await ok<"SearchResults">("Search", searchOf(spec));
    const [bucket] = results?.agg_buckets ?? [];
    expect(bucket?.key).toMatchObject([{ field_name: "price", int_val: undefined }]);
    expect(bucket?.sub_groups).toMatchObject([{ key: [{ bool_val: false }], count: 1 }]);
  });

  it.each<[object, Record<string, string>, object, string]>([
    [{ fields: [] }, {}, {}, "group_by level has no fields"],
    [{ ...EXAMPLE, size: -1 }, {}, {}, "search_aggregation size must be non-negative"],
    [{ ...EXAMPLE, search_size: 1 }, {}, {}, "search_aggregation search_size must be greater than or equal to size"],
    [EXAMPLE, { offset: "1" }, {}, "offset is not supported with search_aggregation"],
    [EXAMPLE, { iterator: "true" }, {}, "search iterator is not supported with search_aggregation"],
    [EXAMPLE, { group_by_field: "cat" }, {}, "group_by_field and search_aggregation cannot be used simultaneously"],
    [EXAMPLE, { order_by_fields: "price" }, {}, "order_by_fields and search_aggregation cannot be used simultaneously"],
    [EXAMPLE, {}, { highlighter: { type: 0 } }, "highlighter and search_aggregation cannot be used simultaneously"],
    [
      EXAMPLE,
      {},
      { placeholder_group: undefined, ids: { int_id: { data: [1] } } },
      "ids and search_aggregation cannot be used simultaneously",
    ],
  ])("refuses %j %j %j", async (spec, params, more, text) => {
    const { fails } = await filled();
    expect(await fails("Search", searchOf(spec, params, more))).toEqual([1100, 5, `${text}: invalid parameter`]);
  });

  it("refuses facets of a part of a hybrid search", async () => {
    const { fails } = await filled();
    const request = { collection_name: "a", rank_params: pairs({ limit: "1" }), requests: [searchOf(EXAMPLE)] };
    expect(await fails("HybridSearch", request)).toEqual([
      1100,
      5,
      "search_aggregation is not supported for hybrid search: invalid parameter",
    ]);
  });
});
