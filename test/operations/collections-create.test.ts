import { describe, expect, it } from "vitest";
import { failure } from "../../src/errors.js";
import { JsonDouble } from "../../src/values/json-number.js";
import { idField, openDdl, type Refusal, vectorField, vectorIndex } from "./ddl-support.js";

const create = "collections/create";
const quick = { collectionName: "book", dimension: 4 };

function custom(fields: readonly unknown[], more: object = {}) {
  return { collectionName: "book", schema: { fields }, ...more };
}
const withField = (field: object) => custom([idField, vectorField, field]);
const many = (count: number, make: (i: number) => object) => Array.from({ length: count }, (_, i) => make(i));

describe("quick setup", () => {
  it("makes key, vector and index, and loads", async () => {
    const ddl = openDdl();
    expect(await ddl.ok(create, quick)).toEqual({});
    expect(await ddl.call("collections/describe", { collectionName: "book" })).toEqual({
      code: 0,
      data: {
        collectionName: "book",
        collectionID: ddl.ctx.catalog.find("default", "book")?.id,
        description: "",
        autoId: false,
        enableDynamicField: true,
        consistencyLevel: "Bounded",
        shardsNum: 1,
        partitionsNum: 1,
        load: "LoadStateLoaded",
        aliases: [],
        properties: [{ key: "timezone", value: "UTC" }],
        functions: [],
        fields: [
          {
            id: 100,
            name: "id",
            type: "Int64",
            primaryKey: true,
            partitionKey: false,
            clusteringKey: false,
            autoId: false,
            nullable: false,
            description: "",
          },
          {
            id: 101,
            name: "vector",
            type: "FloatVector",
            params: [{ key: "dim", value: "4" }],
            primaryKey: false,
            partitionKey: false,
            clusteringKey: false,
            autoId: false,
            nullable: false,
            description: "",
          },
        ],
        indexes: [{ fieldName: "vector", indexName: "vector", metricType: "COSINE" }],
      },
    });
    expect(ddl.calls).toEqual(["createTables book", "loadCollection book"]);
  });

  it("takes its options", async () => {
    const ddl = openDdl();
    await ddl.ok(create, {
      ...quick,
      metricType: "l2",
      idType: "Varchar",
      autoId: true,
      primaryFieldName: "key",
      vectorFieldName: "v",
      description: "novels",
      params: {
        max_length: "64",
        enableDynamicField: "false",
        shardsNum: 2,
        consistencyLevel: "Strong",
        ttlSeconds: 60,
      },
    });
    const reply = await ddl.ok("collections/describe", { collectionName: "book" });
    expect(reply).toMatchObject({
      autoId: true,
      enableDynamicField: false,
      consistencyLevel: "Strong",
      shardsNum: 2,
      description: "novels",
      properties: [
        { key: "collection.ttl.seconds", value: "60" },
        { key: "timezone", value: "UTC" },
      ],
      fields: [
        { name: "key", type: "VarChar", autoId: true, params: [{ key: "max_length", value: "64" }] },
        { name: "v", type: "FloatVector" },
      ],
      indexes: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
    });
  });
});

