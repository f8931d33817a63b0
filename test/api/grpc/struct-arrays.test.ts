import { beforeEach, describe, expect, it } from "vitest";
import { encode, type Received, type Sent } from "../../../src/api/grpc/messages/table.js";
import { createRequest, idField, pairs, type Served, serve, vectorField } from "./served.js";

/** Struct arrays as the official clients send and read them. */

let served: Served;

const capacity = { max_capacity: "4" };
/** As the Python client does: the capacity with each field, and nothing with the struct. */
const struct = (nullable: boolean) => ({
  name: "s",
  nullable,
  fields: [
    { name: "t", data_type: 22, element_type: 21, type_params: pairs({ max_length: "9", ...capacity }), nullable },
    { name: "e", data_type: 106, element_type: 101, type_params: pairs({ dim: "2", ...capacity }), nullable },
    { name: "b", data_type: 106, element_type: 100, type_params: pairs({ dim: "8", ...capacity }), nullable },
  ],
});

async function make(nullable: boolean): Promise<void> {
  await served.ok(
    "CreateCollection",
    createRequest("c", [idField, vectorField], { struct_array_fields: [struct(nullable)] }),
  );
  const index = (field_name: string, index_name: string, metric_type: string) =>
    served.ok("CreateIndex", {
      collection_name: "c",
      field_name,
      index_name,
      extra_params: pairs({ index_type: "AUTOINDEX", metric_type }),
    });
  await index("vec", "v", "L2");
  await index("s[e]", "e", "IP");
  await index("s[b]", "b", "MAX_SIM_HAMMING");
  await served.ok("LoadCollection", { collection_name: "c" });
}

const texts = (...data: readonly string[]) => ({ string_data: { data } });
const floats = (...data: readonly number[]) => ({ dim: 2, float_vector: { data: Float32Array.from(data) } });
const bytes = (...data: readonly number[]) => ({ dim: 8, binary_vector: Uint8Array.from(data) });

type Part = Sent<"FieldData">;
const parts = (
  t: readonly object[],
  e: readonly object[],
  b: readonly object[],
  valid_data: readonly boolean[] = [],
): Part[] => [
  { type: 22, field_name: "t", valid_data, scalars: { array_data: { data: t, element_type: 21 } } },
  { type: 106, field_name: "e", valid_data, vectors: { dim: 2, vector_array: { dim: 2, data: e, element_type: 101 } } },
  { type: 106, field_name: "b", valid_data, vectors: { dim: 8, vector_array: { dim: 8, data: b, element_type: 100 } } },
];

const rows = (ids: readonly number[], fields: readonly Part[], type = 200): Sent<"InsertRequest"> => ({
  collection_name: "c",
  num_rows: ids.length,
  fields_data: [
    { type: 5, field_name: "id", scalars: { long_data: { data: ids } } },
    {
      type: 101,
      field_name: "vec",
      vectors: { dim: 4, float_vector: { data: Float32Array.from(ids.flatMap((id) => [id, 0, 0, 0])) } },
    },
    { type, field_name: "s", struct_arrays: { fields } },
  ],
});

const two = () => parts([texts("a", "b"), texts("c")], [floats(1, 0, 0, 1), floats(0.5, 0.5)], [bytes(1, 3), bytes(7)]);

const query = async (output_fields: readonly string[]): Promise<Received<"FieldData">> => {
  const { fields_data } = await served.ok<"QueryResults">("Query", {
    collection_name: "c",
    expr: "id >= 0",
    output_fields,
    query_params: pairs({ limit: "10" }),
  });
  return fields_data.find((field) => field.field_name === "s") as Received<"FieldData">;
};

const search = (anns_field: string, type: number, value: Uint8Array, more: Record<string, string> = {}) => ({
  collection_name: "c",
  placeholder_group: encode("PlaceholderGroup", { placeholders: [{ tag: "$0", type, values: [value] }] }),
  search_params: pairs({ anns_field, topk: "5", params: "{}", ...more }),
  nq: 1,
});
const vector = (...numbers: number[]) => new Uint8Array(new Float32Array(numbers).buffer);

beforeEach(async () => {
  served = await serve({ serverVersion: "3.0" });
});

