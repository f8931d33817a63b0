import { expect } from "vitest";
import { anyId, around, contract, ok, Raw, type Step, v1, v2 } from "./support.js";

const c = { collectionName: "book" };
const good = (target: string, body: unknown, data: unknown = {}): Step => v1(target, body, { code: 200, data });
const bad = (target: string, body: unknown, code: number, message: unknown = expect.any(String)): Step =>
  v1(target, body, { code, message });
const row = (id: number) => ({ id, vector: [id, 0, 0, 0], color: id % 2 === 1 ? "red" : "blue" });
/** A v1 collection numbers its own keys; for keys of ours it is made through v2. */
const keyed: Step = ok("collections/create", { ...c, dimension: 4, metricType: "L2" });
const strict: Step = ok("collections/create", {
  collectionName: "strict",
  schema: {
    fields: [
      { fieldName: "key", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 8 } },
      { fieldName: "vec", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      { fieldName: "n", dataType: "Int64" },
    ],
  },
  indexParams: [{ fieldName: "vec", metricType: "L2" }],
});
const unknown =
  "The collection none does not exist. You can use ListCollections to view the list of existing collections.";
const badName = around("Invalid CollectionName. Reason: Name contains only alphanumeric letters and underscores");

for (const v1ErrorDialect of ["cloud", "server"] as const) {
  contract(
    `v1 (${v1ErrorDialect}): the life of a collection`,
    [
      good("GET collections", undefined, []),
      good("POST collections/create", { ...c, dimension: 4 }),
      good("POST collections/create", { ...c, dimension: 4 }),
      good("GET collections", undefined, ["book"]),
      good("GET collections/describe?collectionName=book", undefined, {
        collectionName: "book",
        description: "",
        enableDynamicField: true,
        load: "LoadStateLoaded",
        shardsNum: 1,
        fields: [
          {
            name: "id",
            type: "Int64",
            primaryKey: true,
            autoId: true,
            description: "",
            partitionKey: false,
            clusteringKey: false,
            nullable: false,
          },
          {
            name: "vector",
            type: "FloatVector(4)",
            primaryKey: false,
            autoId: false,
            description: "",
            partitionKey: false,
            clusteringKey: false,
            nullable: false,
          },
        ],
        indexes: [{ fieldName: "vector", indexName: "vector_idx", metricType: "L2" }],
      }),
      good(
        "POST insert",
        { ...c, data: { vector: [1, 0, 0, 0], color: "red" } },
        { insertCount: 1, insertIds: [anyId] },
      ),
      good(
        "POST insert",
        { ...c, partitionName: "ignored", data: [{ vector: [2, 0, 0, 0] }, { vector: [3, 0, 0, 0] }] },
        { insertCount: 2, insertIds: [anyId, anyId] },
      ),
      good("POST search", { ...c, vector: [1, 0, 0, 0], limit: 1, outputFields: ["color"] }, [
        { id: anyId, distance: 0, color: "red" },
      ]),
      good("POST search", { ...c, vector: [1, 0, 0, 0], params: { radius: 2, range_filter: 0.5 } }, [
        { id: anyId, distance: 1 },
      ]),
      good("POST query", { ...c, filter: 'color == "red"', outputFields: ["color"] }, [{ id: anyId, color: "red" }]),
      good("POST collections/drop", c),
      good("GET collections", undefined, []),
      // Names of one's own, no dynamic field, another metric.
      good("POST collections/create", {
        collectionName: "own",
        dimension: 2,
        metricType: "IP",
        primaryField: "key",
        vectorField: "vec",
        description: "mine",
        enableDynamicField: false,
      }),
      good(
        "GET collections/describe?collectionName=own",
        undefined,
        expect.objectContaining({
          description: "mine",
          enableDynamicField: false,
          fields: [
            expect.objectContaining({ name: "key", autoId: true }),
            expect.objectContaining({ name: "vec", type: "FloatVector(2)" }),
          ],
          indexes: [{ fieldName: "vec", indexName: "vector_idx", metricType: "IP" }],
        }),
      ),
    ],
    { v1ErrorDialect },
  );

  contract(
    `v1 (${v1ErrorDialect}): entities`,
    [
      keyed,
      strict,
      good(
        "POST insert",
        { ...c, data: [1, 2, 3, 4, 5, 6].map(row) },
        { insertCount: 6, insertIds: [1, 2, 3, 4, 5, 6] },
      ),
      good("POST upsert", { ...c, data: row(6) }, { upsertCount: 1, upsertIds: [6] }),
      good("POST get", { ...c, id: 1 }, [row(1)]),
      good("POST get", { ...c, id: ["2", 3], outputFields: ["color"] }, [
        { id: 2, color: "blue" },
        { id: 3, color: "red" },
      ]),
      good("POST query", { ...c, filter: "id in [1, 2]", outputFields: ["id"], limit: 1, offset: 1 }, [{ id: 2 }]),
      good("POST search", { ...c, vector: [1, 0, 0, 0], filter: "id > 4", limit: 1 }, [{ id: 5, distance: 16 }]),
      good("POST delete", { ...c, id: 1 }),
      good("POST delete", { ...c, id: [2, "3", 999] }),
      good("POST delete", { ...c, id: 1 }),
      good("POST delete", { ...c, id: 6, filter: "id in [4]" }),
      good("POST delete", { ...c, id: null, filter: "id == 5" }),
      ok("collections/get_stats", c, { rowCount: 1 }),
      good(
        "POST insert",
        { collectionName: "strict", data: { key: "k", vec: [1, 2], n: 1 } },
        { insertCount: 1, insertIds: ["k"] },
      ),
      good(
        "GET collections/describe?collectionName=strict",
        undefined,
        expect.objectContaining({
          fields: [
            expect.objectContaining({ type: "VarChar(8)" }),
            expect.objectContaining({ type: "FloatVector(2)" }),
            expect.objectContaining({ type: "Int64" }),
          ],
        }),
      ),
      good("POST delete", { collectionName: "strict", id: "k" }),
      // Released through v2: keys can be deleted, nothing can be read. No cloud code exists for that.
      ok("collections/release", c),
      good("POST delete", { ...c, id: [6] }),
      bad(
        "POST search",
        { ...c, vector: [1, 0, 0, 0] },
        101,
        around("failed to search: collection not loaded[collection="),
      ),
      bad("POST query", { ...c, filter: "id > 0" }, 101, around("failed to query: collection not loaded[collection=")),
      bad("POST collections/import", {}, 3000, around("unsupported operation: /v1/vector/collections/import")),
      bad("GET collections/import/get", undefined, 3000),
      bad("GET collections/import/list", undefined, 3000),
      v1("GET insert", undefined, expect.anything(), { status: 404 }),
      v1("POST collections", {}, expect.anything(), { status: 404 }),
      v1("POST nope", {}, expect.anything(), { status: 404 }),
    ],
    { v1ErrorDialect },
  );

  contract(
    `v1 (${v1ErrorDialect}): databases and Int64 text`,
    [
      ok("databases/create", { dbName: "shop" }),
      good("POST collections/create", { ...c, dbName: "shop", dimension: 4 }),
      good("GET collections?dbName=shop", undefined, ["book"]),
      good(
        "GET collections/describe?dbName=shop&collectionName=book",
        undefined,
        expect.objectContaining({ collectionName: "book" }),
      ),
      good("GET collections", undefined, []),
      bad("GET collections?dbName=none", undefined, 800, "database not found[database=none]"),
      v1(
        "POST insert",
        { ...c, dbName: "shop", data: { vector: [1, 0, 0, 0] } },
        { code: 200, data: { insertCount: 1, insertIds: [expect.any(String)] } },
        { headers: { "Accept-Type-Allow-Int64": "false" } },
      ),
      v1(
        "POST search",
        { ...c, dbName: "shop", vector: [1, 0, 0, 0] },
        { code: 200, data: [{ id: expect.any(String), distance: 0 }] },
        { headers: { "Accept-Type-Allow-Int64": "false" } },
      ),
    ],
    { v1ErrorDialect },
  );

  contract(
    `v1 (${v1ErrorDialect}): a key that numbers itself cannot be upserted`,
    [
      good("POST collections/create", { ...c, dimension: 4 }),
      bad(
        "POST upsert",
        { ...c, data: [row(1)] },
        1100,
        "cannot upsert an autoID collection: invalid parameter[expected=autoID: false][actual=autoID: true]",
      ),
      bad(
        "POST search",
        { ...c, vector: [1, 0, 0, 0], params: { range_filter: 1 } },
        1801,
        "can only accept json format request, error: invalid search params",
      ),
    ],
    { v1ErrorDialect },
  );
}