describe("custom schema", () => {
  it("without indexParams makes no index and does not load", async () => {
    const ddl = openDdl();
    await ddl.ok(create, custom([idField, vectorField]));
    expect(await ddl.ok("collections/describe", { collectionName: "book" })).toMatchObject({
      load: "LoadStateNotLoad",
      enableDynamicField: false,
      indexes: [],
    });
    expect(ddl.calls).toEqual(["createTables book"]);
  });

  it("with indexParams makes the indexes and loads", async () => {
    const ddl = openDdl();
    const fields = [
      idField,
      { ...vectorField, elementTypeParams: { dim: new JsonDouble(4) } },
      { fieldName: "word", dataType: "VarChar", elementTypeParams: { max_length: 9 }, nullable: true },
      { fieldName: "tags", dataType: "Array", elementDataType: "Int64", elementTypeParams: { max_capacity: "10" } },
      { fieldName: "count", dataType: "Int64", defaultValue: 9007199254740993n },
    ];
    await ddl.ok(create, {
      collectionName: "book",
      schema: { autoId: true, enableDynamicField: true, fields },
      indexParams: [vectorIndex, { fieldName: "word", indexName: "by_word", params: { index_type: "INVERTED" } }],
    });
    expect(ddl.calls).toEqual(["createTables book", "createScalarIndex book by_word", "loadCollection book"]);
    expect(await ddl.ok("collections/describe", { collectionName: "book" })).toMatchObject({
      autoId: true,
      enableDynamicField: true,
      load: "LoadStateLoaded",
      fields: [
        { id: 100, autoId: true },
        { id: 101, params: [{ key: "dim", value: "4" }] },
        { id: 102, nullable: true, params: [{ key: "max_length", value: "9" }] },
        { id: 103, elementType: "Int64", params: [{ key: "max_capacity", value: "10" }] },
        { id: 104, defaultValue: { Data: { LongData: 9007199254740993n } } },
      ],
      indexes: [
        { fieldName: "vector", indexName: "vector", metricType: "L2" },
        { fieldName: "word", indexName: "by_word", metricType: "" },
      ],
    });
  });

  it("makes the partitions of a partition key", async () => {
    const ddl = openDdl();
    await ddl.ok(create, custom([idField, vectorField, { fieldName: "k", dataType: "Int64", isPartitionKey: true }]));
    expect(ddl.ctx.catalog.find("default", "book")?.partitions.map((p) => p.name)).toEqual(
      many(64, (i) => ({ i })).map((_, i) => `_default_${i}`),
    );
    await ddl.ok(create, {
      ...custom([idField, vectorField, { fieldName: "k", dataType: "Int64", isPartitionKey: true }]),
      collectionName: "small",
      params: { partitionsNum: 3, partitionKeyIsolation: true },
    });
    expect(ddl.ctx.catalog.find("default", "small")?.partitions).toHaveLength(3);
    expect(ddl.ctx.catalog.find("default", "small")?.properties).toEqual({
      "partitionkey.isolation": "true",
      timezone: "UTC",
    });
  });
});

describe("creating again", () => {
  it("accepts an identical definition and loads again", async () => {
    const ddl = openDdl();
    await ddl.ok(create, quick);
    const id = ddl.ctx.catalog.find("default", "book")?.id ?? 0;
    await ddl.ctx.loader.releaseCollection(id);
    await ddl.ok(create, quick);
    expect(ddl.ctx.catalog.find("default", "book")).toMatchObject({ id, loadMode: "collection" });
  });

  it("makes a dropped index again, and not when the load fails", async () => {
    const ddl = openDdl();
    await ddl.ok(create, quick);
    const id = ddl.ctx.catalog.find("default", "book")?.id ?? 0;
    await ddl.ctx.loader.releaseCollection(id);
    const index = ddl.ctx.catalog.byId(id)?.indexes[0]?.id ?? 0;
    ddl.ctx.transaction(() => ddl.ctx.catalog.dropIndex(id, index));
    ddl.failLoad(failure("Internal", { reason: "memory" }));
    expect(await ddl.call(create, quick)).toEqual({ code: 5, message: "service internal error: memory" });
    expect(ddl.ctx.catalog.byId(id)?.indexes).toEqual([]);
    await ddl.ok(create, quick);
    expect(ddl.ctx.catalog.byId(id)?.indexes).toHaveLength(1);
  });

  it("refuses another definition", async () => {
    const ddl = openDdl();
    await ddl.ok(create, quick);
    for (const other of [{ dimension: 8 }, { autoID: true }, { params: { shardsNum: 3 } }, { description: "x" }]) {
      expect(await ddl.call(create, { ...quick, ...other })).toEqual({
        code: 65535,
        message: "create duplicate collection with different parameters, collection: book",
      });
    }
  });
});

describe("a new collection is loaded by the transaction that makes it", () => {
  it("whether or not its memory can be filled at once", async () => {
    const ddl = openDdl();
    ddl.failLoad(failure("Internal", { reason: "memory" }));
    await ddl.ok(create, quick);
    expect(ddl.calls).toEqual(["createTables book", "loadCollection book"]);
    expect(ddl.ctx.catalog.find("default", "book")).toMatchObject({
      loadMode: "collection",
      partitions: [{ name: "_default", loaded: true }],
    });
  });
});

