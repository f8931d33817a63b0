import { expect } from "vitest";
import { anyId, around, book, contract, fails, ok, Raw, rows, type Step, v2 } from "./support.js";

const c = { collectionName: "book" };
const badRow = (data: unknown, detail: unknown): Step =>
  fails(
    "entities/insert",
    { ...c, data },
    1804,
    typeof detail === "string" ? `fail to deal the insert data, error: ${detail}` : detail,
  );
const row = (detail: string, tail = "") => around(`fail to deal the insert data, error: ${detail}`, tail);
const planError = (kind: string, filter: string) =>
  around(`failed to create ${kind} plan: cannot parse expression: ${filter}, error: `, ": invalid parameter");

contract("entities: insert and upsert", [
  book,
  v2("entities/insert", { ...c, data: rows(2) }, { code: 0, cost: 0, data: { insertCount: 2, insertIds: [1, 2] } }),
  ok("entities/insert", { ...c, data: { id: 3, vector: [3, 0, 0, 0] } }, { insertCount: 1, insertIds: [3] }),
  ok(
    "entities/insert",
    { ...c, data: [{ id: "4", vector: [4, 0, 0, 0], extra: { deep: [1, "x"] } }] },
    { insertCount: 1, insertIds: [4] },
  ),
  // A known key overwrites; every row is counted.
  ok(
    "entities/insert",
    {
      ...c,
      data: [
        { id: 1, vector: [9, 0, 0, 0] },
        { id: 1, vector: [8, 0, 0, 0] },
      ],
    },
    { insertCount: 2, insertIds: [1, 1] },
  ),
  ok("entities/get", { ...c, id: 1 }, [{ id: 1, vector: [8, 0, 0, 0] }]),
  v2(
    "entities/upsert",
    {
      ...c,
      data: [
        { id: 1, vector: [1, 0, 0, 0], color: "red" },
        { id: 5, vector: [5, 0, 0, 0] },
      ],
    },
    { code: 0, cost: 0, data: { upsertCount: 2, upsertIds: [1, 5] } },
  ),
  ok("entities/query", { ...c, filter: "", outputFields: ["count(*)"] }, [{ "count(*)": 5 }]),
  ok("collections/release", c),
  ok("entities/insert", { ...c, data: rows(1, 6) }, { insertCount: 1, insertIds: [6] }),
  ok("entities/upsert", { ...c, data: rows(1, 6) }, { upsertCount: 1, upsertIds: [6] }),
  ok("collections/get_stats", c, { rowCount: 6 }),
  fails(
    "entities/insert",
    { ...c, partitionName: "(mn)", data: rows(1) },
    65535,
    "Invalid partition name: (mn). The first character of a partition name must be an underscore or letter.",
  ),
  fails(
    "entities/insert",
    { collectionName: "none", data: rows(1) },
    100,
    "can't find collection[database=default][collection=none]",
  ),
]);

contract("entities: partial upsert", [
  book,
  ok("entities/insert", { ...c, data: rows(1) }, expect.anything()),
  ok(
    "entities/upsert",
    { ...c, partialUpdate: true, data: [{ id: 1, color: "green" }] },
    { upsertCount: 1, upsertIds: [1] },
  ),
  ok("entities/get", { ...c, id: 1 }, [{ id: 1, vector: [1, 0, 0, 0], color: "green" }]),
  ok("collections/release", c),
  fails(
    "entities/upsert",
    { ...c, partialUpdate: true, data: [{ id: 1, color: "x" }] },
    101,
    expect.stringContaining("collection not loaded[collection="),
  ),
]);

const twice = "duplicate primary keys are not allowed in the same batch: invalid parameter";
contract("entities: an upsert names each key once", [
  book,
  ok("entities/insert", { ...c, data: rows(1) }, expect.anything()),
  fails("entities/upsert", { ...c, data: [...rows(1), ...rows(1)] }, 1100, twice),
  fails(
    "entities/upsert",
    {
      ...c,
      partialUpdate: true,
      data: [
        { id: 1, a: 2 },
        { id: "1", b: 2 },
      ],
    },
    1100,
    twice,
  ),
  ok("entities/get", { ...c, id: 1 }, [{ id: 1, vector: [1, 0, 0, 0], color: "red" }]),
]);

