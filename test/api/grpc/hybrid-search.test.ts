import { beforeEach, describe, expect, it } from "vitest";
import { RequestParams } from "../../../src/api/grpc/handlers/request-params.js";
import { groupingOf } from "../../../src/api/grpc/handlers/search.js";
import type { Sent } from "../../../src/api/grpc/messages/table.js";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { idField, pairs, type Served, serve } from "./served.js";

let served: Served;

const schema = encode("CollectionSchema", {
  name: "docs",
  fields: [
    idField,
    { name: "text", data_type: 21, type_params: pairs({ max_length: "99", enable_analyzer: "true" }) },
    { name: "dense", data_type: 101, type_params: pairs({ dim: "2" }) },
    { name: "sparse", data_type: 104 },
  ],
  functions: [{ name: "f", type: 1, input_field_names: ["text"], output_field_names: ["sparse"] }],
});
const floats = (...numbers: number[]) => new Uint8Array(new Float32Array(numbers).buffer);
const group = (type: number, ...values: Uint8Array[]) =>
  encode("PlaceholderGroup", { placeholders: [{ tag: "$0", type, values }] });
const utf8 = (text: string) => new TextEncoder().encode(text);

const dense: Sent<"SearchRequest"> = {
  placeholder_group: group(101, floats(1, 0)),
  search_params: pairs({ anns_field: "dense", topk: "3", params: "{}" }),
  nq: 1,
};
const words: Sent<"SearchRequest"> = {
  placeholder_group: group(21, utf8("vector search")),
  search_params: pairs({ anns_field: "sparse", topk: "3" }),
  nq: 1,
};

beforeEach(async () => {
  served = await serve();
  const { ok } = served;
  await ok("CreateCollection", { collection_name: "docs", schema });
  const index = (field_name: string, metric_type: string) =>
    ok("CreateIndex", {
      collection_name: "docs",
      field_name,
      extra_params: pairs({ index_type: "AUTOINDEX", metric_type }),
    });
  await index("dense", "COSINE");
  await index("sparse", "BM25");
  await ok("LoadCollection", { collection_name: "docs" });
  await ok("Insert", {
    collection_name: "docs",
    num_rows: 3,
    fields_data: [
      { type: 5, field_name: "id", scalars: { long_data: { data: [1, 2, 3] } } },
      {
        type: 21,
        field_name: "text",
        scalars: { string_data: { data: ["a vector database", "vector search", "rows"] } },
      },
      {
        type: 101,
        field_name: "dense",
        vectors: { dim: 2, float_vector: { data: Float32Array.of(1, 0, 0, 1, 1, 1) } },
      },
    ],
  });
});

const hybrid = (more: object) => ({
  collection_name: "docs",
  requests: [dense, words],
  rank_params: pairs({ limit: "3" }),
  ...more,
});

describe("HybridSearch", () => {
  it("ranks vectors and words together", async () => {
    const { results } = await served.ok<"SearchResults">("HybridSearch", hybrid({ output_fields: ["text"] }));
    expect(results?.topks).toEqual([3]);
    expect(results?.ids?.int_id?.data).toEqual([1, 2, 3]);
    expect(Array.from(results?.scores ?? [], (s) => s.toFixed(6))).toEqual(["0.032522", "0.032266", "0.016129"]);
    expect(results?.fields_data.map((column) => column.field_name)).toEqual(["text"]);
  });

  it("takes the ranker from rank parameters or from a function, where texts may stand for numbers", async () => {
    const weighted = {
      strategy: "weighted",
      params: '{"weights":[0.6,0.4],"norm_score":true}',
      limit: "2",
      offset: "1",
    };
    const { results } = await served.ok<"SearchResults">("HybridSearch", hybrid({ rank_params: pairs(weighted) }));
    expect(results?.ids?.int_id?.data).toHaveLength(2);
    const functions = [{ name: "r", type: 3, params: pairs({ reranker: "rrf", k: "60" }) }];
    const same = await served.ok<"SearchResults">("HybridSearch", hybrid({ function_score: { functions } }));
    expect(same.results?.ids?.int_id?.data).toEqual([1, 2, 3]);
  });

  it("refuses what is wrong, with codes of gRPC", async () => {
    expect(await served.fails("HybridSearch", hybrid({ rank_params: [] }))).toEqual([
      1100,
      5,
      expect.stringContaining("limit not found in rank_params"),
    ]);
    const twice = { ...dense, placeholder_group: group(101, floats(1, 0), floats(0, 1)), nq: 2 };
    expect(await served.fails("HybridSearch", hybrid({ requests: [twice, words] }))).toEqual([
      1100,
      5,
      expect.stringContaining("nq should be the same"),
    ]);
    const vector = { ...words, placeholder_group: group(101, floats(1, 0)) };
    expect(await served.fails("HybridSearch", hybrid({ requests: [vector] }))).toEqual([
      1100,
      5,
      expect.stringContaining("please provide varchar/text for BM25 Function based search"),
    ]);
    expect(await served.codes("HybridSearch", hybrid({ function_chains: [{ name: "x" }] }))).toEqual([1100, 5]);
    const marked = { ...words, highlighter: { type: 0 } };
    expect(await served.fails("HybridSearch", hybrid({ requests: [dense, marked] }))).toEqual([
      1100,
      5,
      "not support hybrid search with highlight now. fieldID: 103: invalid parameter",
    ]);
  });
});

describe("Search", () => {
  it("marks the words of the query in the texts of the hits", async () => {
    const params = pairs({ highlight_search_text: "true", pre_tags: '["<b>"]', post_tags: '["</b>"]' });
    const { results } = await served.ok<"SearchResults">("Search", {
      collection_name: "docs",
      ...words,
      highlighter: { type: 0, params },
    });
    expect(results?.ids?.int_id?.data).toEqual([2, 1]);
    expect(results?.highlight_results).toEqual([
      {
        field_name: "text",
        datas: [{ fragments: ["<b>vector</b> <b>search</b>"] }, { fragments: ["<b>vector</b> database"] }],
      },
    ]);
  });

  it.each([
    [{ group_by_field: "color" }, "color"],
    [{ group_by_field: "meta", json_path: 'meta["a"]["b"]' }, 'meta["a"]["b"]'],
    [{ group_by_field: "$meta", json_path: "/a/b c" }, '$meta["a"]["b c"]'],
    [{ group_by_field: "", json_path: "/a" }, undefined],
  ])("groups by what %j names", (params, expected) => {
    expect(groupingOf(new RequestParams(pairs(params)))).toBe(expected);
  });

  it("takes boosts, but not in the pages of an iterator", async () => {
    const score = (filter: string) => ({
      functions: [{ name: "b", type: 3, params: pairs({ reranker: "boost", weight: "0.5", filter }) }],
      params: pairs({ boost_mode: "multiply" }),
    });
    const found = async (function_score: object) => {
      const { results } = await served.ok<"SearchResults">("Search", {
        collection_name: "docs",
        ...dense,
        function_score,
      });
      return results?.ids?.int_id?.data;
    };
    expect(await found(score("id == 1"))).toEqual([3, 1, 2]);
    const pages = pairs({
      anns_field: "dense",
      topk: "3",
      params: "{}",
      iterator: "true",
      search_iter_v2: "true",
      search_iter_batch_size: "2",
    });
    const paged = { collection_name: "docs", ...dense, search_params: pages, function_score: score("") };
    expect(await served.fails("Search", paged)).toEqual([
      1100,
      5,
      expect.stringContaining("don't support use segment scorer with group_by or search_iterator"),
    ]);
  });
});
