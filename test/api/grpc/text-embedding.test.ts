import { beforeEach, expect, it } from "vitest";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { idField, pairs, type Served, serve } from "./served.js";

let served: Served;
let asked: string[][] = [];

/** Length, and how many a's. */
const vectorOf = (text: string) => [text.length, text.split("a").length - 1];

const schema = encode("CollectionSchema", {
  name: "docs",
  fields: [
    idField,
    { name: "text", data_type: 21, type_params: pairs({ max_length: "99" }) },
    { name: "tag", data_type: 5, nullable: true },
    { name: "vector", data_type: 101, type_params: pairs({ dim: "2" }) },
  ],
  functions: [
    {
      name: "f",
      type: 2,
      input_field_names: ["text"],
      output_field_names: ["vector"],
      params: pairs({ provider: "openai", model_name: "small" }),
    },
  ],
});
const longs = (field_name: string, ...data: number[]) => ({ type: 5, field_name, scalars: { long_data: { data } } });
const texts = (...data: string[]) => ({ type: 21, field_name: "text", scalars: { string_data: { data } } });
const vectors = (...data: number[]) => ({
  type: 101,
  field_name: "vector",
  vectors: { dim: 2, float_vector: { data: Float32Array.from(data) } },
});

beforeEach(async () => {
  asked = [];
  served = await serve({
    functions: {
      embed(some) {
        asked.push([...some]);
        return some.map(vectorOf);
      },
    },
  });
  const { ok } = served;
  await ok("CreateCollection", { collection_name: "docs", schema });
  const extra_params = pairs({ index_type: "FLAT", metric_type: "L2" });
  await ok("CreateIndex", { collection_name: "docs", field_name: "vector", extra_params });
  await ok("LoadCollection", { collection_name: "docs" });
  await ok("Insert", { collection_name: "docs", num_rows: 2, fields_data: [longs("id", 1, 2), texts("aa", "bbbb")] });
});

async function stored(expr: string): Promise<unknown> {
  const { fields_data } = await served.ok<"QueryResults">("Query", {
    collection_name: "docs",
    expr,
    output_fields: ["vector"],
  });
  const column = fields_data.find(({ field_name }) => field_name === "vector");
  return Array.from(column?.vectors?.float_vector?.data ?? []);
}

it("texts become vectors when columns are written and when they are searched", async () => {
  expect(asked).toEqual([["aa", "bbbb"]]);
  expect(await stored("id > 0")).toEqual([2, 2, 4, 0]);
  const group = { placeholders: [{ tag: "$0", type: 21, values: [new TextEncoder().encode("cccc")] }] };
  const { results } = await served.ok<"SearchResults">("Search", {
    collection_name: "docs",
    placeholder_group: encode("PlaceholderGroup", group),
    search_params: pairs({ anns_field: "vector", topk: "2", params: "{}" }),
    nq: 1,
  });
  expect(results?.ids?.int_id?.data).toEqual([2, 1]);
  expect(asked.at(-1)).toEqual(["cccc"]);
});

it("a partial upsert keeps the vector of a text that it leaves alone", async () => {
  const upsert = (fields_data: object[]) =>
    served.ok("Upsert", { collection_name: "docs", num_rows: 1, partial_update: true, fields_data });
  await upsert([longs("id", 1), longs("tag", 7)]);
  expect([asked.length, await stored("id == 1")]).toEqual([1, [2, 2]]);
  await upsert([longs("id", 1), texts("aaa")]);
  expect([asked.at(-1), await stored("id == 1 and tag == 7")]).toEqual([["aaa"], [3, 3]]);
});

it("vectors are taken by hand where the collection says so, and then no model is asked", async () => {
  const given = {
    collection_name: "docs",
    num_rows: 1,
    fields_data: [longs("id", 9), texts("x"), vectors(5, 6)],
  };
  expect(await served.fails("Insert", given)).toEqual([1100, 5, expect.stringContaining("is not enable")]);
  await served.ok("AlterCollection", {
    collection_name: "docs",
    properties: pairs({ "collection.function.allowInsertNonBM25FunctionOutputs": "true" }),
  });
  await served.ok("Insert", given);
  expect([asked.length, await stored("id == 9")]).toEqual([1, [5, 6]]);
});

it("the schema tells of the function", async () => {
  const { schema: described } = await served.ok<"DescribeCollectionResponse">("DescribeCollection", {
    collection_name: "docs",
  });
  expect(described?.functions).toMatchObject([
    { name: "f", type: 2, params: [{ key: "provider" }, { key: "model_name" }] },
  ]);
  expect(described?.fields.find(({ name }) => name === "vector")).toMatchObject({ is_function_output: true });
});