contract("v1 (cloud): documented errors of collections", [
  bad("POST collections/create", undefined, 90136, "No create collection content provided."),
  bad("POST collections/create", {}, 90136),
  bad("POST collections/create", new Raw("{"), 80000, around("Incorrect parameter: ")),
  bad("POST collections/create", new Raw("[1]"), 80000),
  bad(
    "POST collections/create",
    { ...c, dimension: "4" },
    90139,
    "Type mismatch for field 'dimension'. expected type:Integer, but received input:\"4\".",
  ),
  bad("POST collections/create", { dimension: 4 }, 90011, badName),
  bad("POST collections/create", { collectionName: "", dimension: 4 }, 90011, badName),
  bad("POST collections/create", { collectionName: "1-x", dimension: 4 }, 90011, badName),
  bad("POST collections/create", c, 90122, "No dimension key field."),
  bad("POST collections/create", { ...c, dimension: 1 }, 90025),
  bad("POST collections/create", { ...c, dimension: 32769 }, 90025),
  bad(
    "POST collections/create",
    { ...c, dimension: 4, metricType: "HAMMING" },
    90027,
    around("Invalid parameter metricType."),
  ),
  bad(
    "POST collections/create",
    { ...c, dimension: 4, description: "x".repeat(4097) },
    90014,
    "The length of parameter description can not exceed 4096.",
  ),
  good("POST collections/create", { ...c, dimension: 4 }),
  bad("POST collections/create", { ...c, dimension: 5 }, 90106, "The collection already exists."),
  bad("GET collections/describe", undefined, 90011, badName),
  bad("GET collections/describe?collectionName=none", undefined, 90001, unknown),
  bad("POST collections/drop", undefined, 90138, "No drop collection content provided."),
  bad("POST collections/drop", { collectionName: 5 }, 90139),
  bad("POST collections/drop", { collectionName: "a b" }, 90011, badName),
  bad("POST collections/drop", { collectionName: "none" }, 90001, unknown),
]);

