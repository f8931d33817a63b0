import { expect } from "vitest";
import { around, book, contract, fails, ok, rows, type Step, v2 } from "./support.js";

const create = (body: object): Step => ok("collections/create", body);
const refused = (body: object, code: number, message: unknown): Step =>
  fails("collections/create", { collectionName: "c", ...body }, code, message);

const pk = { fieldName: "id", dataType: "Int64", isPrimary: true };
const vec = { fieldName: "vec", dataType: "FloatVector", elementTypeParams: { dim: "4" } };
const index = { fieldName: "vec", metricType: "L2", indexType: "HNSW", params: { M: 8, efConstruction: 64 } };
/** A custom schema with these fields besides key and vector. */
const custom = (...fields: object[]) => ({ schema: { fields: [pk, vec, ...fields] } });

contract("collections: quick setup", [
  create({ collectionName: "book", dimension: 5 }),
  v2(
    "collections/describe",
    { collectionName: "book" },
    {
      code: 0,
      message: "",
      data: {
        collectionName: "book",
        collectionID: expect.any(Number),
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
            params: [{ key: "dim", value: "5" }],
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
    },
  ),
  v2(
    "collections/get_load_state",
    { collectionName: "book" },
    { code: 0, data: { loadState: "LoadStateLoaded", loadProgress: 100 }, message: "" },
  ),
  // Again with the same definition: no error.
  create({ collectionName: "book", dimension: 5 }),
  fails(
    "collections/create",
    { collectionName: "book", dimension: 6 },
    65535,
    "create duplicate collection with different parameters, collection: book",
  ),
  ok("collections/list", {}, ["book"]),
  refused(
    {},
    1100,
    "dimension is required for quickly create collection(default metric type: COSINE): invalid parameter[expected=collectionName & dimension][actual=collectionName]",
  ),
  refused(
    { dimension: 4, idType: "Int32" },
    1100,
    "idType can only be [Int64, VarChar], default: Int64: invalid parameter[expected=Int64, Varchar][actual=Int32]",
  ),
  refused({ dimension: 1 }, 65535, "invalid dimension: 1. should be in range 2 ~ 32768"),
  refused({ dimension: 32769 }, 65535, around("invalid dimension: 32769", "should be in range 2 ~ 32768")),
  refused(
    { dimension: 4, idType: "VarChar" },
    65535,
    "type param(max_length) should be specified for varChar field(id) of collection c",
  ),
  refused(
    { dimension: 4, params: { consistencyLevel: "Loose" } },
    1100,
    "consistencyLevel can only be [Strong, Session, Bounded, Eventually, Customized], default: Bounded: invalid parameter[expected=Strong, Session, Bounded, Eventually, Customized][actual=Loose]",
  ),
  refused({ dimension: 4, params: { shardsNum: 17 } }, 65535, "maximum shards's number should be limited to 16"),
  ok("collections/has", { collectionName: "c" }, { has: false }),
]);

contract("collections: custom schema", [
  create({ collectionName: "plain", ...custom() }),
  v2("collections/get_load_state", { collectionName: "plain" }, { code: 0, data: { loadState: "LoadStateNotLoad" } }),
  ok("indexes/list", { collectionName: "plain" }, []),
  create({
    collectionName: "full",
    ...custom({
      fieldName: "tag",
      dataType: "VarChar",
      elementTypeParams: { max_length: 16 },
      nullable: true,
      defaultValue: "x",
    }),
    indexParams: [index],
    params: { consistencyLevel: "Strong", shardsNum: 2, ttlSeconds: 60 },
  }),
  ok(
    "collections/describe",
    { collectionName: "full" },
    expect.objectContaining({
      enableDynamicField: false,
      consistencyLevel: "Strong",
      shardsNum: 2,
      load: "LoadStateLoaded",
      properties: [
        { key: "collection.ttl.seconds", value: "60" },
        { key: "timezone", value: "UTC" },
      ],
      indexes: [{ fieldName: "vec", indexName: "vec", metricType: "L2" }],
      fields: [
        expect.objectContaining({ id: 100, name: "id" }),
        expect.objectContaining({ id: 101, name: "vec" }),
        expect.objectContaining({
          id: 102,
          name: "tag",
          nullable: true,
          params: [{ key: "max_length", value: "16" }],
          defaultValue: { Data: { StringData: "x" } },
        }),
      ],
    }),
  ),
  refused({ schema: { fields: [vec] } }, 65535, "primary key is not specified"),
  refused(custom({ ...pk, fieldName: "id2" }), 65535, "there are more than one primary key, field name = id, id2"),
  refused(
    { schema: { fields: [{ ...pk, dataType: "Int32" }, vec] } },
    65535,
    "the data type of primary key should be Int64 or VarChar",
  ),
  refused({ schema: { fields: [pk] } }, 1100, "schema does not contain vector field: invalid parameter"),
  refused(
    custom(...[..."abcdefghij"].map((fieldName) => ({ ...vec, fieldName }))),
    65535,
    "maximum vector field's number should be limited to 10",
  ),
  refused(
    custom(...Array.from({ length: 63 }, (_, i) => ({ fieldName: `f${i}`, dataType: "Int64" }))),
    65535,
    "maximum field's number should be limited to 64",
  ),
  refused(custom(vec), 65535, "duplicated field name vec found"),
  refused(
    { schema: { fields: [pk, { fieldName: "vec", dataType: "FloatVector" }] } },
    65535,
    "dimension is not defined in field type params of field vec, check type param `dim` for vector field",
  ),
  refused(
    custom({ fieldName: "s", dataType: "VarChar" }),
    65535,
    "type param(max_length) should be specified for varChar field(s) of collection c",
  ),
  refused(
    custom({ fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 65536 } }),
    1100,
    "the maximum length specified for a VarChar field(s) should be in (0, 65535], but got 65536 instead: invalid parameter",
  ),
  refused(
    custom({ fieldName: "a", dataType: "Array", elementDataType: "Int64" }),
    65535,
    "type param(max_capacity) should be specified for array field a of collection c",
  ),
  refused(
    custom({ fieldName: "a", dataType: "Array", elementDataType: "Int64", elementTypeParams: { max_capacity: 5000 } }),
    65535,
    "the maximum capacity specified for a Array should be in (0, 4096]",
  ),
  refused(
    custom({ fieldName: "s", dataType: "String" }),
    65535,
    "string data type not supported yet, please use VarChar type instead",
  ),
  refused(
    custom({ fieldName: "x", dataType: "int64" }),
    1100,
    "invalid parameter, data type int64 is invalid(case sensitive).",
  ),
  refused(
    custom({ fieldName: "a", dataType: "Array", elementDataType: "Map", elementTypeParams: { max_capacity: 5 } }),
    1100,
    "invalid parameter, element data type Map is invalid(case sensitive).",
  ),
  refused(
    { ...custom(), indexParams: [{ fieldName: "nope" }] },
    1802,
    "missing required parameters, error: `nope` hasn't defined in schema",
  ),
  refused(
    custom({ fieldName: "k", dataType: "Int64", isPartitionKey: true, nullable: true }),
    1100,
    "partition key field not support nullable: invalid parameter",
  ),
  refused(
    { schema: { fields: [{ ...pk, defaultValue: 5 }, vec] } },
    1100,
    "primary field not support default_value: invalid parameter",
  ),
  refused(
    custom({ fieldName: "n", dataType: "Int64", defaultValue: "five" }),
    1100,
    around("convert defaultValue fail, err:"),
  ),
  refused(
    custom({ fieldName: "1x", dataType: "Int64" }),
    1701,
    "Invalid field name: 1x. The first character of a field name must be an underscore or letter.: field name invalid[field=1x]",
  ),
  // Nothing is left of a refused create.
  ok("collections/list", {}, ["plain", "full"]),
]);

