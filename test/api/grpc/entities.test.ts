import { describe, expect, it } from "vitest";
import { encode, type Sent } from "../../../src/api/grpc/messages/table.js";
import { createRequest, idField, indexed, pairs, type Served, serve, textField, vectorField } from "./served.js";

const ids = (...data: (number | bigint)[]): Sent<"FieldData"> => ({
  type: 5,
  field_name: "id",
  scalars: { long_data: { data } },
});
const vectors = (...rows: number[][]): Sent<"FieldData"> => ({
  type: 101,
  field_name: "vec",
  vectors: { dim: 4, float_vector: { data: Float32Array.from(rows.flat()) } },
});
const titles = (...data: string[]): Sent<"FieldData"> => ({
  type: 21,
  field_name: "title",
  scalars: { string_data: { data } },
});
const unit = (n: number): number[] => [n, 0, 0, 0];

/** Rows 1 to n: `vec` is [n, 0, 0, 0], `title` is `t<n>`. */
async function filled(served: Served, rows: number): Promise<void> {
  await indexed(served, "book");
  const all = Array.from({ length: rows }, (_, i) => i + 1);
  await served.ok("Insert", {
    collection_name: "book",
    num_rows: rows,
    fields_data: [titles(...all.map((n) => `t${n}`)), vectors(...all.map(unit)), ids(...all)],
  });
  await served.ok("LoadCollection", { collection_name: "book" });
}

function placeholders(...rows: number[][]): Uint8Array {
  return encode("PlaceholderGroup", {
    placeholders: [{ tag: "$0", type: 101, values: rows.map((row) => new Uint8Array(Float32Array.from(row).buffer)) }],
  });
}

function searchRequest(params: Record<string, string>, more: Sent<"SearchRequest"> = {}): Sent<"SearchRequest"> {
  return {
    collection_name: "book",
    placeholder_group: placeholders(unit(0)),
    nq: 1,
    dsl_type: 1,
    search_params: pairs({ anns_field: "vec", topk: "3", params: "{}", ...params }),
    ...more,
  } as Sent<"SearchRequest">;
}

const list = (...rows: (number[] | null)[]): Sent<"FieldData"> => ({
  type: 22,
  field_name: "tags",
  valid_data: rows.map((row) => row !== null),
  scalars: {
    array_data: {
      data: rows.flatMap((row) => (row === null ? [] : [{ long_data: { data: row } }])),
      element_type: 5,
    },
  },
});

/** A loaded collection with arrays: 0 has [1, 2, 2], 1 has [9]. */
async function arrays(): Promise<Served> {
  const served = await serve();
  const tags = {
    name: "tags",
    data_type: 22,
    element_type: 5,
    nullable: true,
    type_params: pairs({ max_capacity: "5" }),
  };
  await served.ok("CreateCollection", createRequest("lists", [idField, vectorField, tags]));
  await served.ok("CreateIndex", { collection_name: "lists", field_name: "vec" });
  await served.ok("LoadCollection", { collection_name: "lists" });
  await served.ok("Insert", {
    collection_name: "lists",
    num_rows: 2,
    fields_data: [ids(0, 1), vectors(unit(1), unit(2)), list([1, 2, 2], [9])],
  });
  return served;
}

function byIds(...data: number[]): Sent<"SearchRequest"> {
  return searchRequest({}, { placeholder_group: undefined, ids: { int_id: { data } } });
}

