import { expect } from "vitest";
import { anyId, contract, legacy, ok, Raw, type Step, v2 } from "./support.js";

const c = { collection_name: "book" };
const good = (target: string, body: unknown = c): Step => legacy(target, body, {});
const data = (target: string, body: unknown, reply: object): Step => legacy(target, body, { status: {}, ...reply });
const bad = (
  target: string,
  body: unknown,
  error_code: number,
  code: number,
  reason: unknown = expect.any(String),
): Step => legacy(target, body, { error_code, code, reason });
const badData = (
  target: string,
  body: unknown,
  error_code: number,
  code: number,
  reason: unknown = expect.any(String),
): Step => legacy(target, body, { status: { error_code, code, reason } });

const schema = {
  name: "book",
  description: "books",
  autoID: false,
  fields: [
    { name: "book_id", description: "key", is_primary_key: true, autoID: false, data_type: 5 },
    { name: "title", data_type: 21, type_params: [{ key: "max_length", value: "16" }] },
    {
      name: "book_intro",
      description: "vector",
      is_primary_key: false,
      data_type: 101,
      type_params: [{ key: "dim", value: "2" }],
    },
  ],
};
const index = {
  ...c,
  field_name: "book_intro",
  extra_params: [
    { key: "metric_type", value: "L2" },
    { key: "index_type", value: "HNSW" },
    { key: "params", value: '{"M":8,"efConstruction":64}' },
  ],
};
const columns = (ids: number[]) => ({
  ...c,
  fields_data: [
    { field_name: "book_id", type: 5, field: ids },
    { field_name: "title", type: 21, field: ids.map((id) => `t${id}`) },
    { field_name: "book_intro", type: 101, field: ids.map((id) => [id, 0]) },
  ],
  num_rows: ids.length,
});
const find = {
  ...c,
  vectors: [[1, 0]],
  dsl: "",
  dsl_type: 1,
  output_fields: ["title"],
  search_params: [
    { key: "anns_field", value: "book_intro" },
    { key: "topk", value: "2" },
    { key: "params", value: '{"ef":16}' },
    { key: "metric_type", value: "L2" },
    { key: "round_decimal", value: "-1" },
  ],
};
const longs = (...values: number[]) => ({ IdField: { IntId: { data: values } } });
/** What a list of names has beside it. */
const listed = (names: string[], namesKey: string, idsKey: string) => ({
  [namesKey]: names,
  [idsKey]: names.map(() => expect.any(Number)),
  created_timestamps: names.map(() => anyId),
  created_utc_timestamps: names.map(() => expect.any(Number)),
});
const life: Step[] = [
  legacy("GET /health", undefined, { status: "ok" }),
  good("POST /collection", { ...c, schema, shards_num: 2, consistency_level: 0 }),
  data("GET /collection/existence", c, { value: true }),
  data("GET /collection/existence", { collection_name: "none" }, { value: false }),
  data("GET /collections", undefined, listed(["book"], "collection_names", "collection_ids")),
  data(
    "GET /collections",
    { type: 1 },
    {
      ...listed([], "collection_names", "collection_ids"),
      inMemory_percentages: [],
      query_service_available: [],
    },
  ),
  badData(
    "GET /collections",
    { type: 1, collection_names: ["book"] },
    1,
    65535,
    "collection not loaded[collection=book]",
  ),
  badData("GET /collections", { type: 1, collection_names: ["none"] }, 4, 100),
  legacy(
    "GET /collection",
    c,
    expect.objectContaining({
      status: {},
      collection_name: "book",
      collectionID: expect.any(Number),
      shards_num: 2,
      consistency_level: 0,
      num_partitions: 1,
      created_timestamp: anyId,
      created_utc_timestamp: expect.any(Number),
      virtual_channel_names: [expect.any(String)],
      physical_channel_names: [expect.any(String)],
      schema: expect.objectContaining({
        name: "book",
        autoID: false,
        fields: [
          expect.objectContaining({ fieldID: 100, name: "book_id", is_primary_key: true, data_type: 5 }),
          expect.objectContaining({ name: "title", data_type: 21, type_params: [{ key: "max_length", value: "16" }] }),
          expect.objectContaining({ name: "book_intro", data_type: 101, type_params: [{ key: "dim", value: "2" }] }),
        ],
      }),
    }),
  ),
  bad("POST /collection/load", c, 25, 700, "index not found[collection=book]"),
  good("POST /index", index),
  good("POST /index", index),
  legacy(
    "GET /index",
    { ...c, field_name: "book_intro" },
    {
      status: {},
      index_descriptions: [
        expect.objectContaining({
          field_name: "book_intro",
          indexID: expect.any(Number),
          state: 3,
          params: [
            { key: "metric_type", value: "L2" },
            { key: "index_type", value: "HNSW" },
            { key: "params", value: '{"M":8,"efConstruction":64}' },
          ],
        }),
      ],
    },
  ),
  data("GET /index/state", c, { state: 3 }),
  good("POST /collection/load"),
  good("POST /collection/load", { ...c, replica_number: 1 }),
  data(
    "GET /collections",
    { type: 1, collection_names: ["book"] },
    {
      ...listed(["book"], "collection_names", "collection_ids"),
      inMemory_percentages: [100],
      query_service_available: [true],
    },
  ),
  legacy("POST /entities", columns([1, 2, 3]), {
    status: {},
    IDs: longs(1, 2, 3),
    succ_index: [0, 1, 2],
    insert_cnt: 3,
    timestamp: expect.anything(),
  }),
  data("GET /collection/statistics", c, { stats: [{ key: "row_count", value: "3" }] }),
  data("GET /index/progress", c, { indexed_rows: 3, total_rows: 3 }),
  legacy("POST /search", find, {
    status: {},
    collection_name: "book",
    results: {
      num_queries: 1,
      top_k: 2,
      scores: [0, 1],
      ids: longs(1, 2),
      topks: [2],
      output_fields: ["title"],
      fields_data: [
        {
          type: 21,
          field_name: "title",
          field_id: 101,
          Field: { Scalars: { Data: { StringData: { data: ["t1", "t2"] } } } },
        },
      ],
    },
  }),
  legacy(
    "POST /search",
    { ...find, dsl: "book_id > 5" },
    expect.objectContaining({ results: expect.objectContaining({ num_queries: 1, top_k: 0, topks: [0], scores: [] }) }),
  ),
  legacy(
    "POST /query",
    { ...c, expr: "book_id in [2, 3]", output_fields: ["book_intro"] },
    {
      status: {},
      collection_name: "book",
      output_fields: ["book_intro"],
      fields_data: [
        { type: 5, field_name: "book_id", field_id: 100, Field: { Scalars: { Data: { LongData: { data: [2, 3] } } } } },
        {
          type: 101,
          field_name: "book_intro",
          field_id: 102,
          Field: { Vectors: { dim: 2, Data: { FloatVector: { data: [2, 0, 3, 0] } } } },
        },
      ],
    },
  ),
  legacy(
    "POST /query",
    { ...c, expr: "", output_fields: ["count(*)"] },
    expect.objectContaining({
      fields_data: [{ type: 5, field_name: "count(*)", Field: { Scalars: { Data: { LongData: { data: [3] } } } } }],
    }),
  ),
  legacy(
    "DELETE /entities",
    { ...c, expr: "book_id in [1, 2]" },
    { status: {}, IDs: longs(1, 2), delete_cnt: 2, timestamp: expect.anything() },
  ),
  data("GET /collection/statistics", c, { stats: [{ key: "row_count", value: "1" }] }),
  data(
    "POST /persist",
    { collection_names: ["book"] },
    {
      coll_segIDs: { book: { data: [] } },
      flush_coll_segIDs: { book: {} },
      coll_seal_times: { book: expect.any(Number) },
      coll_flush_ts: { book: anyId },
    },
  ),
  data("GET /persist/state", { segmentIDs: [1] }, { flushed: true }),
  data("POST /compaction", c, { compactionID: expect.any(Number) }),
  data("GET /compaction/state", { compactionID: 1 }, { state: 2 }),
  badData("POST /compaction", { collectionID: 999999 }, 4, 100, "collection not found[collection=999999]"),
  good("POST /alias", { ...c, alias: "tome" }),
  good("PATCH /alias", { ...c, alias: "tome" }),
  data("GET /collection/existence", { collection_name: "tome" }, { value: true }),
  good("DELETE /alias", { alias: "tome" }),
  good("DELETE /collection/load"),
  good("DELETE /index", { ...c, field_name: "book_intro" }),
  badData("GET /index", c, 25, 700, "index not found[collection=book]"),
  good("DELETE /collection"),
  data("GET /collection/existence", c, { value: false }),
];
contract("9091: the life of a collection", life);