contract("entities: rows that do not fit", [
  ok("collections/create", {
    collectionName: "book",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int8" },
        { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 4 }, nullable: true },
        {
          fieldName: "a",
          dataType: "Array",
          elementDataType: "Int64",
          elementTypeParams: { max_capacity: 2 },
          nullable: true,
        },
      ],
    },
  }),
  badRow([], "missing required parameters"),
  badRow([5], row("NULL:0, FALSE:1, NUMBER:2, STRING:3, TRUE:4, JSON:5: invalid parameter[expected=")),
  badRow([{ id: 1, n: 1 }], "missing vector field: vector: invalid parameter[expected=FloatVector][actual=]"),
  badRow([{ id: 1, n: 1, vector: "x" }], row("", "")),
  badRow([{ id: 1, n: 1, vector: [1, 2, 3] }], "[]float32 size 3 doesn't equal to vector dimension 2 of FloatVector"),
  badRow([{ id: "abc", n: 1, vector: [1, 2] }], row("", "invalid parameter[expected=Int64][actual=abc]")),
  badRow([{ id: 1.5, n: 1, vector: [1, 2] }], row("", "invalid parameter[expected=Int64][actual=1.5]")),
  badRow([{ id: 1, n: 200, vector: [1, 2] }], row("", "")),
  badRow([{ id: 1, vector: [1, 2] }], "row 0 does not has field n"),
  badRow(
    [
      { id: 1, n: 1, vector: [1, 2] },
      { n: 1, vector: [1, 2] },
    ],
    "row 1 does not has field id",
  ),
  badRow(
    [{ id: 1, n: 1, vector: [1, 2], more: 1 }],
    "has pass more field without dynamic schema, please check it: invalid parameter",
  ),
  fails(
    "entities/insert",
    { ...c, data: [{ id: 1, n: 1, vector: [1, 2], s: "äöü" }] },
    1100,
    "length of varchar field s exceeds max length, row number: 0, length: 6, max length: 4: invalid parameter",
  ),
  fails(
    "entities/insert",
    { ...c, data: [{ id: 1, n: 1, vector: [1, 2], a: [1, 2, 3] }] },
    1100,
    expect.stringContaining("the length (3) of array exceeds max capacity (2)"),
  ),
  fails("entities/insert", c, 1802, around("missing required parameters")),
  // One bad row changes nothing.
  fails(
    "entities/insert",
    {
      ...c,
      data: [
        { id: 1, n: 1, vector: [1, 2] },
        { id: 2, n: 1 },
      ],
    },
    1804,
    expect.any(String),
  ),
  ok("collections/get_stats", c, { rowCount: 0 }),
]);

contract("entities: dynamic fields and numbered keys", [
  book,
  badRow(
    [{ id: 1, vector: [1, 0, 0, 0], $meta: {} }],
    "use the invalid field name($meta) when enable dynamicField: invalid parameter",
  ),
  ok("collections/create", { collectionName: "auto", dimension: 4, autoID: true }),
  ok(
    "entities/insert",
    { collectionName: "auto", data: [{ vector: [1, 0, 0, 0] }] },
    { insertCount: 1, insertIds: [anyId] },
  ),
  fails(
    "entities/insert",
    { collectionName: "auto", data: [{ id: 1, vector: [1, 0, 0, 0] }] },
    1804,
    "fail to deal the insert data, error: no need to pass pk field(id) when autoid==true in insert: invalid parameter",
  ),
  fails(
    "entities/upsert",
    { collectionName: "auto", data: [{ vector: [1, 0, 0, 0] }] },
    1804,
    "fail to deal the insert data, error: row 0 does not has field id",
  ),
  ok(
    "entities/upsert",
    { collectionName: "auto", data: [{ id: 77, vector: [1, 0, 0, 0] }] },
    { upsertCount: 1, upsertIds: [anyId] },
  ),
  ok("entities/get", { collectionName: "auto", id: 77 }, []),
]);