describe("insert, upsert, delete", () => {
  it("answer keys, counts and a timestamp", async () => {
    const served = await serve();
    await indexed(served, "book");
    const { ok } = served;
    const write = {
      collection_name: "book",
      num_rows: 2,
      fields_data: [ids(1, 9007199254740993n), vectors(unit(1), unit(2)), titles("a", "b")],
    };
    const inserted = await ok<"MutationResult">("Insert", write);
    expect(inserted).toMatchObject({
      IDs: { int_id: { data: [1, 9007199254740993n] }, str_id: undefined },
      succ_index: [0, 1],
      err_index: [],
      insert_cnt: 2,
    });
    expect(BigInt(inserted.timestamp) >> 18n).toBeGreaterThan(1_700_000_000_000n);
    expect(await ok("Upsert", write)).toMatchObject({
      IDs: { int_id: { data: [1, 9007199254740993n] } },
      upsert_cnt: 2,
      delete_cnt: 2,
      insert_cnt: 2,
    });
    const deleted = await ok<"MutationResult">("Delete", { collection_name: "book", expr: "id in [1, 7]" });
    expect(deleted).toMatchObject({ delete_cnt: 1, IDs: undefined, err_index: [] });
    expect(Number(deleted.timestamp)).toBeGreaterThan(0);
    const template = {
      expr: "id in {ids}",
      expr_template_values: new Map([["ids", { array_val: { long_data: { data: [9007199254740993n] } } }]]),
    };
    expect(await ok("Delete", { collection_name: "book", ...template })).toMatchObject({ delete_cnt: 1 });
    expect(await ok("GetCollectionStatistics", { collection_name: "book" })).toMatchObject({
      stats: pairs({ row_count: "0" }),
    });
  });

  it("give keys that the engine draws, as texts where they are texts", async () => {
    const { ok, fails } = await serve();
    const key = { ...idField, autoID: true };
    await ok("CreateCollection", createRequest("auto", [key, vectorField]));
    const rows = { collection_name: "auto", num_rows: 2, fields_data: [vectors(unit(1), unit(2))] };
    const { IDs } = await ok<"MutationResult">("Insert", rows);
    expect(new Set(IDs?.int_id?.data).size).toBe(2);
    expect(await fails("Insert", { ...rows, fields_data: [ids(1, 2), vectors(unit(1), unit(2))] })).toEqual([
      1100,
      5,
      "no need to pass pk field(id) when autoid==true in insert: invalid parameter",
    ]);
    const textKey = { ...idField, data_type: 21, type_params: pairs({ max_length: "9" }) };
    await ok("CreateCollection", createRequest("texts", [textKey, vectorField]));
    const textIds = { type: 21, field_name: "id", scalars: { string_data: { data: ["a", "é"] } } };
    expect(
      await ok("Insert", { collection_name: "texts", num_rows: 2, fields_data: [textIds, vectors(unit(1), unit(2))] }),
    ).toMatchObject({
      IDs: { str_id: { data: ["a", "é"] }, int_id: undefined },
    });
  });

  it.each([
    [
      "no rows",
      { num_rows: 0 },
      1100,
      /^num_rows should be greater than 0: invalid parameter\[expected=invalid num_rows\]\[actual=0\]$/,
    ],
    [
      "an unknown column",
      { fields_data: [ids(1), vectors(unit(1)), titles("a"), { ...titles("b"), field_name: "x" }] },
      1100,
      /has pass more field without dynamic schema/,
    ],
    [
      "a missing column",
      { fields_data: [ids(1), vectors(unit(1))] },
      1100,
      /fieldSchema\(title\) has no corresponding fieldData pass in/,
    ],
    [
      "another type",
      { fields_data: [ids(1), vectors(unit(1)), { ...titles(), type: 5, scalars: { long_data: { data: [1] } } }] },
      1100,
      /title/,
    ],
    [
      "values in another slot",
      { fields_data: [ids(1), vectors(unit(1)), { ...titles(), scalars: { long_data: { data: [1] } } }] },
      1100,
      /long_data/,
    ],
    [
      "floats that are no whole vectors",
      { fields_data: [ids(1), vectors([1, 2, 3]), titles("a")] },
      65535,
      /^the length\(3\) of float data should divide the dim\(4\)$/,
    ],
    [
      "no vector where each row needs one",
      { fields_data: [ids(1), vectors(), titles("a")] },
      1100,
      /^float vector field 'vec' is illegal, array type mismatch: invalid parameter\[expected=need float vector\]\[actual=got nil\]$/,
    ],
    [
      "too many values",
      { fields_data: [ids(1, 2), vectors(unit(1)), titles("a")] },
      1100,
      /^the num_rows \(2\) of field \(id\) is not equal to passed num_rows \(1\): invalid parameter\[expected=1\]\[actual=2\]$/,
    ],
    [
      "another dimension",
      {
        fields_data: [
          ids(1),
          { ...vectors([1, 2]), vectors: { dim: 2, float_vector: { data: Float32Array.of(1, 2) } } },
          titles("a"),
        ],
      },
      1100,
      /^the dim \(2\) of field data\(vec\) is not equal to schema dim \(4\): invalid parameter\[expected=4\]\[actual=2\]$/,
    ],
    [
      "a vector that is no number",
      { fields_data: [ids(1), vectors([1, 2, 3, Number.NaN]), titles("a")] },
      1100,
      /not a number or infinity/,
    ],
    [
      "a text that is too long",
      { fields_data: [ids(1), vectors(unit(1)), titles("x".repeat(65))] },
      1100,
      /exceeds max length/,
    ],
    ["a partition that is not there", { partition_name: "x" }, 200, /partition not found/],
    ["a namespace", { namespace: "n" }, 3000, /namespace/],
    [
      "nulls in a field that has none",
      { fields_data: [ids(1), vectors(unit(1)), { ...titles(), valid_data: [false] }] },
      1100,
      /title/,
    ],
    ["a type that is none", { fields_data: [{ ...ids(1), type: 99 }] }, 1100, /data type 99 is invalid/],
    ["another schema", { schema_timestamp: 5 }, 109, /^collection schema mismatch\[collection=book\]$/],
  ])("refuse %s, and write nothing", async (_, change, code, reason) => {
    const served = await serve();
    await indexed(served, "book");
    const good = { collection_name: "book", num_rows: 1, fields_data: [ids(1), vectors(unit(1)), titles("a")] };
    for (const rpc of ["Insert", "Upsert"]) {
      const [got, , text] = await served.fails(rpc, { ...good, ...change });
      expect([got, text]).toEqual([code, expect.stringMatching(reason)]);
    }
    expect(await served.call("Insert", { ...good, ...change })).toMatchObject({
      err_index: "num_rows" in change ? [] : [0],
    });
    expect(await served.ok("GetCollectionStatistics", { collection_name: "book" })).toMatchObject({
      stats: pairs({ row_count: "0" }),
    });
  });

  it("hold a schema to its timestamp: 109 once it has changed", async () => {
    const served = await serve();
    const { ok, fails } = served;
    await indexed(served, "book");
    const stamp = async () =>
      (await ok<"DescribeCollectionResponse">("DescribeCollection", { collection_name: "book" })).update_timestamp;
    const rows = { collection_name: "book", num_rows: 1, fields_data: [ids(1), vectors(unit(1)), titles("a")] };
    const before = await stamp();
    await ok("Insert", { ...rows, schema_timestamp: before });
    const late = encode("FieldSchema", { name: "late", data_type: 5, nullable: true });
    await ok("AddCollectionField", { collection_name: "book", schema: late });
    expect(await fails("Insert", { ...rows, schema_timestamp: before })).toEqual([
      109,
      62,
      "collection schema mismatch[collection=book]",
    ]);
    await ok("Insert", { ...rows, schema_timestamp: await stamp() });
    await ok("Insert", rows);
  });

  it("refuse a delete of everything, and bad filters", async () => {
    const served = await serve();
    await filled(served, 1);
    const { codes, fails } = served;
    for (const expr of ["", "  "]) {
      expect(await fails("Delete", { collection_name: "book", expr })).toEqual([
        1100,
        5,
        expect.stringMatching(/^delete plan can't be empty or always true/),
      ]);
    }
    expect(await codes("Delete", { collection_name: "book", expr: "id ==" })).toEqual([1100, 5]);
    expect(await codes("Delete", { collection_name: "none", expr: "id == 1" })).toEqual([100, 4]);
    const bytes = { expr: "id == {x}", expr_template_values: new Map([["x", { bytes_val: Uint8Array.of(1) }]]) };
    expect(await codes("Delete", { collection_name: "book", ...bytes })).toEqual([1100, 5]);
  });

  it("change parts of rows, dynamic keys one by one", async () => {
    const { ok, codes } = await serve();
    await ok(
      "CreateCollection",
      createRequest("book", [idField, vectorField, textField], { enable_dynamic_field: true }),
    );
    await ok("CreateIndex", { collection_name: "book", field_name: "vec" });
    const meta = (...objects: object[]): Sent<"FieldData"> => ({
      type: 23,
      field_name: "$meta",
      is_dynamic: true,
      scalars: { json_data: { data: objects.map((object) => Buffer.from(JSON.stringify(object))) } },
    });
    const book = { collection_name: "book" };
    await ok("Insert", {
      ...book,
      num_rows: 1,
      fields_data: [ids(1), vectors(unit(1)), titles("a"), meta({ color: "red", size: 3 })],
    });
    await ok("LoadCollection", book);
    await ok("Upsert", {
      ...book,
      num_rows: 1,
      partial_update: true,
      fields_data: [ids(1), meta({ size: 4, nothing: null })],
    });
    const rows = await ok<"QueryResults">("Query", { ...book, expr: "id == 1", output_fields: ["title", "$meta"] });
    expect(Buffer.from(rows.fields_data.at(1)?.scalars?.json_data?.data[0] ?? []).toString()).toBe(
      '{"color":"red","size":4,"nothing":null}',
    );
    expect(rows.fields_data[0]?.scalars?.string_data?.data).toEqual(["a"]);
    expect(
      await codes("Insert", {
        ...book,
        num_rows: 1,
        fields_data: [ids(2), vectors(unit(1)), titles("a"), meta({ title: "x" })],
      }),
    ).toEqual([1100, 5]);
    const append = { field_ops: [{ field_name: "title", op: 1 }] };
    expect(
      await codes("Upsert", { ...book, num_rows: 1, fields_data: [ids(1), vectors(unit(1)), titles("a")], ...append }),
    ).toEqual([1100, 5]);
  });

  it("change arrays where they are", async () => {
    const { ok } = await arrays();
    const change = (op: number, ...rows: (number[] | null)[]) =>
      ok("Upsert", {
        collection_name: "lists",
        num_rows: rows.length,
        fields_data: [ids(...rows.keys()), list(...rows)],
        field_ops: [{ field_name: "tags", op }],
        partial_update: op === 0,
      });
    const stored = async () =>
      (
        await ok<"QueryResults">("Query", { collection_name: "lists", expr: "id >= 0", output_fields: ["tags"] })
      ).fields_data[0]?.scalars?.array_data?.data.map((row) => row.long_data?.data ?? []);
    await change(1, [2, 3], null);
    expect(await stored()).toEqual([[1, 2, 2, 2, 3], [9]]);
    await change(2, [2, 7], [9]);
    expect(await stored()).toEqual([[1, 3], []]);
    await change(0, [5], [6]);
    expect(await stored()).toEqual([[5], [6]]);
  });

  it("refuse changes of arrays that cannot be made, and change nothing", async () => {
    const { fails, ok } = await arrays();
    const refused = (field_ops: object[], fields_data: object[] = [list([1])]) =>
      fails("Upsert", { collection_name: "lists", num_rows: 1, fields_data: [ids(0), ...fields_data], field_ops });
    const append = (field_name: string) => ({ field_name, op: 1 });
    const wrong = (text: string) => [1100, 5, `${text}: invalid parameter`];
    expect(await refused([append("")])).toEqual([
      1101,
      1,
      "FieldPartialUpdateOp.field_name is required: missing parameter",
    ]);
    expect(await refused([append("tags"), append("tags")])).toEqual(
      wrong('duplicate partial-update op for field "tags"'),
    );
    expect(await refused([append("id")])).toEqual(
      wrong('field "id" is the primary key and cannot carry a partial-update op'),
    );
    expect(await refused([append("none")])).toEqual(wrong('field "none" not found in collection schema'));
    expect(await refused([append("vec")])).toEqual(
      wrong('op ARRAY_APPEND requires Array field, but field "vec" is FloatVector'),
    );
    expect(await refused([append("tags")], [])).toEqual(
      wrong('partial-update op targets field "tags" not present in fields_data'),
    );
    expect(await refused([{ field_name: "tags", op: 7 }])).toEqual(wrong("unsupported partial update op: 7"));
    expect(await refused([append("tags")], [list([1, 2, 3, 4, 5, 6])])).toEqual(
      wrong('ARRAY_APPEND payload for field "tags" row 0 has length 6 exceeding max_capacity 5'),
    );
    expect(await refused([append("tags")], [list([1, 2, 3])])).toEqual([
      65535,
      1,
      "the length (6) of array exceeds max capacity (5)",
    ]);
    expect(
      await refused([append("tags")], [{ ...list(), scalars: { array_data: { data: [], element_type: 21 } } }]),
    ).toEqual(wrong('field "tags" expects element type Int64 but request provides VarChar'));
    const kept = await ok<"QueryResults">("Query", {
      collection_name: "lists",
      expr: "id == 0",
      output_fields: ["tags"],
    });
    expect(kept.fields_data[0]?.scalars?.array_data?.data[0]?.long_data?.data).toEqual([1, 2, 2]);
  });
});

describe("query", () => {
  it("has a time zone, for what is asked and for what is shown", async () => {
    const { ok } = await serve();
    const at = { name: "at", data_type: 26, nullable: true };
    await ok("CreateCollection", {
      ...createRequest("log", [idField, vectorField, at]),
      properties: pairs({ timezone: "Asia/Shanghai" }),
    });
    await ok("CreateIndex", { collection_name: "log", field_name: "vec" });
    await ok("LoadCollection", { collection_name: "log" });
    const texts = ["2025-01-01T00:00:00Z", "2025-01-01T00:00:00", "2025-01-01T00:00:00-05:00"];
    await ok("Insert", {
      collection_name: "log",
      num_rows: 3,
      fields_data: [
        ids(1, 2, 3),
        vectors(unit(1), unit(2), unit(3)),
        { type: 26, field_name: "at", scalars: { string_data: { data: texts } } },
      ],
    });
    const expr = "at == ISO '2025-01-01T00:00:00'";
    const found = async (params: Record<string, string>) => {
      const request = { collection_name: "log", expr, output_fields: ["at"], query_params: pairs(params) };
      const [times, keys] = (await ok<"QueryResults">("Query", request)).fields_data;
      return [keys?.scalars?.long_data?.data, times?.scalars?.string_data?.data ?? times?.scalars?.array_data?.data];
    };
    expect(await found({})).toEqual([[2], ["2025-01-01T00:00:00+08:00"]]);
    expect(await found({ timezone: "UTC" })).toEqual([[1], ["2025-01-01T00:00:00Z"]]);
    expect(await found({ timezone: "America/New_York", time_fields: "hour, day" })).toMatchObject([
      [3],
      [{ long_data: { data: [0, 1] } }],
    ]);
    const search = (params: Record<string, string>) =>
      ok<"SearchResults">("Search", {
        ...searchRequest({ topk: "9", ...params }, { dsl: expr, output_fields: ["at"] }),
        collection_name: "log",
      });
    const { results } = await search({ timezone: "UTC" });
    expect(results?.ids?.int_id?.data).toEqual([1]);
    expect(results?.fields_data[0]?.scalars?.string_data?.data).toEqual(["2025-01-01T00:00:00Z"]);
    const parted = await search({ time_fields: "year" });
    expect(parted.results?.fields_data[0]?.scalars?.array_data?.data[0]?.long_data?.data).toEqual([2025]);
    // pymilvus says the zone of a hybrid search in its parts.
    const part = searchRequest({ topk: "9", timezone: "UTC", time_fields: "year" }, { dsl: expr });
    const hybrid = await ok<"SearchResults">("HybridSearch", {
      collection_name: "log",
      requests: [part],
      rank_params: pairs({ limit: "9" }),
      output_fields: ["at"],
    });
    expect(hybrid.results?.ids?.int_id?.data).toEqual([1]);
    expect(hybrid.results?.fields_data[0]?.scalars?.array_data?.data[0]?.long_data?.data).toEqual([2025]);
  });

  it("gives columns in order, the key last where nobody asked for it", async () => {
    const served = await serve();
    await filled(served, 3);
    const names = async (...output_fields: string[]) => {
      const rows = await served.ok<"QueryResults">("Query", { collection_name: "book", expr: "id > 0", output_fields });
      expect(rows.primary_field_name).toBe("id");
      return [rows.fields_data.map((column) => column.field_name), rows.output_fields];
    };
    expect(await names("*")).toEqual([
      ["id", "vec", "title"],
      ["id", "vec", "title"],
    ]);
    expect(await names()).toEqual([["id"], []]);
    expect(await names("title")).toEqual([["title", "id"], ["title"]]);
    expect(await names("id", "title")).toEqual([
      ["id", "title"],
      ["id", "title"],
    ]);
  });

  it("knows no limit unless one is given", async () => {
    const served = await serve();
    await filled(served, 17_000);
    const { ok, fails } = served;
    const rows = async (expr: string, params: Record<string, string> = {}) => {
      const result = await ok<"QueryResults">("Query", { collection_name: "book", expr, query_params: pairs(params) });
      return result.fields_data[0]?.scalars?.long_data?.data ?? [];
    };
    expect(await rows("id > 0")).toHaveLength(17_000);
    expect(await rows("id > 5", { limit: "2", offset: "1" })).toEqual([7, 8]);
    expect(await rows("id > 16990", { offset: "5" })).toHaveLength(10);
    const refused = (expr: string, params: Record<string, string>, output_fields: string[] = []) =>
      fails("Query", { collection_name: "book", expr, query_params: pairs(params), output_fields });
    expect(await refused("", {})).toEqual([1100, 5, "empty expression should be used with limit: invalid parameter"]);
    expect(await refused("id > 0", { limit: "0" })).toEqual([
      65535,
      1,
      "invalid max query result window, limit [0] is invalid, should be greater than 0",
    ]);
    expect(await refused("id > 0", { limit: "2", offset: "-1" })).toEqual([
      65535,
      1,
      "invalid max query result window, offset [-1] is invalid, should be gte than 0",
    ]);
    expect(await refused("id > 0", { limit: "16384", offset: "1" })).toEqual([
      65535,
      1,
      expect.stringMatching(/^invalid max query result window/),
    ]);
    expect(await refused("id > 0", { limit: "many" })).toEqual([65535, 1, "limit [many] is invalid"]);
    expect(await refused("", { limit: "5" }, ["count(*)"])).toEqual([
      1100,
      5,
      "count entities with pagination is not allowed: invalid parameter",
    ]);
    expect(await refused("id > 0", {}, ["none"])).toEqual([65535, 1, "field none not exist"]);
    expect(await refused("id > 0", { timezone: "Mars" })).toEqual([1100, 5, expect.stringMatching(/Mars/)]);
    expect(await refused("id > 0", { order_by_fields: "id" })).toEqual([
      1100,
      5,
      "ORDER BY requires explicit limit: invalid parameter",
    ]);
    expect(await refused("id > 0", { order_by_fields: "id", limit: "5", iterator: "True" })).toEqual([
      1100,
      5,
      "ORDER BY with iterator is not supported: invalid parameter",
    ]);
    expect(await rows("id > 0", { order_by_fields: "title:asc,id:desc", limit: "2" })).toHaveLength(2);
    expect(await rows("id > 0", { order_by_fields: "id:desc", limit: "2" })).toEqual([17_000, 16_999]);
    const count = await ok<"QueryResults">("Query", { collection_name: "book", expr: "", output_fields: ["count(*)"] });
    expect(count.fields_data).toMatchObject([
      { type: 5, field_name: "count(*)", scalars: { long_data: { data: [17_000] } } },
    ]);
    const grouped = await ok<"QueryResults">("Query", {
      collection_name: "book",
      expr: "id <= 10",
      output_fields: ["sum(id)", "avg(id)", "max(title)"],
      query_params: pairs({}),
    });
    expect(grouped.fields_data.map((column) => [column.type, column.field_name, column.scalars])).toEqual([
      [5, "sum(id)", expect.objectContaining({ long_data: { data: [55] } })],
      [11, "avg(id)", expect.objectContaining({ double_data: { data: Float64Array.of(5.5) } })],
      [21, "max(title)", expect.objectContaining({ string_data: expect.anything() })],
    ]);
    const first = await ok<"QueryResults">("Query", {
      collection_name: "book",
      expr: "id > 0",
      query_params: pairs({ iterator: "True", reduce_stop_for_best: "True", limit: "5" }),
    });
    expect(Number(first.session_ts)).toBeGreaterThan(0);
  });

  it("gives all columns, typed and empty, where there is no row", async () => {
    const served = await serve();
    await filled(served, 1);
    const { fields_data } = await served.ok<"QueryResults">("Query", {
      collection_name: "book",
      expr: "id > 9",
      output_fields: ["*"],
    });
    expect(fields_data).toMatchObject([
      { field_name: "id", type: 5, field_id: 100, scalars: { long_data: { data: [] } }, valid_data: [] },
      { field_name: "vec", type: 101, field_id: 101, vectors: { dim: 4, float_vector: { data: new Float32Array(0) } } },
      { field_name: "title", type: 21, field_id: 102, scalars: { string_data: { data: [] } } },
    ]);
  });

  it("takes variables of every kind", async () => {
    const served = await serve();
    await filled(served, 9);
    const found = async (expr: string, values: Record<string, Sent<"TemplateValue">>) => {
      const expr_template_values = new Map(Object.entries(values));
      const rows = await served.ok<"QueryResults">("Query", { collection_name: "book", expr, expr_template_values });
      return rows.fields_data[0]?.scalars?.long_data?.data;
    };
    expect(await found("id == {x}", { x: { int64_val: 3 } })).toEqual([3]);
    expect(await found("title == {x}", { x: { string_val: "t4" } })).toEqual([4]);
    expect(await found("title in {x}", { x: { array_val: { string_data: { data: ["t1", "t9"] } } } })).toEqual([1, 9]);
    expect(
      await found("id in {x}", { x: { array_val: { json_data: { data: [Buffer.from("2"), Buffer.from("5")] } } } }),
    ).toEqual([2, 5]);
    expect(await found("id in {x}", { x: { array_val: {} } })).toEqual([]);
    await expect(found("id > {x}", { x: { float_val: 8 } })).rejects.toThrow("cannot cast value to Int64");
  });
});

describe("search", () => {
  it("gives hits per query, flat, with their columns, the key last", async () => {
    const served = await serve();
    await filled(served, 5);
    const { results, collection_name } = await served.ok<"SearchResults">(
      "Search",
      searchRequest({}, { placeholder_group: placeholders(unit(0), unit(5)), nq: 2, output_fields: ["id", "title"] }),
    );
    expect(collection_name).toBe("book");
    expect(results).toMatchObject({
      num_queries: 2,
      top_k: 3,
      topks: [3, 3],
      ids: { int_id: { data: [1, 2, 3, 5, 4, 3] } },
      scores: Float32Array.of(1, 4, 9, 0, 1, 4),
      output_fields: ["title", "id"],
      primary_field_name: "id",
      fields_data: [
        { field_name: "title", scalars: { string_data: { data: ["t1", "t2", "t3", "t5", "t4", "t3"] } } },
        { field_name: "id", scalars: { long_data: { data: [1, 2, 3, 5, 4, 3] } } },
      ],
    });
  });

  it("gives the keys alone as a column too, to the last digit", async () => {
    const served = await serve();
    await filled(served, 2);
    const large = 9007199254740993n;
    await served.ok("Insert", {
      collection_name: "book",
      num_rows: 1,
      fields_data: [ids(large), vectors(unit(0)), titles("large")],
    });
    const { results } = await served.ok<"SearchResults">("Search", searchRequest({}, { output_fields: ["id"] }));
    expect(results?.ids?.int_id?.data).toEqual([large, 1, 2]);
    expect(results?.output_fields).toEqual(["id"]);
    expect(results?.fields_data).toMatchObject([
      { type: 5, field_name: "id", field_id: 100, is_dynamic: false, scalars: { long_data: { data: [large, 1, 2] } } },
    ]);
    const none = await served.ok<"SearchResults">(
      "Search",
      searchRequest({}, { output_fields: ["id"], dsl: "id < 0" }),
    );
    expect(none.results?.fields_data).toMatchObject([{ type: 5, scalars: { long_data: { data: [] } } }]);
  });

  it("gives typed empty columns where there is no hit", async () => {
    const served = await serve();
    await filled(served, 2);
    const { results } = await served.ok<"SearchResults">(
      "Search",
      searchRequest({}, { dsl: "id > 9", output_fields: ["*"] }),
    );
    expect(results).toMatchObject({
      num_queries: 1,
      top_k: 0,
      topks: [0],
      ids: undefined,
      output_fields: ["vec", "title", "id"],
      fields_data: [
        { field_name: "vec", vectors: { dim: 4, float_vector: { data: new Float32Array(0) } } },
        { field_name: "title", scalars: { string_data: { data: [] } } },
        { field_name: "id", scalars: { long_data: { data: [] } } },
      ],
    });
  });

  it("reads parameters from JSON and beside it", async () => {
    const served = await serve();
    await filled(served, 9);
    const found = async (params: Record<string, string>, more: Sent<"SearchRequest"> = {}) =>
      (await served.ok<"SearchResults">("Search", searchRequest(params, more))).results?.ids?.int_id?.data ?? [];
    expect(await found({ anns_field: "", topk: "2" })).toEqual([1, 2]);
    expect(await found({ topk: "", limit: "2", offset: "1" })).toEqual([2, 3]);
    expect(await found({ params: '{"radius": 30, "range_filter": "9"}' })).toEqual([3, 4, 5]);
    expect(await found({ params: "", radius: "30", range_filter: "9.0" })).toEqual([3, 4, 5]);
    expect(await found({ params: '{"ef":64}', ef: "7" })).toEqual([1, 2, 3]);
    expect(await found({ metric_type: "L2", round_decimal: "-1" }, { nq: 0 })).toEqual([1, 2, 3]);
    expect(await found({ group_by_field: "title", group_size: "1", strict_group_size: "False" })).toEqual([1, 2, 3]);
    expect(await found({}, { partition_names: ["_default"], dsl: "id in [7, 8]" })).toEqual([7, 8]);
    expect(await found({ order_by_fields: "title:desc" })).toEqual([3, 2, 1]);
    const grouped = await served.ok<"SearchResults">("Search", searchRequest({ group_by_field: "title" }));
    expect(grouped.results?.group_by_field_value).toMatchObject({
      scalars: { string_data: { data: ["t1", "t2", "t3"] } },
    });
    const columns = [
      { field_name: "title", scalars: { string_data: { data: ["t1", "t2", "t3"] } } },
      { field_name: "id", scalars: { long_data: { data: [1, 2, 3] } } },
    ];
    for (const [params, expected] of [
      [{ group_by_fields: "title, id" }, columns],
      [{ group_by_fields: "title" }, columns.slice(0, 1)],
      [{ group_by_fields: "title,id", group_by_field: "id" }, columns.slice(1)],
    ] as const) {
      const { results } = await served.ok<"SearchResults">("Search", searchRequest(params));
      expect(results?.group_by_field_value).toBeUndefined();
      expect(results?.group_by_field_values).toMatchObject(expected);
    }
  });

  it("takes keys of rows in place of vectors", async () => {
    const served = await serve();
    await filled(served, 3);
    const { results } = await served.ok<"SearchResults">("Search", { ...byIds(3, 1), nq: 2 });
    expect(results).toMatchObject({ num_queries: 2, topks: [3, 3], ids: { int_id: { data: [3, 2, 1, 1, 2, 3] } } });
  });

  it("goes on page by page through more rows of one score than a search can give", async () => {
    const served = await serve();
    await filled(served, 1);
    const data = Array.from({ length: 20_000 }, (_, i) => ({ id: 10 + i, vec: unit(5), title: "t" }));
    await served.db.entities.insert({ collectionName: "book", data });
    const seen = new Set<unknown>();
    const sizes: number[] = [];
    let more: Record<string, string> = {};
    for (let size = 1; size > 0; ) {
      const params = { iterator: "True", search_iter_v2: "True", search_iter_batch_size: "9000", ...more };
      const { results } = await served.ok<"SearchResults">("Search", searchRequest(params, { dsl: "id > 9" }));
      for (const id of results?.ids?.int_id?.data ?? []) seen.add(id);
      size = Number(results?.topks?.[0] ?? 0);
      sizes.push(size);
      const next = results?.search_iterator_v2_results;
      more = { search_iter_id: next?.token ?? "", search_iter_last_bound: String(next?.last_bound) };
    }
    expect([sizes, seen.size]).toEqual([[9000, 9000, 2000, 0], 20_000]);
  });

  it.each([
    ["no topk", searchRequest({ topk: "" }), 65535, /^topk is required$/],
    ["a topk that is none", searchRequest({ topk: "x" }), 65535, /^topk \[x\] is invalid$/],
    ["too many", searchRequest({ topk: "16385" }), 65535, /topk \[16385\] is invalid/],
    ["a window that is too wide", searchRequest({ topk: "16384", offset: "1" }), 65535, /offset\+topk/],
    ["no vectors", searchRequest({}, { placeholder_group: undefined }), 1100, /query vectors/],
    ["an empty group", searchRequest({}, { placeholder_group: new Uint8Array(0) }), 1100, /query vectors/],
    ["a group that is none", searchRequest({}, { placeholder_group: Uint8Array.of(10, 99) }), 1100, /query vectors/],
    ["another number of vectors", searchRequest({}, { nq: 2 }), 1100, /nq is 2/],
    [
      "a vector of another size",
      searchRequest({}, { placeholder_group: placeholders([1, 2]) }),
      2000,
      /^vector dimension mismatch, expected vector size\(byte\) 16, actual 8\.: segcore error$/,
    ],
    [
      "a vector that is no number",
      searchRequest({}, { placeholder_group: placeholders([1, 2, 3, Number.NaN]) }),
      1100,
      /not a number or infinity/,
    ],
    ["another field", searchRequest({ anns_field: "title" }), 1100, /title/],
    ["another metric", searchRequest({ metric_type: "IP" }), 1100, /^metric type not match/],
    [
      "decimals out of range",
      searchRequest({ round_decimal: "9" }),
      65535,
      /^round_decimal \[9\] is invalid, should be -1 or an integer in range \[0, 6\]$/,
    ],
    ["params that are no JSON", searchRequest({ params: "{" }), 1100, /params/],
    ["a filter that is none", searchRequest({}, { dsl: "id ==" }), 1100, /cannot parse expression/],
    ["an unknown partition", searchRequest({}, { partition_names: ["x"] }), 65535, /^partition name x not found$/],
    ["an unknown output field", searchRequest({}, { output_fields: ["x"] }), 65535, /^field x not exist$/],
    ["ids of no row", byIds(7), 1100, /missing IDs = \[7\]/],
    ["an id twice", byIds(1, 1), 1100, /duplicate IDs/],
    [
      "a reranking function",
      searchRequest({}, { function_score: { functions: [{ name: "f", type: 3 }] } }),
      1100,
      /unsupported rerank function/,
    ],
    [
      "a function chain",
      searchRequest({}, { function_chains: [{ name: "c" }] }),
      1100,
      /stage FunctionChainStageUnspecified is not supported/,
    ],
    ["a highlighter that understands", searchRequest({}, { highlighter: { type: 1 } }), 1100, /semantic highlighter/],
    ["an order by a vector", searchRequest({ order_by_fields: "vec" }), 1100, /unsortable type FloatVector/],
    [
      "an order beside an iterator",
      searchRequest({ order_by_fields: "title", iterator: "True" }),
      1100,
      /^order_by is not supported when using search iterator/,
    ],
    [
      "another collection of that name",
      searchRequest({ collection_id: "77" }),
      1100,
      /^collection id:77 in the request is not consistent/,
    ],
    [
      "a missing collection",
      { ...searchRequest({}), collection_name: "none" },
      100,
      /^collection not found\[database=default\]\[collection=none\]$/,
    ],
    [
      "lists of vectors",
      searchRequest(
        {},
        {
          placeholder_group: encode("PlaceholderGroup", {
            placeholders: [{ tag: "$0", type: 301, values: [new Uint8Array(16)] }],
          }),
        },
      ),
      1100,
      /field vec holds no lists of vectors/,
    ],
    [
      "a text for a vector",
      searchRequest(
        {},
        {
          placeholder_group: encode("PlaceholderGroup", {
            placeholders: [{ tag: "$0", type: 21, values: [Buffer.from("x")] }],
          }),
        },
      ),
      65535,
      /VarChar/,
    ],
  ])("refuses %s", async (_, request, code, reason) => {
    const served = await serve();
    await filled(served, 2);
    const [got, , text] = await served.fails("Search", request);
    expect([got, text]).toEqual([code, expect.stringMatching(reason)]);
  });

  it("is refused on what is released: 101, or 201 for a named partition", async () => {
    const served = await serve();
    await filled(served, 2);
    const { ok, codes } = served;
    await ok("CreatePartition", { collection_name: "book", partition_name: "novel" });
    await ok("ReleasePartitions", { collection_name: "book", partition_names: ["novel"] });
    expect(await codes("Search", searchRequest({}, { partition_names: ["novel"] }))).toEqual([201, 1]);
    await ok("Search", searchRequest({}));
    await ok("ReleaseCollection", { collection_name: "book" });
    expect(await codes("Search", searchRequest({}))).toEqual([101, 1]);
    expect(await codes("Query", { collection_name: "book", expr: "id > 0" })).toEqual([101, 1]);
  });

  it("goes page by page: each hit once, equal scores too, and the same page again when asked", async () => {
    const served = await serve();
    const { ok } = served;
    await indexed(served, "book");
    // Ten hits of each distance 0, 1, 4, 9.
    const all = Array.from({ length: 40 }, (_, i) => i);
    await ok("Insert", {
      collection_name: "book",
      num_rows: 40,
      fields_data: [ids(...all), vectors(...all.map((i) => unit(Math.floor(i / 10)))), titles(...all.map(String))],
    });
    await ok("LoadCollection", { collection_name: "book" });
    const page = async (more: Record<string, string>) => {
      const { results, session_ts } = await ok<"SearchResults">(
        "Search",
        searchRequest(
          { iterator: "True", search_iter_v2: "True", search_iter_batch_size: "7", topk: "7", ...more },
          { output_fields: ["title"] },
        ),
      );
      expect(Number(session_ts)).toBeGreaterThan(0);
      const found = results?.ids?.int_id?.data ?? [];
      expect(results?.fields_data[0]?.scalars?.string_data?.data).toEqual(found.map(String));
      return { found, next: results?.search_iterator_v2_results };
    };
    const seen: (number | bigint)[] = [];
    let more: Record<string, string> = { search_iter_last_bound: "" };
    for (;;) {
      const { found, next } = await page(more);
      if (seen.length === 14) expect((await page(more)).found).toEqual(found);
      expect(next?.token).toMatch(/^[0-9a-f-]{36}$/);
      if (found.length === 0) break;
      seen.push(...found);
      more = { search_iter_id: next?.token ?? "", search_iter_last_bound: String(next?.last_bound) };
    }
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual(all);
    expect(seen.map((id) => Math.floor(Number(id) / 10))).toEqual(all.map((i) => Math.floor(i / 10)));

    const strange = await page({ search_iter_id: "00000000-0000-4000-8000-000000000000", search_iter_last_bound: "1" });
    expect(strange.found.every((id) => Number(id) >= 20)).toBe(true);
    const refused = (params: Record<string, string>) =>
      served.fails(
        "Search",
        searchRequest({ iterator: "true", search_iter_v2: "true", search_iter_batch_size: "7", ...params }),
      );
    expect(await refused({ offset: "1" })).toEqual([
      1100,
      5,
      expect.stringMatching(/^Setting an offset is not permitted/),
    ]);
    expect(await refused({ group_by_field: "title" })).toEqual([
      1100,
      5,
      expect.stringMatching(/^GroupBy is not permitted/),
    ]);
    for (const [more, detail] of [
      [{ search_iter_batch_size: "" }, "batch size is required"],
      [{ search_iter_batch_size: "0" }, "batch size is invalid, it should be in range [1, 16384], but got 0"],
      [{ search_iter_batch_size: "16385" }, "batch size is invalid, it should be in range [1, 16384], but got 16385"],
      [{ search_iter_batch_size: "x" }, 'batch size is invalid, strconv.ParseInt: parsing "x": invalid syntax'],
      [{ search_iter_id: "x" }, "invalid token format"],
      [
        { search_iter_last_bound: "x" },
        'failed to parse input last bound, strconv.ParseFloat: parsing "x": invalid syntax',
      ],
      [{ iterator: "False" }, "both iterator and search_iter_v2 must be set in the SDK"],
    ] as const) {
      expect(await refused(more)).toEqual([65535, 1, `parse iterator v2 info failed: ${detail}`]);
    }
    const old = await ok<"SearchResults">("Search", searchRequest({ iterator: "True", topk: "20000" }));
    expect(old.results?.topks).toEqual([40]);
    expect(Number(old.session_ts)).toBeGreaterThan(0);
  });
});

describe("an engine in a worker thread", () => {
  it("answers gRPC as one in this thread does", async () => {
    const served = await serve({ worker: true });
    await filled(served, 5);
    expect(await served.ok("ShowCollections", { type: 1 })).toMatchObject({
      collection_names: ["book"],
      inMemory_percentages: [100],
    });
    const { results } = await served.ok<"SearchResults">(
      "Search",
      searchRequest({}, { output_fields: ["title", "vec"] }),
    );
    expect(results).toMatchObject({
      ids: { int_id: { data: [1, 2, 3] } },
      fields_data: [
        { field_name: "vec", vectors: { float_vector: { data: Float32Array.from([1, 2, 3].flatMap(unit)) } } },
        { field_name: "title", scalars: { string_data: { data: ["t1", "t2", "t3"] } } },
      ],
    });
    expect(await served.codes("Search", searchRequest({}, { partition_names: ["x"] }))).toEqual([65535, 1]);
    const stale = {
      collection_name: "book",
      num_rows: 1,
      fields_data: [ids(1), vectors(unit(1)), titles("a")],
      schema_timestamp: 5,
    };
    expect(await served.codes("Insert", stale)).toEqual([109, 62]);
  });
});