contract("9091: partitions", [
  ok("collections/create", { collectionName: "book", dimension: 2, metricType: "L2" }),
  good("POST /partition", { ...c, partition_name: "novel" }),
  data("GET /partition/existence", { ...c, partition_name: "novel" }, { value: true }),
  data("GET /partitions", c, listed(["_default", "novel"], "partition_names", "partitionIDs")),
  data(
    "GET /partitions",
    { ...c, type: 1 },
    {
      ...listed(["_default", "novel"], "partition_names", "partitionIDs"),
      inMemory_percentages: [100, 100],
    },
  ),
  badData("GET /partitions", { ...c, partition_names: ["none"] }, 15, 200),
  legacy(
    "POST /entities",
    {
      ...c,
      partition_name: "novel",
      num_rows: 1,
      fields_data: [
        { field_name: "id", type: 5, field: [1] },
        { field_name: "vector", type: 101, field: [[1, 0]] },
      ],
    },
    expect.objectContaining({ insert_cnt: 1 }),
  ),
  data("GET /partition/statistics", { ...c, partition_name: "novel" }, { stats: [{ key: "row_count", value: "1" }] }),
  bad(
    "DELETE /partition",
    { ...c, partition_name: "novel" },
    1,
    65535,
    "partition cannot be dropped, partition is loaded, please release it first",
  ),
  // The guide's body: the message has no such key, so its type does not matter.
  good("DELETE /partitions/load", { ...c, partition_names: ["novel"], replica_number: "1" }),
  good("DELETE /partitions/load", { ...c, partition_names: ["novel"], replica_number: 1.5 }),
  data(
    "GET /partitions",
    { ...c, type: 1 },
    {
      ...listed(["_default"], "partition_names", "partitionIDs"),
      inMemory_percentages: [100],
    },
  ),
  badData("GET /partitions", { ...c, type: 1, partition_names: ["novel"] }, 1, 201),
  badData(
    "POST /search",
    { ...c, partition_names: ["novel"], vectors: [[1, 0]], dsl: "", search_params: [{ key: "topk", value: "1" }] },
    1,
    201,
  ),
  good("POST /partitions/load", { ...c, partition_names: ["novel"] }),
  bad(
    "POST /partitions/load",
    { ...c, partition_names: ["novel"], replica_number: 2 },
    5,
    1100,
    "can't change the replica number for loaded partitions: invalid parameter[expected=1][actual=2]",
  ),
  good("DELETE /partitions/load", { ...c, partition_names: ["novel"] }),
  good("DELETE /partition", { ...c, partition_name: "novel" }),
  data("GET /partition/existence", { ...c, partition_name: "novel" }, { value: false }),
  bad("POST /partitions/load", { ...c, partition_names: ["none"] }, 15, 200, "partition not found[partition=none]"),
  bad("DELETE /partitions/load", { ...c, partition_names: [] }, 5, 1100),
  badData("GET /partition/statistics", { ...c, partition_name: "none" }, 15, 200),
]);