describe("a failing create leaves nothing", () => {
  it("when an index is wrong", async () => {
    const ddl = openDdl();
    const body = custom([idField, vectorField], { indexParams: [{ fieldName: "nothing", metricType: "L2" }] });
    expect(await ddl.call(create, body)).toEqual({
      code: 1802,
      message: "missing required parameters, error: `nothing` hasn't defined in schema",
    });
    expect(await ddl.ok("collections/list")).toEqual([]);
    expect(ddl.ctx.catalog.allCollections()).toEqual([]);
  });

  it("when a vector field is left without index", async () => {
    const ddl = openDdl();
    const fields = [idField, vectorField, { ...vectorField, fieldName: "b" }, { ...vectorField, fieldName: "c" }];
    expect(await ddl.call(create, custom(fields, { indexParams: [vectorIndex] }))).toEqual({
      code: 65535,
      message: "there is no vector index on field: [b c], please create index firstly",
    });
    expect(await ddl.ok("collections/list")).toEqual([]);
  });
});

const outside = (field: string, what: string) => `invalid dimension: ${what} of field ${field}. float vector dimension`;
const mismatch = (expected: string, actual: string) => `invalid parameter[expected=${expected}][actual=${actual}]`;

const refusals: readonly Refusal[] = [
  {
    when: "quick setup lacks the dimension",
    path: create,
    body: { collectionName: "book" },
    code: 1100,
    message: `dimension is required for quickly create collection(default metric type: COSINE): ${mismatch("collectionName & dimension", "collectionName")}`,
  },
  {
    when: "idType is unknown",
    path: create,
    body: { ...quick, idType: "Int32" },
    code: 1100,
    message: `idType can only be [Int64, VarChar], default: Int64: ${mismatch("Int64, Varchar", "Int32")}`,
  },
  {
    when: "consistencyLevel is unknown",
    path: create,
    body: { ...quick, params: { consistencyLevel: "Weak" } },
    code: 1100,
    message: `consistencyLevel can only be [Strong, Session, Bounded, Eventually, Customized], default: Bounded: ${mismatch("Strong, Session, Bounded, Eventually, Customized", "Weak")}`,
  },
  {
    when: "the metric is unknown",
    path: create,
    body: { ...quick, metricType: "HAMMING" },
    code: 1100,
    message: `float vector index does not support metric type: HAMMING: ${mismatch("valid index params", "invalid index params")}`,
  },
  {
    when: "a VarChar key has no max_length",
    path: create,
    body: { ...quick, idType: "VarChar" },
    code: 65535,
    message: "type param(max_length) should be specified for varChar field(id) of collection book",
  },
  {
    when: "ttlSeconds is negative",
    path: create,
    body: { ...quick, params: { ttlSeconds: -1 } },
    code: 1100,
    message: "collection ttl property value not valid, parse error: value -1 must not be negative: invalid parameter",
  },
  {
    when: "there are too many shards",
    path: create,
    body: { ...quick, params: { shardsNum: 17 } },
    code: 65535,
    message: "maximum shards's number should be limited to 16",
  },
  {
    when: "the name is empty but for spaces",
    path: create,
    body: { ...quick, collectionName: " " },
    code: 1100,
    message: "collection name should not be empty: invalid parameter",
  },
  {
    when: "the name starts with a digit",
    path: create,
    body: { ...quick, collectionName: "1book" },
    code: 1100,
    message:
      "Invalid collection name: 1book. the first character of a collection name must be an underscore or letter: invalid parameter",
  },
  {
    when: "the name has other characters",
    path: create,
    body: { ...quick, collectionName: "bo-ok" },
    code: 1100,
    message:
      "Invalid collection name: bo-ok. collection name can only contain numbers, letters and underscores: invalid parameter",
  },
  {
    when: "the name is too long",
    path: create,
    body: { ...quick, collectionName: "b".repeat(256) },
    code: 1100,
    message: `Invalid collection name: ${"b".repeat(256)}. the length of a collection name must be less than 255 characters: invalid parameter`,
  },
  {
    when: "the database is missing",
    path: create,
    body: { ...quick, dbName: "none" },
    code: 800,
    message: "database not found[database=none]",
  },
  {
    when: "there is no primary key",
    path: create,
    body: custom([vectorField]),
    code: 65535,
    message: "primary key is not specified",
  },
  {
    when: "there are two primary keys",
    path: create,
    body: withField({ fieldName: "b", dataType: "Int64", isPrimary: true }),
    code: 65535,
    message: "there are more than one primary key, field name = id, b",
  },
  {
    when: "the primary key has another type",
    path: create,
    body: custom([{ ...idField, dataType: "Int32" }, vectorField]),
    code: 65535,
    message: "the data type of primary key should be Int64 or VarChar",
  },
  {
    when: "autoID is put on another field",
    path: create,
    body: withField({ fieldName: "b", dataType: "Int64", autoID: true }),
    code: 65535,
    message: "only primary field can speficy AutoID with true, field name = b",
  },
  {
    when: "there is no vector field",
    path: create,
    body: custom([idField]),
    code: 1100,
    message: "schema does not contain vector field: invalid parameter",
  },
  {
    when: "there are eleven vector fields",
    path: create,
    body: custom([idField, ...many(11, (i) => ({ ...vectorField, fieldName: `v${i}` }))]),
    code: 65535,
    message: "maximum vector field's number should be limited to 10",
  },
  {
    when: "there are 65 fields",
    path: create,
    body: custom([idField, vectorField, ...many(63, (i) => ({ fieldName: `f${i}`, dataType: "Bool" }))]),
    code: 65535,
    message: "maximum field's number should be limited to 64",
  },
  {
    when: "a field is there twice",
    path: create,
    body: withField({ fieldName: "id", dataType: "Bool" }),
    code: 65535,
    message: "duplicated field name id found",
  },
  {
    when: "a vector field has no dim",
    path: create,
    body: custom([idField, { fieldName: "v", dataType: "FloatVector" }]),
    code: 65535,
    message: "dimension is not defined in field type params of field v, check type param `dim` for vector field",
  },
  {
    when: "dim is 1",
    path: create,
    body: { ...quick, dimension: 1 },
    code: 65535,
    message: "invalid dimension: 1. should be in range 2 ~ 32768",
  },
  {
    when: "dim is too large",
    path: create,
    body: { ...quick, dimension: 32769 },
    code: 65535,
    message: `${outside("vector", "32769")} should be in range 2 ~ 32768`,
  },
  {
    when: "a VarChar field has no max_length",
    path: create,
    body: withField({ fieldName: "w", dataType: "VarChar" }),
    code: 65535,
    message: "type param(max_length) should be specified for varChar field(w) of collection book",
  },
  {
    when: "max_length is out of range",
    path: create,
    body: withField({ fieldName: "w", dataType: "VarChar", elementTypeParams: { max_length: 65536 } }),
    code: 1100,
    message:
      "the maximum length specified for a VarChar field(w) should be in (0, 65535], but got 65536 instead: invalid parameter",
  },
  {
    when: "an Array has no max_capacity",
    path: create,
    body: withField({ fieldName: "a", dataType: "Array", elementDataType: "Int8" }),
    code: 65535,
    message: "type param(max_capacity) should be specified for array field a of collection book",
  },
  {
    when: "max_capacity is out of range",
    path: create,
    body: withField({
      fieldName: "a",
      dataType: "Array",
      elementDataType: "Int8",
      elementTypeParams: { max_capacity: 4097 },
    }),
    code: 65535,
    message: "the maximum capacity specified for a Array should be in (0, 4096]",
  },
  {
    when: "a field is a String",
    path: create,
    body: withField({ fieldName: "s", dataType: "String" }),
    code: 65535,
    message: "string data type not supported yet, please use VarChar type instead",
  },
  {
    when: "a data type is misspelt",
    path: create,
    body: withField({ fieldName: "s", dataType: "int64" }),
    code: 1100,
    message: "invalid parameter, data type int64 is invalid(case sensitive).",
  },
  {
    when: "an element type is misspelt",
    path: create,
    body: withField({ fieldName: "s", dataType: "Array", elementDataType: "int64" }),
    code: 1100,
    message: "invalid parameter, element data type int64 is invalid(case sensitive).",
  },
  {
    when: "a data type is not supported",
    path: create,
    body: withField({ fieldName: "s", dataType: "Struct", elementTypeParams: { dim: 16 } }),
    code: 3000,
    message: "unsupported operation: data type Struct is not supported by the embedded engine",
  },
  {
    when: "a function needs a model",
    path: create,
    body: {
      collectionName: "book",
      schema: {
        fields: [idField, vectorField],
        functions: [
          {
            name: "f",
            type: "TextEmbedding",
            inputFieldNames: ["text"],
            outputFieldNames: ["vector"],
            params: { provider: "openai" },
          },
        ],
      },
    },
    code: 1100,
    message: "text embedding model provider [openai] is disabled: invalid parameter",
  },
  {
    when: "the output of a function is nullable",
    path: create,
    body: {
      collectionName: "book",
      schema: {
        fields: [
          idField,
          vectorField,
          { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 9, enable_analyzer: true } },
          { fieldName: "s", dataType: "SparseFloatVector", nullable: true },
        ],
        functions: [{ name: "f", type: "BM25", inputFieldNames: ["t"], outputFieldNames: ["s"] }],
      },
    },
    code: 1100,
    message: "function output field cannot be nullable: function f, field s: invalid parameter",
  },
  {
    when: "the primary key is nullable",
    path: create,
    body: custom([{ ...idField, nullable: true }, vectorField]),
    code: 1100,
    message: "primary field not support null: invalid parameter",
  },
  {
    when: "the partition key is nullable",
    path: create,
    body: withField({ fieldName: "k", dataType: "Int64", isPartitionKey: true, nullable: true }),
    code: 1100,
    message: "partition key field not support nullable: invalid parameter",
  },
  {
    when: "the primary key has a default",
    path: create,
    body: custom([{ ...idField, defaultValue: 1 }, vectorField]),
    code: 1100,
    message: "primary field not support default_value: invalid parameter",
  },
  {
    when: "a default has the wrong type",
    path: create,
    body: withField({ fieldName: "n", dataType: "Int8", defaultValue: "x" }),
    code: 1100,
    message: `convert defaultValue fail, err:Wrong defaultValue type: ${mismatch("number", "x")}`,
  },
  {
    when: "a default is put on JSON",
    path: create,
    body: withField({ fieldName: "n", dataType: "JSON", defaultValue: {} }),
    code: 1100,
    message: "convert defaultValue fail, err:Unexpected default value type: JSON: invalid parameter",
  },
  {
    when: "a default is longer than max_length",
    path: create,
    body: withField({ fieldName: "w", dataType: "VarChar", elementTypeParams: { max_length: 1 }, defaultValue: "é" }),
    code: 1100,
    message: `the length (2) of string exceeds max length (1): ${mismatch("valid length string", "string length exceeds max length")}`,
  },
  {
    when: "a field name is a keyword",
    path: create,
    body: withField({ fieldName: "like", dataType: "Bool" }),
    code: 1701,
    message: "Invalid field name: like. like is keyword in milvus.: field name invalid[field=like]",
  },
  {
    when: "a field name has other characters",
    path: create,
    body: withField({ fieldName: "a-b", dataType: "Bool" }),
    code: 1701,
    message:
      "Invalid field name: a-b. Field name can only contain numbers, letters, and underscores.: field name invalid[field=a-b]",
  },
  {
    when: "a field has no name",
    path: create,
    body: withField({ dataType: "Bool" }),
    code: 1701,
    message: "field name should not be empty: field name invalid[field=]",
  },
  {
    when: "an index has no metric",
    path: create,
    body: custom([idField, vectorField], { indexParams: [{ fieldName: "vector", indexType: "HNSW" }] }),
    code: 1100,
    message: `metric type not set for vector index: ${mismatch("valid index params", "invalid index params")}`,
  },
  {
    when: "the dimension is text",
    path: create,
    body: { ...quick, dimension: "4" },
    code: 1801,
    message:
      "can only accept json format request, error: json: cannot unmarshal string into Go struct field CollectionReq.dimension of type int32",
  },
  {
    when: "a flag inside the schema is a number",
    path: create,
    body: { collectionName: "book", schema: { enableDynamicField: 1 } },
    code: 1801,
    message:
      "can only accept json format request, error: json: cannot unmarshal number into Go struct field CollectionReq.schema.enableDynamicField of type bool",
  },
  {
    when: "the name is missing",
    path: create,
    body: { dimension: 4 },
    code: 1802,
    message:
      "missing required parameters, error: Key: 'CollectionReq.CollectionName' Error:Field validation for 'CollectionName' failed on the 'required' tag",
  },
];

describe("create is refused", () => {
  it.each(refusals)("when $when", async ({ path, body, code, message }) => {
    const ddl = openDdl();
    expect(await ddl.call(path, body)).toEqual({ code, message });
    expect(ddl.calls).toEqual([]);
    expect(await ddl.ok("collections/list")).toEqual([]);
  });
});