contract("entities: delete", [
  book,
  ok("entities/insert", { ...c, data: rows(8) }, expect.anything()),
  v2("entities/delete", { ...c, filter: "id in [1, 2, 99]" }, { code: 0, data: { deleteCount: 2 } }),
  ok("entities/delete", { ...c, filter: 'color == "red" and id < 5' }, { deleteCount: 1 }),
  ok("entities/delete", { ...c, id: 4 }, { deleteCount: 1 }),
  ok("entities/delete", { ...c, id: ["5", 6, 6] }, { deleteCount: 2 }),
  ok("entities/delete", { ...c, id: [] }, { deleteCount: 0 }),
  ok("entities/delete", { ...c, filter: "id == 1000" }, { deleteCount: 0 }),
  ok("entities/query", { ...c, filter: "", outputFields: ["id"] }, [{ id: 7 }, { id: 8 }]),
  fails(
    "entities/delete",
    c,
    1802,
    "missing required parameters, error: Key: 'CollectionFilterReq.Filter' Error:Field validation for 'Filter' failed on the 'required' tag",
  ),
  fails("entities/delete", { ...c, filter: "" }, 1802, around("missing required parameters")),
  fails("entities/delete", { ...c, id: null }, 1802, around("missing required parameters")),
  fails(
    "entities/delete",
    { ...c, id: 1, filter: "id == 1" },
    1100,
    "id and filter can not be set at the same time: invalid parameter",
  ),
  fails(
    "entities/delete",
    { ...c, filter: "1==1" },
    1100,
    "delete plan can't be empty or always true : 1==1: invalid parameter",
  ),
  fails(
    "entities/delete",
    { ...c, filter: "  " },
    1100,
    "delete plan can't be empty or always true :   : invalid parameter",
  ),
  fails("entities/delete", { ...c, filter: "id in" }, 1100, planError("delete", "id in")),
  fails(
    "entities/delete",
    { ...c, id: "abc" },
    1806,
    around("please check the primary key and its' type can only in [int, string], error: "),
  ),
  fails("entities/delete", { ...c, id: 1.5 }, 1806, expect.any(String)),
  ok("collections/release", c),
  ok("entities/delete", { ...c, filter: "id == 7" }, { deleteCount: 1 }),
  ok("entities/delete", { ...c, id: 100 }, { deleteCount: 0 }),
  fails("entities/delete", { ...c, filter: 'color == "blue"' }, 101, around("collection not loaded[collection=")),
  ok("collections/get_stats", c, { rowCount: 1 }),
]);

contract("entities: get and query", [
  book,
  ok("entities/insert", { ...c, data: rows(6) }, expect.anything()),
  v2(
    "entities/get",
    { ...c, id: [3, "1", 99], outputFields: ["color"] },
    {
      code: 0,
      cost: 0,
      data: [
        { id: 1, color: "red" },
        { id: 3, color: "red" },
      ],
    },
  ),
  ok("entities/get", { ...c, id: 2 }, [{ id: 2, vector: [2, 0, 0, 0], color: "blue" }]),
  ok("entities/get", { ...c, id: [] }, []),
  fails("entities/get", c, 1802, around("missing required parameters")),
  fails("entities/get", { ...c, id: "x" }, 1806, expect.any(String)),
  v2(
    "entities/query",
    { ...c, filter: 'color == "blue"', outputFields: ["color"], limit: 2, offset: 1 },
    {
      code: 0,
      cost: 0,
      data: [
        { id: 4, color: "blue" },
        { id: 6, color: "blue" },
      ],
    },
  ),
  ok("entities/query", { ...c, filter: "id in {ids}", exprParams: { ids: [1, 2] }, outputFields: ["id"] }, [
    { id: 1 },
    { id: 2 },
  ]),
  v2(
    "entities/query",
    { ...c, filter: "", outputFields: ["count(*)"] },
    { code: 0, cost: 0, data: [{ "count(*)": 6 }] },
  ),
  ok(
    "entities/query",
    { ...c, filter: "id > 0", limit: 0, outputFields: ["id"] },
    [1, 2, 3, 4, 5, 6].map((id) => ({ id })),
  ),
  fails("entities/query", { ...c, filter: "", limit: 0 }, 65535, "empty expression should be used with limit"),
  fails("entities/query", { ...c, filter: "id >" }, 1100, planError("query", "id >")),
  fails(
    "entities/query",
    { ...c, filter: "id > 0", limit: 16000, offset: 1000 },
    65535,
    "invalid max query result window, (offset+limit) should be in range [1, 16384], but got 17000",
  ),
  fails(
    "entities/query",
    { ...c, filter: "id > 0", consistencyLevel: "Loose" },
    1100,
    around("consistencyLevel can only be [Strong, Session, Bounded, Eventually, Customized], default: Bounded, err:"),
  ),
  ok("collections/release", c),
  fails(
    "entities/query",
    { ...c, filter: "id > 0" },
    101,
    around("failed to query: collection not loaded[collection="),
  ),
  fails("entities/get", { ...c, id: 1 }, 101, around("failed to query: collection not loaded[collection=")),
  // A bad filter is found before the load state.
  fails("entities/query", { ...c, filter: "id >" }, 1100, planError("query", "id >")),
]);