const noName = "collection name should not be empty: invalid parameter";
const notYet = (what: string) => `unsupported operation: ${what} is not supported by the embedded engine`;
/** A refusal in the form of its endpoint: bare, or under `status`. */
const refusal = (target: string, error_code: number, code: number, reason: unknown) => {
  const status = { error_code, code, reason };
  return target.startsWith("GET ") || /entities|query|search/.test(target) ? { status } : status;
};
const id = (...field: number[]) => ({ field_name: "id", type: 5, field });
const vector = (...field: number[][]) => ({ field_name: "vector", type: 101, field });
const refusedInsert = (body: object, reason: unknown) =>
  legacy("POST /entities", { ...c, ...body }, { status: { error_code: 5, code: 1100, reason }, err_index: [0] });

const persisted = expect.objectContaining({ status: {} });
contract("9091: text behind the JSON value of a body is not looked at", [
  legacy("POST /persist", new Raw('{"collection_names":[]}{"collection_names":5} and more'), persisted),
  legacy("POST /persist", new Raw("null}"), persisted),
]);

contract("9091: failures", [
  legacy(
    "POST /collection",
    new Raw("{"),
    { error_code: 5, reason: expect.stringMatching(/^bad request: parse body failed: /) },
    { status: 400 },
  ),
  legacy(
    "POST /collection",
    new Raw("[]"),
    { error_code: 5, reason: expect.stringMatching(/^bad request: parse body failed: /) },
    { status: 400 },
  ),
  legacy(
    "POST /partition",
    { collection_name: 5 },
    { error_code: 5, reason: expect.stringMatching(/^bad request: parse body failed: /) },
    { status: 400 },
  ),
  // No body is an empty one.
  bad("DELETE /collection", undefined, 5, 1100, "collection name should not be empty: invalid parameter"),
  badData("GET /collection", { collection_name: "none" }, 4, 100),
  bad("POST /collection/load", { collection_name: "none" }, 4, 100),
  badData("POST /query", { collection_name: "none", expr: "a > 1" }, 4, 100),
  bad("POST /collection", { collection_name: "c", schema: { fields: [] } }, 5, 1100),
  bad(
    "POST /collection",
    { collection_name: "c", schema: { fields: [{ name: "id", is_primary_key: true, data_type: 999 }] } },
    5,
    1100,
    "invalid parameter, data type 999 is invalid(case sensitive).",
  ),
  ok("collections/create", { collectionName: "book", dimension: 2 }),
  refusedInsert(
    { num_rows: 2, fields_data: [id(1), vector([1, 2])] },
    "the num_rows (1) of field (id) is not equal to passed num_rows (2): invalid parameter[expected=2][actual=1]",
  ),
  refusedInsert(
    { num_rows: 0, fields_data: [id(1), vector([1, 2])] },
    "num_rows should be greater than 0: invalid parameter[expected=invalid num_rows][actual=0]",
  ),
  refusedInsert(
    { num_rows: 1, fields_data: [id(1), vector([1, 2, 3])] },
    "the dim (3) of field data(vector) is not equal to schema dim (2): invalid parameter[expected=2][actual=3]",
  ),
  ...[
    [{ field_name: "id", type: 5, field: ["x"] }, "id"],
    [{ field_name: "id", type: 5, field: [1.5] }, "id"],
    [{ field_name: "id", type: 5, field: 7 }, "id"],
    [{ field_name: "vector", type: 101, field: [1, 2] }, "vector"],
    [{ field_name: "vector", type: 101, field: [[1, "2"]] }, "vector"],
    [{ field_name: "vector", type: 101, field: [[1, 2], [1]] }, "vector"],
  ].map(([column, field]) =>
    legacy(
      "POST /entities",
      { ...c, num_rows: 1, fields_data: [column] },
      {
        error_code: 5,
        reason: expect.stringMatching(
          `^bad request: convert body to pb failed: bad request: convert field data failed: parse field\\[${field}\\]: `,
        ),
      },
      { status: 400 },
    ),
  ),
  refusedInsert(
    { num_rows: 1, fields_data: [{ field_name: "id", type: 21, field: ["x"] }, vector([1, 2])] },
    expect.stringContaining("the data type of field(id) is Int64"),
  ),
  // Absent keys count as empty, and the operation complains in its own order.
  ...[
    ["GET /collection", {}],
    ["POST /partitions/load", {}],
    ["POST /partitions/load", { partition_names: ["p"] }],
    ["DELETE /partitions/load", {}],
    ["POST /index", {}],
    ["POST /query", {}],
    ["DELETE /entities", {}],
  ].map(([target, body]) => legacy(target as string, body, refusal(target as string, 5, 1100, noName))),
  bad("POST /partition", { collection_name: "1x" }, 5, 1100, expect.stringMatching(/^Invalid collection name: 1x\./)),
  bad("POST /partition", c, 1, 65535, "Invalid partition name: . Partition name should not be empty."),
  badData("GET /partition/existence", c, 1, 65535, "Invalid partition name: . Partition name should not be empty."),
  bad("POST /partition", { collection_name: "none" }, 4, 100),
  bad("DELETE /partitions/load", { ...c, partition_names: ["none"] }, 15, 200),
  bad("POST /partitions/load", { ...c, partition_names: [] }, 1, 65535),
  badData(
    "DELETE /entities",
    c,
    5,
    1100,
    "invalid expression: invalid parameter[expected=valid expr][actual=empty expr]",
  ),
  badData(
    "POST /search",
    { search_params: [{ key: "topk", value: "1" }] },
    4,
    100,
    "collection not found[collection=0]",
  ),
  legacy(
    "POST /entities",
    {},
    {
      status: { error_code: 4, code: 100, reason: "collection not found[collection=0]" },
      err_index: [],
    },
  ),
  badData(
    "POST /search",
    { ...c, search_params: [{ key: "topk", value: "1" }] },
    1,
    65535,
    "nq [0] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got 0",
  ),
  bad(
    "POST /collection",
    { collection_name: "c", schema: { name: "d", fields: [] } },
    5,
    1100,
    "collection name = c, schema.Name=d: invalid parameter[expected=collection name matches schema name][actual=don't match]",
  ),
  // Fields of a newer Milvus.
  badData("POST /search", { ...find, function_chains: [{}] }, 1, 3000, notYet("function_chains")),
  badData(
    "POST /search",
    { ...find, search_params: [...find.search_params, { key: "order_by_fields", value: "title" }] },
    1,
    3000,
    notYet("order_by_fields"),
  ),
  bad(
    "POST /collection",
    { ...c, schema: { ...schema, struct_array_fields: [{}] } },
    1,
    3000,
    notYet("schema.struct_array_fields"),
  ),
  badData("POST /search", { ...c, vectors: [[1, 0]], dsl: "" }, 5, 1100),
  badData(
    "POST /search",
    { ...c, vectors: [[1, 0]], dsl: "id >", search_params: [{ key: "topk", value: "1" }] },
    5,
    1100,
  ),
  badData(
    "POST /search",
    {
      ...c,
      vectors: [[1, 0]],
      search_params: [
        { key: "topk", value: "1" },
        { key: "params", value: "[" },
      ],
    },
    5,
    1100,
  ),
  ok("collections/release", { collectionName: "book" }),
  badData("POST /query", { ...c, expr: "id > 0", output_fields: [] }, 1, 101),
  good("POST /credential", { username: "u", password: "c2VjcmV0MQ==" }),
  bad("POST /credential", { username: "u", password: "c2VjcmV0MQ==" }, 1, 65535, "user already exists: u"),
  bad("POST /credential", { username: "v", password: "c2V" }, 5, 1100, expect.stringMatching(/^decode password fail/)),
  bad("POST /credential", undefined, 5, 1100, "username must be not empty: invalid parameter"),
  good("PATCH /credential", { username: "u", oldPassword: "c2VjcmV0MQ==", newPassword: "c2VjcmV0Mg==" }),
  bad(
    "PATCH /credential",
    { username: "u", oldPassword: "c2VjcmV0MQ==", newPassword: "c2VjcmV0Mg==" },
    1,
    1400,
    "old password not correct for u: not authenticated",
  ),
  data("GET /credential/users", undefined, { usernames: ["root", "u"] }),
  good("DELETE /credential", { username: "u" }),
  bad("DELETE /credential", { username: "root" }, 1, 1401, expect.stringContaining("root user cannot be deleted")),
  legacy("PUT /collection", c, expect.anything(), { status: 404 }),
  legacy("GET /nope", c, expect.anything(), { status: 404 }),
  ...["GET /distance", "POST /import", "GET /import/state"].map((target) =>
    bad(target, undefined, 1, 3000, expect.stringMatching(/^unsupported operation: /)),
  ),
]);