contract("v1 (cloud): documented errors of writes", [
  keyed,
  strict,
  bad("POST insert", undefined, 90131, "No insert content provided."),
  bad("POST insert", { ...c, collectionName: 5, data: {} }, 90139),
  bad("POST insert", { data: [row(1)] }, 90011, badName),
  bad("POST insert", c, 90118),
  bad("POST insert", { ...c, data: "rows" }, 90119),
  bad("POST insert", { ...c, data: [5] }, 90119),
  bad("POST insert", { ...c, data: [] }, 90120),
  bad("POST insert", { ...c, data: {} }, 90121),
  bad("POST insert", { ...c, data: [row(1), {}] }, 90121),
  bad(
    "POST insert",
    { ...c, data: Array.from({ length: 101 }, (_, i) => row(i)) },
    90109,
    "The max insert batch rows should below 100.",
  ),
  bad("POST insert", { collectionName: "none", data: [row(1)] }, 90001, unknown),
  bad(
    "POST insert",
    { ...c, data: [{ id: 1, vector: [1, 2] }] },
    90007,
    "The vector dimensions do not match on the field vector. The input vector has a dimension of 2, while the expected vector dimension is 4.",
  ),
  bad(
    "POST insert",
    { ...c, data: [{ id: 1 }] },
    90115,
    "The number of columns inserted does not match the defined number of columns in the set.",
  ),
  bad(
    "POST insert",
    { collectionName: "strict", data: [{ key: "a", vec: [1, 2], n: "many" }] },
    90010,
    "The type of field n does not match, expecting an Int64 but VarChar was inputted instead.",
  ),
  bad(
    "POST insert",
    { collectionName: "strict", data: [{ key: "a", vec: [1, 2], n: 1, x: 1, y: 2 }] },
    90108,
    "Extraneous fields x,y in the json file need to be removed",
  ),
  good("POST collections/create", { collectionName: "auto", dimension: 4 }),
  bad(
    "POST insert",
    { collectionName: "auto", data: [row(1)] },
    90107,
    "Can not assign primary field data when auto id enabled int64",
  ),
  bad("POST upsert", undefined, 90148, "No upsert content provided."),
  bad("POST upsert", { collectionName: 5, data: [row(1)] }, 90149, around("Type mismatch for field 'collectionName'.")),
  bad("POST upsert", { ...c, data: 5 }, 90149),
  bad("POST upsert", c, 90150),
  bad("POST upsert", { ...c, data: [] }, 90151),
  bad("POST upsert", { ...c, data: [{}] }, 90152),
  bad("POST upsert", { collectionName: "none", data: [row(1)] }, 90001, unknown),
  ok("collections/get_stats", c, { rowCount: 0 }),
]);