contract("entities: search", [
  book,
  ok("entities/insert", { ...c, data: rows(6) }, expect.anything()),
  v2(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], limit: 2 },
    {
      code: 0,
      cost: 0,
      data: [
        { id: 1, distance: 0 },
        { id: 2, distance: 1 },
      ],
      topks: [2],
    },
  ),
  v2(
    "entities/search",
    {
      ...c,
      data: [
        [1, 0, 0, 0],
        [6, 0, 0, 0],
      ],
      limit: 1,
      outputFields: ["color"],
    },
    {
      code: 0,
      cost: 0,
      data: [
        { id: 1, distance: 0, color: "red" },
        { id: 6, distance: 0, color: "blue" },
      ],
      topks: [1, 1],
    },
  ),
  v2(
    "entities/search",
    {
      ...c,
      data: [
        [1, 0, 0, 0],
        [2, 0, 0, 0],
      ],
      filter: "id > 100",
    },
    { code: 0, cost: 0, data: [] },
  ),
  v2("entities/search", { ...c, data: [[1, 0, 0, 0]], filter: "id > 100" }, { code: 0, cost: 0, data: [] }),
  ok("entities/search", { ...c, data: [[1, 0, 0, 0]], filter: 'color == "blue"', limit: 1, offset: 1 }, [
    { id: 4, distance: 9 },
  ]),
  ok("entities/search", { ...c, data: [[1, 0, 0, 0]], searchParams: { params: { radius: 5, range_filter: 1 } } }, [
    { id: 2, distance: 1 },
    { id: 3, distance: 4 },
  ]),
  ok("entities/search", { ...c, data: [[1, 0, 0, 0]], limit: 1, searchParams: { metricType: "L2" } }, [
    { id: 1, distance: 0 },
  ]),
  ok("entities/search", { ...c, ids: [3, "1"], limit: 2 }, [
    { id: 3, distance: 0 },
    { id: 2, distance: 1 },
    { id: 1, distance: 0 },
    { id: 2, distance: 1 },
  ]),
  ok(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], limit: 1, searchParams: { params: { drop_ratio_search: 0.6 } } },
    [{ id: 1, distance: 0 }],
  ),
  fails(
    "entities/search",
    c,
    1802,
    "either 'ids' (for primary key search) or 'data' (for vector search) must be provided",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], ids: [1] },
    1100,
    "primary keys (ids) and query vectors (data) are mutually exclusive. Please provide either 'ids' or 'data', not both",
  ),
  fails("entities/search", { ...c, ids: [1, "1"] }, 1100, "duplicate IDs found in search request: invalid parameter"),
  fails(
    "entities/search",
    { ...c, ids: [8, 1, 9] },
    1100,
    "some of the provided primary key IDs do not exist: missing IDs = [8 9]: invalid parameter",
  ),
  fails(
    "entities/search",
    { ...c, ids: [1, 1.5] },
    1100,
    "invalid parameter, error: invalid int64 id at index 1: 1.5 has fractional part",
  ),
  fails(
    "entities/search",
    { ...c, ids: ["x"] },
    1100,
    around("invalid parameter, error: invalid int64 id at index 0: x"),
  ),
  fails(
    "entities/search",
    { ...c, ids: [true] },
    1100,
    "invalid parameter, error: invalid id type at index 0: expected int64, got bool",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0]] },
    1801,
    around(
      "can only accept json format request, error: dimension: 4, but length of []float: 2: invalid parameter[expected=FloatVector][actual=",
    ),
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], annsField: "nope" },
    1801,
    "can only accept json format request, error: cannot find a vector field named: nope",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], limit: 16385 },
    65535,
    "topk [16385] is invalid, it should be in range [1, 16384], but got 16385",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], limit: 16000, offset: 1000 },
    65535,
    "offset+topk [17000] is invalid, it should be in range [1, 16384], but got 17000",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], searchParams: { metric_type: "IP" } },
    1100,
    "metric type not match: invalid parameter[expected=L2][actual=IP]",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], searchParams: { params: 5 } },
    1100,
    "searchParams.params must be a dict: invalid parameter",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], searchParams: { ef: 1, params: { ef: 2 } } },
    1100,
    "ambiguous parameter: ef, in search_param: 1, in search_param.params: 2: invalid parameter",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], searchParams: { params: { radius: 1, range_filter: 2 } } },
    1100,
    "range_filter must be less than radius for L2/HAMMING/JACCARD, range_filter:2.000000, radius:1.000000: invalid parameter",
  ),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], searchParams: { params: { range_filter: 2 } } },
    1100,
    "range_filter requires radius: invalid parameter",
  ),
  fails("entities/search", { ...c, data: [[1, 0, 0, 0]], filter: "color >" }, 1100, planError("query", "color >")),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]], functionScore: { functions: [{}] } },
    1100,
    around("Unsupported function type: "),
  ),
  ok("collections/release", c),
  fails(
    "entities/search",
    { ...c, data: [[1, 0, 0, 0]] },
    101,
    around("failed to search: collection not loaded[collection="),
  ),
]);

