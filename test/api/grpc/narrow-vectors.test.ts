import { beforeEach, describe, expect, it } from "vitest";
import { encode, type Sent } from "../../../src/api/grpc/messages/table.js";
import { idField, pairs, type Served, serve } from "./served.js";

let served: Served;

const dim = pairs({ dim: "2" });
const schema = encode("CollectionSchema", {
  name: "c",
  fields: [
    idField,
    { name: "half", data_type: 102, type_params: dim, nullable: true },
    { name: "brain", data_type: 103, type_params: dim, nullable: true },
    { name: "byte", data_type: 105, type_params: dim, nullable: true },
    { name: "bits", data_type: 100, type_params: pairs({ dim: "16" }), nullable: true },
  ],
});
const fields = ["half", "brain", "byte", "bits"] as const;
const columns = {
  half: { type: 102, slot: "float16_vector", dim: 2, rows: [0x00, 0x3c, 0x00, 0x40, 0x00, 0x42, 0x00, 0x44] },
  brain: { type: 103, slot: "bfloat16_vector", dim: 2, rows: [0x80, 0x3f, 0x00, 0x40, 0x40, 0x40, 0x80, 0x40] },
  byte: { type: 105, slot: "int8_vector", dim: 2, rows: [1, 2, 3, 4] },
  bits: { type: 100, slot: "binary_vector", dim: 16, rows: [0x0f, 0xf0, 0xff, 0x00] },
} as const;

const floats = (...numbers: number[]) => new Uint8Array(new Float32Array(numbers).buffer);
const searched = (anns_field: string, type: number, value: Uint8Array): Sent<"SearchRequest"> => ({
  collection_name: "c",
  placeholder_group: encode("PlaceholderGroup", { placeholders: [{ tag: "$0", type, values: [value] }] }),
  search_params: pairs({ anns_field, topk: "5", params: "{}" }),
  output_fields: ["*"],
  nq: 1,
});

/** Rows 1 and 3 have vectors, row 2 has none. */
beforeEach(async () => {
  served = await serve();
  const { ok } = served;
  await ok("CreateCollection", { collection_name: "c", schema });
  for (const field_name of fields) {
    const metric = field_name === "bits" ? "HAMMING" : "L2";
    const extra_params = pairs({ index_type: "AUTOINDEX", metric_type: metric });
    await ok("CreateIndex", { collection_name: "c", field_name, extra_params });
  }
  await ok("LoadCollection", { collection_name: "c" });
  await ok("Insert", {
    collection_name: "c",
    num_rows: 3,
    fields_data: [
      { type: 5, field_name: "id", scalars: { long_data: { data: [1, 2, 3] } } },
      ...fields.map((field_name) => ({
        type: columns[field_name].type,
        field_name,
        vectors: {
          dim: columns[field_name].dim,
          [columns[field_name].slot]: Uint8Array.from(columns[field_name].rows),
        },
        valid_data: [true, false, true],
      })),
    ],
  });
});

describe("narrow vectors over gRPC", () => {
  it.each(fields)("%s are found by bytes of their type and come back as they were sent", async (name) => {
    const { type, slot, rows } = columns[name];
    const first = Uint8Array.from(rows.slice(0, rows.length / 2));
    const { results } = await served.ok<"SearchResults">("Search", searched(name, type, first));
    expect(results?.ids?.int_id?.data).toEqual([1, 3]);
    expect(results?.scores[0]).toBe(0);
    const column = results?.fields_data.find(({ field_name }) => field_name === name);
    expect(Array.from(column?.vectors?.[slot] ?? [])).toEqual(rows);
    const query = { collection_name: "c", expr: "id > 0", output_fields: [name] };
    const all = (await served.ok<"QueryResults">("Query", query)).fields_data.find((f) => f.field_name === name);
    expect(all?.valid_data).toEqual([true, false, true]);
    expect(Array.from(all?.vectors?.[slot] ?? [])).toEqual(rows);
  });

  it.each(["half", "brain"] as const)("%s take plain floats in queries", async (name) => {
    const { results } = await served.ok<"SearchResults">("Search", searched(name, 101, floats(3, 4)));
    expect(results?.ids?.int_id?.data).toEqual([3, 1]);
    expect(Array.from(results?.scores ?? [])).toEqual([0, 8]);
  });

  it.each([
    [70000, "value at dimension 1 (70000) exceeds float16 range [-65504, 65504]"],
    [1e-6, "value at dimension 1 (1e-06) underflows float16 precision (min abs value: 6.103515625e-05)"],
  ])("a float that float16 has no room for is refused: %s", async (value, text) => {
    const reply = await served.fails("Search", searched("half", 101, floats(1, value)));
    expect(reply).toEqual([65535, 1, expect.stringContaining(text)]);
  });

  it("vectors of another type are refused", async () => {
    expect(await served.fails("Search", searched("byte", 101, floats(1, 2)))).toEqual([
      65535,
      1,
      expect.stringContaining("vector type must be the same: field type Int8Vector, search type FloatVector"),
    ]);
  });

  it("a column with a byte too many stores nothing", async () => {
    const bad = {
      collection_name: "c",
      num_rows: 1,
      fields_data: [
        { type: 5, field_name: "id", scalars: { long_data: { data: [9] } } },
        {
          type: 100,
          field_name: "bits",
          vectors: { dim: 16, binary_vector: Uint8Array.of(1, 2, 3) },
          valid_data: [true],
        },
      ],
    };
    await served.fails("Insert", bad);
    const query = { collection_name: "c", expr: "id == 9", output_fields: ["id"] };
    const { fields_data } = await served.ok<"QueryResults">("Query", query);
    expect(fields_data.flatMap((f) => f.scalars?.long_data?.data ?? [])).toEqual([]);
  });
});