contract("v1 (cloud): documented errors of reads", [
  keyed,
  strict,
  bad("POST get", undefined, 90133, "No get content provided."),
  bad("POST get", c, 90124, "no id key field, please check your request."),
  bad("POST get", { ...c, id: {} }, 90139),
  bad(
    "POST get",
    { ...c, id: Array.from({ length: 101 }, (_, i) => i) },
    90140,
    "The number of elements in parameter 'id' should not exceed 100.",
  ),
  bad("POST get", { collectionName: "none", id: 1 }, 90001, unknown),
  bad(
    "POST get",
    { collectionName: "strict", id: "a", outputFields: ["nope"] },
    90002,
    "The return value property nope does not exist on collection strict.",
  ),
  bad("POST query", undefined, 90134, "No query content provided."),
  bad("POST query", c, 90110, "No filter key field."),
  bad("POST query", { ...c, filter: "" }, 90110),
  bad("POST query", { ...c, filter: 5 }, 90139),
  bad(
    "POST query",
    { ...c, filter: "id > 0", limit: 0 },
    90004,
    "The parameter value for 'limit' should be between 1 and 100.",
  ),
  bad("POST query", { ...c, filter: "id > 0", limit: 101 }, 90004),
  bad(
    "POST query",
    { ...c, filter: "id > 0", offset: -1 },
    90005,
    "The parameter value for 'offset' should not be less than 0.",
  ),
  bad(
    "POST query",
    { ...c, filter: "id > 0", offset: 16300 },
    90126,
    "The sum of the 'offset' parameter value and the 'limit' parameter value should not exceed 16384.",
  ),
  bad("POST query", { collectionName: "none", filter: "id > 0" }, 90001, unknown),
  bad(
    "POST query",
    { ...c, filter: "id >" },
    90003,
    "Invalid expression. Please refer to the documentation for usage of the expression",
  ),
  bad("POST query", { collectionName: "strict", filter: "n > 0", outputFields: ["nope"] }, 90002),
  bad("POST search", undefined, 90135, "No search content provided."),
  bad("POST search", c, 90125, "No vector key field."),
  bad("POST search", { ...c, vector: "x" }, 90139),
  bad("POST search", { ...c, vector: [1, 0, 0, 0], limit: 101 }, 90004),
  bad("POST search", { ...c, vector: [1, 0, 0, 0], offset: -5 }, 90005),
  bad("POST search", { collectionName: "none", vector: [1] }, 90001, unknown),
  bad(
    "POST search",
    { ...c, vector: [1, 0] },
    90007,
    "The vector dimensions do not match on the field vector. The input vector has a dimension of 2, while the expected vector dimension is 4.",
  ),
  bad("POST search", { ...c, vector: [1, 0, 0, 0], filter: "id >" }, 90003),
  bad("POST search", { collectionName: "strict", vector: [1, 0], outputFields: ["nope"] }, 90002),
]);

contract("v1 (cloud): documented errors of delete, in their order", [
  keyed,
  strict,
  good("POST insert", { ...c, data: [1, 2, 3].map(row) }, expect.anything()),
  bad("POST delete", undefined, 90132, "No delete content provided."),
  bad("POST delete", {}, 90132),
  bad("POST delete", new Raw("{collectionName}"), 80000, around("Incorrect parameter: ")),
  bad("POST delete", new Raw("5"), 80000),
  bad(
    "POST delete",
    { collectionName: 5 },
    90139,
    "Type mismatch for field 'collectionName'. expected type:String, but received input:5.",
  ),
  bad("POST delete", { collectionName: "1x", id: true }, 90139, around("Type mismatch for field 'id'.")),
  bad("POST delete", { ...c, id: {} }, 90139),
  bad("POST delete", { ...c, filter: 5 }, 90139),
  bad("POST delete", { ...c, dbName: 5, id: 1 }, 90139),
  bad("POST delete", { id: 1 }, 90011, badName),
  bad("POST delete", { collectionName: "1x" }, 90011, badName),
  bad("POST delete", { collectionName: "none" }, 90124, around("no id key field")),
  bad("POST delete", { ...c, id: null }, 90124),
  bad("POST delete", { collectionName: "none", filter: "" }, 90110, "No filter key field."),
  bad("POST delete", { collectionName: "none", id: Array.from({ length: 101 }, (_, i) => i) }, 90140),
  bad(
    "POST delete",
    { collectionName: "none", id: [] },
    90128,
    "Not contains data to filter, please check the filter field",
  ),
  bad("POST delete", { collectionName: "none", id: "abc" }, 90001, unknown),
  bad(
    "POST delete",
    { ...c, id: "abc" },
    90123,
    "The inputted ID value does not match the field id, expecting Int64 but received VarChar instead.",
  ),
  bad("POST delete", { ...c, id: [1, 1.5] }, 90123),
  bad("POST delete", { ...c, id: "9223372036854775808" }, 90123),
  bad(
    "POST delete",
    { collectionName: "strict", id: 5 },
    90123,
    "The inputted ID value does not match the field key, expecting VarChar but received Int64 instead.",
  ),
  bad("POST delete", { ...c, filter: "id in" }, 80000, around("Incorrect parameter: ")),
  bad(
    "POST delete",
    { ...c, filter: 'color == "red"' },
    90127,
    "Please use id in (a,b,c) filtering in the expression.",
  ),
  bad("POST delete", { ...c, filter: "id > 1" }, 90127),
  bad("POST delete", { ...c, filter: "id not in [1]" }, 90127),
  bad("POST delete", { ...c, filter: "id in [1] or id > 0" }, 90127),
  bad("POST delete", { ...c, filter: "1 == 1" }, 90127),
  bad("POST delete", { ...c, filter: "id in []" }, 90128),
  bad(
    "POST delete",
    { ...c, filter: "id in [1.5]" },
    90129,
    "Filter dataType not support, please check the filter field",
  ),
  bad("POST delete", { ...c, filter: "id == true" }, 90129),
  // A filter decides, whatever the id is.
  good("POST delete", { ...c, id: "abc", filter: "id == 1" }),
  good("POST delete", { ...c, filter: "(id IN [2, 99])" }),
  good("POST delete", { collectionName: "strict", filter: "key in ['a', \"b\"]" }),
  v2("entities/query", { ...c, filter: "", outputFields: ["id"] }, { code: 0, cost: 0, data: [{ id: 3 }] }),
]);