const loadRefused = (text: string) => `failed to load ${text}[LoadParameterMismatched]`;
const afterCollection = "err=load the partition after load collection is not supported";
contract(
  "9091: legacy load rules",
  [
    ok("collections/create", { collectionName: "book", dimension: 2 }),
    good("POST /partition", { ...c, partition_name: "a" }),
    bad(
      "DELETE /partitions/load",
      { ...c, partition_names: ["a"] },
      1,
      1100,
      "failed to release partitions, err=releasing some partitions after load collection is not supported[LoadParameterMismatched]",
    ),
    bad(
      "POST /partitions/load",
      { ...c, partition_names: ["a"] },
      5,
      1100,
      loadRefused(`partitions, ${afterCollection}`),
    ),
    bad(
      "POST /collection/load",
      { ...c, replica_number: 2 },
      5,
      1100,
      loadRefused(
        "collection, err=collection with different replica number 1 existed, release this collection first before changing its replica number",
      ),
    ),
    // On the v2 surface it is the bare text.
    v2(
      "partitions/release",
      { collectionName: "book", partitionNames: ["a"] },
      { code: 1100, message: "releasing some partitions after load collection is not supported: invalid parameter" },
    ),
    good("DELETE /collection/load"),
    good("POST /partitions/load", { ...c, partition_names: ["a"] }),
    bad(
      "POST /partitions/load",
      { ...c, partition_names: ["a"], replica_number: 2 },
      5,
      1100,
      loadRefused(
        "partitions, err=collection with different replica number existed, release this collection first before changing its replica number",
      ),
    ),
    bad(
      "POST /partitions/load",
      { ...c, partition_names: ["_default"] },
      5,
      1100,
      expect.stringMatching(
        /^failed to load partitions, err=some partitions \[\d+\] of collection \d+ has been loaded into QueryNode, please release partitions firstly\[LoadParameterMismatched\]$/,
      ),
    ),
    bad("POST /collection/load", c, 5, 1100, loadRefused(`collection, ${afterCollection}`)),
  ],
  { loadRules: "legacy" },
);