contract("entities: search in collections of another shape", [
  ok("collections/create", {
    collectionName: "two",
    schema: {
      fields: [
        { fieldName: "key", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 8 } },
        ...["v1", "v2"].map((fieldName) => ({ fieldName, dataType: "FloatVector", elementTypeParams: { dim: 2 } })),
        { fieldName: "g", dataType: "Int64" },
      ],
    },
    indexParams: ["v1", "v2"].map((fieldName) => ({ fieldName, metricType: "IP" })),
  }),
  ok(
    "entities/insert",
    {
      collectionName: "two",
      data: [
        { key: "a", v1: [1, 0], v2: [0, 1], g: 1 },
        { key: "b", v1: [2, 0], v2: [0, 2], g: 1 },
        { key: "c", v1: [0.5, 0], v2: [0, 3], g: 2 },
      ],
    },
    { insertCount: 3, insertIds: ["a", "b", "c"] },
  ),
  fails(
    "entities/search",
    { collectionName: "two", data: [[1, 0]] },
    1801,
    "can only accept json format request, error: search without annsField, but already found multiple vector fields: [v1, v2,,,]",
  ),
  // The key is always called id, and comes under its own name too when asked for.
  ok(
    "entities/search",
    { collectionName: "two", data: [[1, 0]], annsField: "v1", limit: 1, outputFields: ["key", "g"] },
    [{ id: "b", distance: 2, key: "b", g: 1 }],
  ),
  fails(
    "entities/search",
    { collectionName: "two", ids: ["a"] },
    65535,
    "multiple anns_fields exist, please specify a anns_field in search_params",
  ),
  fails(
    "entities/search",
    { collectionName: "two", annsField: "v1", ids: [""] },
    1100,
    "invalid parameter, error: empty string id at index 0",
  ),
  ok("entities/search", { collectionName: "two", data: [[1, 0]], annsField: "v1", groupingField: "g", limit: 2 }, [
    expect.objectContaining({ id: "b" }),
    expect.objectContaining({ id: "c" }),
  ]),
  fails(
    "entities/search",
    { collectionName: "two", data: [[1, 0]], annsField: "v1", groupingField: "none" },
    1700,
    "groupBy field not found in schema: field not found[field=none]",
  ),
  fails(
    "entities/search",
    {
      collectionName: "two",
      data: [[1, 0]],
      annsField: "v1",
      groupingField: "g",
      searchParams: { params: { radius: 0 } },
    },
    1100,
    "Not allowed to do range-search when doing search-group-by: invalid parameter[expected=][actual=]",
  ),
  fails(
    "entities/query",
    { collectionName: "two", filter: "g > 0", outputFields: ["none"] },
    65535,
    "field none not exist",
  ),
  fails("entities/delete", { collectionName: "two", id: 5 }, 1806, expect.any(String)),
  // Delete through an alias; text that is not JSON.
  ok("aliases/create", { collectionName: "two", aliasName: "deux" }),
  ok("entities/delete", { collectionName: "deux", id: "a" }, { deleteCount: 1 }),
  fails(
    "entities/delete",
    new Raw('{"collectionName":"two","id":}'),
    1801,
    around("can only accept json format request, error: "),
  ),
]);