contract("collections: names", [
  ...["1st", "a-b", "a b", "x".repeat(256)].map((collectionName) =>
    fails(
      "collections/create",
      { collectionName, dimension: 4 },
      1100,
      around(`Invalid collection name: ${collectionName}.`, ": invalid parameter"),
    ),
  ),
  fails(
    "collections/create",
    { collectionName: " ", dimension: 4 },
    1100,
    "collection name should not be empty: invalid parameter",
  ),
  fails("collections/has", { collectionName: "1st" }, 1100, around("Invalid collection name: 1st.")),
  ...["describe", "get_stats", "load", "release", "flush", "truncate"].map((action) =>
    fails(`collections/${action}`, { collectionName: "none" }, 100, expect.stringMatching(/not found|can't find/)),
  ),
  fails(
    "collections/describe",
    { collectionName: "none" },
    100,
    "can't find collection[database=default][collection=none]",
  ),
  fails("collections/get_load_state", { collectionName: "none" }, 100, "collection not found[collection=none]"),
]);

contract("collections: drop and rename", [
  book,
  ok("aliases/create", { collectionName: "book", aliasName: "novel" }),
  fails("collections/drop", { collectionName: "novel" }, 65535, "cannot drop the collection via alias = novel"),
  fails(
    "collections/drop",
    { collectionName: "book" },
    65535,
    "unable to drop the collection [book] because it has associated aliases [novel], please remove all aliases before dropping the collection",
  ),
  fails(
    "collections/rename",
    { collectionName: "novel", newCollectionName: "x" },
    65535,
    "unsupported use an alias to rename collection, alias:novel",
  ),
  fails(
    "collections/rename",
    { collectionName: "book", newCollectionName: "novel" },
    65535,
    "duplicated new collection name default:novel with other collection name or alias",
  ),
  fails(
    "collections/rename",
    { collectionName: "book", newCollectionName: "book" },
    65535,
    "duplicated new collection name default:book with other collection name or alias",
  ),
  fails(
    "collections/rename",
    { collectionName: "none", newCollectionName: "x" },
    100,
    "collection not found[database=default][collection=none]",
  ),
  fails(
    "collections/rename",
    { collectionName: "book", newCollectionName: "x", newDbName: "none" },
    65535,
    "target database:none not found",
  ),
  fails(
    "collections/rename",
    { collectionName: "book", newCollectionName: "1x" },
    1100,
    around("Invalid collection name: 1x."),
  ),
  ok("databases/create", { dbName: "shop" }),
  fails(
    "collections/rename",
    { collectionName: "book", newCollectionName: "x", newDbName: "shop" },
    65535,
    "fail to rename db name, must drop all aliases of this collection before rename",
  ),
  ok("collections/rename", { collectionName: "book", newCollectionName: "tome" }),
  ok(
    "collections/describe",
    { collectionName: "novel" },
    expect.objectContaining({ collectionName: "tome", aliases: ["novel"], load: "LoadStateLoaded" }),
  ),
  ok("aliases/drop", { aliasName: "novel" }),
  ok("collections/rename", { collectionName: "tome", newCollectionName: "tome", newDbName: "shop" }),
  ok("collections/list", {}, []),
  ok("collections/list", { dbName: "shop" }, ["tome"]),
  ok("collections/drop", { dbName: "shop", collectionName: "tome" }),
  ok("collections/drop", { dbName: "shop", collectionName: "tome" }),
  ok("collections/list", { dbName: "shop" }, []),
]);

contract("collections: properties, fields, maintenance", [
  book,
  ok("entities/insert", { collectionName: "book", data: rows(3) }, expect.anything()),
  ok("collections/alter_properties", {
    collectionName: "book",
    properties: { "collection.ttl.seconds": 3600, custom: "x" },
  }),
  ok(
    "collections/describe",
    { collectionName: "book" },
    expect.objectContaining({
      properties: expect.arrayContaining([
        { key: "collection.ttl.seconds", value: "3600" },
        { key: "custom", value: "x" },
      ]),
    }),
  ),
  fails(
    "collections/alter_properties",
    { collectionName: "book", properties: { "collection.ttl.seconds": "soon" } },
    1100,
    around("collection ttl property value not valid, parse error: ", ": invalid parameter"),
  ),
  fails(
    "collections/alter_properties",
    { collectionName: "book", properties: { "mmap.enabled": true } },
    104,
    "can not alter mmap properties if collection loaded: collection already loaded[collection=book]",
  ),
  ok("collections/drop_properties", { collectionName: "book", propertyKeys: ["custom", "collection.ttl.seconds"] }),
  ok(
    "collections/describe",
    { collectionName: "book" },
    expect.objectContaining({ properties: [{ key: "timezone", value: "UTC" }] }),
  ),
  ok("collections/fields/alter_properties", {
    collectionName: "book",
    fieldName: "vector",
    fieldParams: { "field.description": "what it is about" },
  }),
  ok(
    "collections/describe",
    { collectionName: "book" },
    expect.objectContaining({
      fields: [
        expect.anything(),
        expect.objectContaining({ description: "what it is about", params: [{ key: "dim", value: "4" }] }),
      ],
    }),
  ),
  ok("collections/fields/add", {
    collectionName: "book",
    schema: { fieldName: "pages", dataType: "Int64", nullable: true },
  }),
  ok("entities/get", { collectionName: "book", id: 1, outputFields: ["pages"] }, [{ id: 1, pages: null }]),
  fails(
    "collections/fields/add",
    { collectionName: "book", schema: { fieldName: "n", dataType: "Int64" } },
    1100,
    "added field must be nullable, please check it, field name = n: invalid parameter",
  ),
  fails(
    "collections/fields/add",
    { collectionName: "book", schema: { fieldName: "pages", dataType: "Int64", nullable: true } },
    1100,
    "duplicated field name pages: invalid parameter",
  ),
  fails(
    "collections/fields/add",
    { collectionName: "book", schema: { fieldName: "k", dataType: "Int64", isPrimary: true, nullable: true } },
    1100,
    around("not support to add pk field, field name = k"),
  ),
  fails(
    "collections/fields/alter_properties",
    { collectionName: "book", fieldName: "nope", fieldParams: { max_length: 5 } },
    1100,
    "field nope does not exist in collection: invalid parameter",
  ),
  ok("collections/get_stats", { collectionName: "book" }, { rowCount: 3 }),
  ok("collections/flush", { collectionName: "book" }),
  ok("collections/compact", { collectionName: "book" }, { compactionID: expect.any(Number) }),
  ok(
    "collections/get_compaction_state",
    { jobID: 7 },
    { compactionID: 7, state: "Completed", executingPlanNumber: 0, timeoutPlanNumber: 0, completedPlanNumber: 0 },
  ),
  ok("collections/get_compaction_state", { compactionID: 7 }, expect.objectContaining({ state: "Completed" })),
  ok("collections/truncate", { collectionName: "book" }),
  ok("collections/get_stats", { collectionName: "book" }, { rowCount: 0 }),
  ok("collections/get_load_state", { collectionName: "book" }, { loadState: "LoadStateLoaded", loadProgress: 100 }),
]);

contract("collections: load and release", [
  create({ collectionName: "c", ...custom({ ...vec, fieldName: "vec2" }) }),
  fails("collections/load", { collectionName: "c" }, 700, "index not found[collection=c]"),
  ok("indexes/create", { collectionName: "c", indexParams: [index] }),
  fails(
    "collections/load",
    { collectionName: "c" },
    65535,
    "there is no vector index on field: [vec2], please create index firstly",
  ),
  ok("indexes/create", { collectionName: "c", indexParams: [{ ...index, fieldName: "vec2" }] }),
  fails("collections/refresh_load", { collectionName: "c" }, 101, around("collection not loaded[collection=")),
  ok("collections/load", { collectionName: "c" }),
  ok("collections/load", { collectionName: "c" }),
  ok("collections/refresh_load", { collectionName: "c" }),
  ok("partitions/create", { collectionName: "c", partitionName: "p" }),
  v2(
    "collections/get_load_state",
    { collectionName: "c", partitionNames: ["p"] },
    { code: 0, data: { loadState: "LoadStateLoaded", loadProgress: 100 }, message: "" },
  ),
  fails(
    "collections/get_load_state",
    { collectionName: "c", partitionNames: ["none"] },
    200,
    "partition not found[partition=none]",
  ),
  ok("partitions/release", { collectionName: "c", partitionNames: ["p"] }),
  v2(
    "collections/get_load_state",
    { collectionName: "c", partitionNames: ["p"] },
    { code: 0, data: { loadState: "LoadStateNotLoad" } },
  ),
  v2(
    "collections/get_load_state",
    { collectionName: "c" },
    { code: 0, data: { loadState: "LoadStateLoaded", loadProgress: 100 }, message: "" },
  ),
  ok("collections/release", { collectionName: "c" }),
  ok("collections/release", { collectionName: "c" }),
  v2("collections/get_load_state", { collectionName: "c" }, { code: 0, data: { loadState: "LoadStateNotLoad" } }),
]);