const missing = (...required: string[]) => `missing required parameters, required parameters: [${required.join(", ")}]`;
contract(
  "v1 (server): documented errors",
  [
    keyed,
    strict,
    bad("POST collections/create", new Raw(""), 1801, "can only accept json format request, error: EOF"),
    bad("POST collections/create", new Raw("null"), 1802, missing("collectionName", "dimension")),
    bad("POST collections/create", new Raw("{"), 1801, around("can only accept json format request, error: ")),
    bad("POST collections/create", new Raw("null behind"), 1802, missing("collectionName", "dimension")),
    bad("POST collections/create", new Raw('{"dimension":4}}'), 1802, missing("collectionName", "dimension")),
    bad("POST collections/create", { ...c, dimension: "4" }, 1801),
    bad("POST collections/create", c, 1802, missing("collectionName", "dimension")),
    bad("POST collections/create", { dimension: 4 }, 1802, missing("collectionName", "dimension")),
    bad(
      "POST collections/create",
      { ...c, dimension: 5 },
      65535,
      "create duplicate collection with different parameters, collection: book",
    ),
    bad("GET collections/describe", undefined, 1802, missing("collectionName")),
    bad("GET collections/describe?collectionName=none", undefined, 100),
    bad("POST collections/drop", {}, 1802, missing("collectionName")),
    bad(
      "POST collections/drop",
      { collectionName: "none" },
      100,
      "collection not found, database: default, collection: none",
    ),
    bad("POST insert", c, 1802, missing("collectionName", "data")),
    bad("POST insert", { ...c, data: [{ id: 1 }] }, 1804, around("fail to deal the insert data, error: ")),
    bad("POST insert", { collectionName: "none", data: [row(1)] }, 100),
    good(
      "POST insert",
      { ...c, data: Array.from({ length: 101 }, (_, i) => row(i)) },
      expect.objectContaining({ insertCount: 101 }),
    ),
    bad("POST upsert", { data: [row(1)] }, 1802, missing("collectionName", "data")),
    bad("POST get", c, 1802, missing("collectionName", "id")),
    bad("POST get", { ...c, id: "abc" }, 1806),
    bad("POST query", { ...c, filter: "" }, 1802, missing("collectionName", "filter")),
    bad("POST query", { ...c, filter: "id >" }, 1100),
    good("POST query", { ...c, filter: "id >= 0", limit: 200, outputFields: ["count(*)"] }, [{ "count(*)": 101 }]),
    bad("POST search", c, 1802, missing("collectionName", "vector")),
    bad("POST search", { ...c, vector: [1] }, 1801),
    bad("POST delete", c, 1802, missing("collectionName", "id/filter")),
    bad("POST delete", { ...c, id: "abc" }, 1806),
    bad("POST delete", { collectionName: "none", id: 1 }, 100),
    bad("POST delete", { ...c, filter: "id >" }, 1100),
    good("POST delete", { ...c, filter: 'color == "red"' }),
    good("POST delete", { ...c, id: Array.from({ length: 101 }, (_, i) => i) }),
    ok("collections/get_stats", c, { rowCount: 0 }),
  ],
  { v1ErrorDialect: "server" },
);