describe("a struct array", () => {
  it("is described with the names of its own fields, which all say whether it may be null", async () => {
    await make(true);
    const { schema } = await served.ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "c" });
    expect(schema?.fields.map(({ name }) => name)).toEqual(["id", "vec"]);
    expect(schema?.struct_array_fields).toMatchObject([
      {
        fieldID: 102,
        name: "s",
        nullable: true,
        fields: [
          { fieldID: 103, name: "t", data_type: 22, element_type: 21, nullable: true },
          { fieldID: 104, name: "e", data_type: 106, element_type: 101, nullable: true },
          { fieldID: 105, name: "b", data_type: 106, element_type: 100, nullable: true },
        ],
      },
    ]);
  });

  it.each([200, 22])("comes and goes by columns, whether its own type is %i", async (type) => {
    await make(false);
    await served.ok("Insert", rows([1, 2], two(), type));
    const column = await query(["s"]);
    expect([column.type, column.valid_data]).toEqual([200, []]);
    const [t, e, b] = column.struct_arrays?.fields ?? [];
    expect([t?.field_name, t?.type, e?.field_name, e?.type]).toEqual(["t", 22, "e", 106]);
    expect(t?.scalars?.array_data?.data.map((row) => row.string_data?.data)).toEqual([["a", "b"], ["c"]]);
    expect(e?.vectors?.vector_array).toMatchObject({ dim: 2, element_type: 101 });
    expect(e?.vectors?.vector_array?.data.map((row) => [...(row.float_vector?.data ?? [])])).toEqual([
      [1, 0, 0, 1],
      [0.5, 0.5],
    ]);
    expect(b?.vectors?.vector_array?.data.map((row) => [...(row.binary_vector ?? [])])).toEqual([[1, 3], [7]]);
    const [only, ...others] = (await query(["s[t]"])).struct_arrays?.fields ?? [];
    expect([only?.field_name, others]).toEqual(["t", []]);
  });

  it("is null as a whole: compact on the way in, of full length on the way out", async () => {
    await make(true);
    await served.ok("Insert", rows([1, 2], parts([texts("a")], [floats(1, 0)], [bytes(1)], [false, true])));
    await served.ok("Insert", rows([3], parts([], [], [], [false])));
    const column = await query(["s"]);
    expect(column.valid_data).toEqual([false, true, false]);
    for (const part of column.struct_arrays?.fields ?? []) {
      expect(part.valid_data).toEqual([false, true, false]);
      expect(part.scalars?.array_data?.data.length ?? part.vectors?.vector_array?.data.length).toBe(3);
    }
    expect(await served.db.entities.query({ collectionName: "c", filter: "id >= 0", outputFields: ["s"] })).toEqual([
      { id: 1, s: null },
      { id: 2, s: [{ t: "a", e: [1, 0], b: Uint8Array.of(1) }] },
      { id: 3, s: null },
    ]);
  });

  it.each([
    ["lists of different length", parts([texts("a")], [floats(1, 0, 0, 1)], [bytes(1)]), /differ in length in row 0/],
    ["no field at all", [], /fieldSchema\(s\) has no corresponding fieldData/],
    [
      "a field too few",
      two()
        .slice(1)
        .map((part) => part),
      /fieldSchema\(s\) has no corresponding fieldData/,
    ],
    [
      "fewer rows than it says",
      parts([texts("a")], [floats(1, 0)], [bytes(1)], [true, true]),
      /length of field\(t\) is wrong/,
    ],
    [
      "another dimension",
      [
        { ...two()[0] },
        { type: 106, field_name: "e", vectors: { vector_array: { dim: 3, data: [{}], element_type: 101 } } },
        two()[2],
      ],
      /dim \(3\) of field data\(s\[e\]\)/,
    ],
    [
      "another type",
      [two()[0], { ...two()[2], field_name: "e" }, two()[2]],
      /the element type of field\(s\[e\]\) is FloatVector, but the column has BinaryVector/,
    ],
    ["a field that is none", [...two(), { ...two()[0], field_name: "x" }], /has pass more field/],
    ["null where it must not be", parts([texts("a")], [floats(1, 0)], [bytes(1)], [true, false]), /./],
  ])("is refused with %s", async (_, fields, text) => {
    await make(false);
    const ids = text.source.includes("in row 0") ? [1] : [1, 2];
    const [code, , reason] = await served.fails("Insert", rows(ids, fields as Part[]));
    expect(reason).toMatch(text);
    expect([1100, 1804, 65535]).toContain(code);
  });

  it("is refused where it says that it is one, and has no fields", async () => {
    await make(false);
    const [, , reason] = await served.fails("Insert", {
      collection_name: "c",
      num_rows: 1,
      fields_data: [
        { type: 5, field_name: "id", scalars: { long_data: { data: [1] } } },
        { type: 101, field_name: "vec", vectors: { dim: 4, float_vector: { data: new Float32Array(4) } } },
        { type: 200, field_name: "s" },
      ],
    });
    expect(reason).toContain("fieldSchema(s) has no corresponding fieldData");
  });

  it("is added to a collection and dropped again", async () => {
    await make(false);
    await served.ok("Insert", rows([1, 2], two()));
    const added = { ...struct(true), name: "more" };
    await served.ok("AddCollectionStructField", { collection_name: "c", struct_array_field_schema: added });
    expect(await served.db.entities.query({ collectionName: "c", filter: "id == 1", outputFields: ["more"] })).toEqual([
      { id: 1, more: null },
    ]);
    await served.ok("AlterCollectionSchema", {
      collection_name: "c",
      action: { drop_request: { field_name: "more" } },
    });
    const { schema } = await served.ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "c" });
    expect(schema?.struct_array_fields.map(({ name }) => name)).toEqual(["s"]);
    expect(await served.codes("AddCollectionStructField", { collection_name: "c" })).toEqual([1100, 5]);
  });
});

describe("a search in a struct array", () => {
  beforeEach(async () => {
    await make(false);
    await served.ok("Insert", rows([1, 2], two()));
  });

  it("names the elements that it finds", async () => {
    const { results } = await served.ok<"SearchResults">("Search", search("s[e]", 101, vector(1, 0)));
    expect(results?.ids?.int_id?.data).toEqual([1, 2, 1]);
    expect([...(results?.scores ?? [])]).toEqual([1, 0.5, 0]);
    expect(results?.element_indices?.data).toEqual([0, 0, 1]);
  });

  it("compares lists with lists", async () => {
    const { results } = await served.ok<"SearchResults">("Search", search("s[b]", 300, Uint8Array.of(7, 7)));
    expect(results?.ids?.int_id?.data).toEqual([2, 1]);
    expect([...(results?.scores ?? [])]).toEqual([0, 2]);
    expect(results?.element_indices).toBeUndefined();
  });

  it("goes on page by page through elements of one score", async () => {
    const page = { iterator: "True", search_iter_v2: "True", search_iter_batch_size: "1" };
    const found: unknown[] = [];
    let more: Record<string, string> = {};
    for (;;) {
      const { results } = await served.ok<"SearchResults">(
        "Search",
        search("s[e]", 101, vector(1, 1), { ...page, ...more }),
      );
      const [id] = results?.ids?.int_id?.data ?? [];
      if (id === undefined) break;
      found.push([id, results?.element_indices?.data[0]]);
      const { token, last_bound } = results?.search_iterator_v2_results ?? { token: "", last_bound: 0 };
      more = { search_iter_id: token, search_iter_last_bound: String(last_bound) };
    }
    expect(found).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
  });

  it.each([
    [
      search("s[b]", 300, Uint8Array.of(7), { iterator: "True" }),
      /search iterator is not supported for multi-search-multi/,
    ],
    [
      search("s[e]", 101, vector(1, 0), { iterator: "True" }),
      /legacy search iterator is not supported for element-level/,
    ],
    [search("s[b]", 304, Uint8Array.of(7)), /query vectors of type 304/],
    [search("s[e]", 301, vector(1, 0)), /needs one of MAX_SIM/],
    [search("s[b]", 100, Uint8Array.of(7)), /needs one of vectors/],
    [
      search("s[b]", 301, vector(1, 0)),
      /vector type must be the same: field type BinaryVector, search type FloatVector/,
    ],
    [search("s[b]", 300, new Uint8Array(0)), /./],
  ])("is refused", async (request, text) => {
    const [, , reason] = await served.fails("Search", request);
    expect(reason).toMatch(text);
  });
});
