import { expect } from "vitest";
import { around, book, contract, fails, ok, rows, type Step } from "./support.js";

const c = { collectionName: "book" };
const index = (params: object): Step => ok("indexes/create", { ...c, indexParams: [params] });
const refusedIndex = (params: object, code: number, message: unknown): Step =>
  fails("indexes/create", { ...c, indexParams: [params] }, code, message);

contract("indexes", [
  ok("collections/create", {
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vec", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
        { fieldName: "n", dataType: "Int64", nullable: true },
      ],
    },
  }),
  ok("indexes/list", c, []),
  refusedIndex({ fieldName: "none", metricType: "L2" }, 65535, "cannot create index on non-exist field: none"),
  refusedIndex(
    { fieldName: "vec", indexType: "HNSW", params: { M: 8, efConstruction: 64 } },
    1100,
    "metric type not set for vector index: invalid parameter[expected=valid index params][actual=invalid index params]",
  ),
  refusedIndex(
    { fieldName: "vec", indexType: "HNSW", metricType: "HAMMING", params: { M: 8, efConstruction: 64 } },
    1100,
    around("float vector index does not support metric type: HAMMING: invalid parameter["),
  ),
  refusedIndex({ fieldName: "vec", indexType: "BTREE", metricType: "L2" }, 1100, expect.any(String)),
  refusedIndex(
    { fieldName: "vec", indexType: "NOPE", metricType: "L2" },
    1100,
    "invalid parameter[expected=valid index][actual=invalid index type: NOPE]",
  ),
  refusedIndex(
    { fieldName: "vec", indexType: "HNSW", metricType: "L2", params: { M: 4096, efConstruction: 64 } },
    1100,
    expect.stringContaining("should be in range [2, 2048]"),
  ),
  refusedIndex({ fieldName: "vec", indexName: "1x", metricType: "L2" }, 65535, around("Invalid index name: 1x.")),
  index({ fieldName: "vec", metricType: "L2", indexType: "HNSW", params: { M: 8, efConstruction: 64 } }),
  index({ fieldName: "vec", metricType: "L2", indexType: "HNSW", params: { M: 8, efConstruction: 64 } }),
  refusedIndex(
    { fieldName: "vec", metricType: "IP", indexType: "HNSW", params: { M: 8, efConstruction: 64 } },
    65535,
    "CreateIndex failed: at most one distinct index is allowed per field",
  ),
  index({ fieldName: "n", indexName: "n_idx", indexType: "INVERTED" }),
  ok("indexes/list", c, ["vec", "n_idx"]),
  ok("entities/insert", { ...c, data: [{ id: 1, vec: [1, 0, 0, 0], n: 5 }] }, expect.anything()),
  ok("indexes/describe", { ...c, indexName: "vec" }, [
    {
      indexName: "vec",
      fieldName: "vec",
      indexType: "HNSW",
      metricType: "L2",
      totalRows: 1,
      indexedRows: 1,
      pendingRows: 0,
      indexState: "Finished",
      failReason: "",
    },
  ]),
  ok("indexes/describe", { ...c, indexName: "n_idx" }, [
    expect.objectContaining({ fieldName: "n", metricType: "", indexState: "Finished" }),
  ]),
  fails("indexes/describe", { ...c, indexName: "none" }, 700, "index not found[indexName=none]"),
  fails("indexes/describe", { collectionName: "none", indexName: "x" }, 100, expect.any(String)),
  ok("collections/load", c),
  fails(
    "indexes/drop",
    { ...c, indexName: "vec" },
    65535,
    "index cannot be dropped, collection is loaded, please release it first",
  ),
  ok("indexes/drop", { ...c, indexName: "n_idx" }),
  ok("indexes/drop", { ...c, indexName: "n_idx" }),
  fails(
    "indexes/alter_properties",
    { ...c, indexName: "vec", properties: { "mmap.enabled": true } },
    104,
    "can't alter index on loaded collection, please release the collection first: collection already loaded[collection=book]",
  ),
  ok("collections/release", c),
  fails(
    "indexes/alter_properties",
    { ...c, indexName: "vec", properties: { M: 9 } },
    1100,
    "M is not configable index param: invalid parameter",
  ),
  ok("indexes/alter_properties", { ...c, indexName: "vec", properties: { "mmap.enabled": true } }),
  ok("indexes/drop_properties", { ...c, indexName: "vec", propertyKeys: ["mmap.enabled"] }),
  ok("indexes/drop", { ...c, indexName: "vec" }),
  ok("indexes/list", c, []),
  index({ fieldName: "vec" }),
  ok("indexes/describe", { ...c, indexName: "vec" }, [
    expect.objectContaining({ indexType: "AUTOINDEX", metricType: "COSINE" }),
  ]),
]);

contract("aliases", [
  book,
  ok("collections/create", { collectionName: "other", dimension: 4 }),
  ok("aliases/create", { ...c, aliasName: "a1" }),
  ok("aliases/create", { ...c, aliasName: "a1" }),
  ok("aliases/list", {}, ["a1"]),
  ok("aliases/list", { collectionName: "other" }, []),
  ok("aliases/describe", { aliasName: "a1" }, { dbName: "default", collectionName: "book", aliasName: "a1" }),
  fails(
    "aliases/create",
    { collectionName: "other", aliasName: "a1" },
    1602,
    "a1 is alias to another collection: book: alias already exist[database=default][alias=a1]",
  ),
  fails(
    "aliases/create",
    { ...c, aliasName: "other" },
    1601,
    "alias and collection name conflict[database=default][alias=other]",
  ),
  fails(
    "aliases/alter",
    { ...c, aliasName: "other" },
    1601,
    "alias and collection name conflict[database=default][alias=other]",
  ),
  fails(
    "aliases/create",
    { collectionName: "none", aliasName: "a2" },
    100,
    "collection not found[database=default][collection=none]",
  ),
  fails("aliases/alter", { collectionName: "none", aliasName: "a1" }, 100, "collection not found[collection=none]"),
  fails("aliases/alter", { ...c, aliasName: "none" }, 1600, "alias not found[database=default][alias=none]"),
  fails("aliases/describe", { aliasName: "none" }, 1600, "alias not found[database=default][alias=none]"),
  fails("aliases/list", { collectionName: "none" }, 100, "collection not found[collection=none]"),
  fails(
    "aliases/create",
    { ...c, aliasName: "1x" },
    1100,
    around("Invalid collection alias: 1x.", ": invalid parameter"),
  ),
  ok("entities/insert", { collectionName: "a1", data: rows(1) }, { insertCount: 1, insertIds: [1] }),
  ok("collections/has", { collectionName: "a1" }, { has: true }),
  ok("aliases/alter", { collectionName: "other", aliasName: "a1" }),
  ok("aliases/describe", { aliasName: "a1" }, { dbName: "default", collectionName: "other", aliasName: "a1" }),
  ok("aliases/drop", { aliasName: "a1" }),
  ok("aliases/drop", { aliasName: "a1" }),
  ok("aliases/list", {}, []),
]);

contract("databases", [
  ok("databases/list", {}, ["default"]),
  ok("databases/create", { dbName: "shop", properties: { "database.replica.number": 1, flag: true } }),
  fails("databases/create", { dbName: "shop" }, 65535, "database already exist: shop"),
  fails(
    "databases/create",
    { dbName: "1x" },
    802,
    around(
      "the first character of a database name must be an underscore or letter: invalid database name[database=1x]",
    ),
  ),
  fails("databases/create", {}, 1802, around("missing required parameters")),
  ok("databases/list", {}, ["default", "shop"]),
  ok(
    "databases/describe",
    { dbName: "shop" },
    {
      dbName: "shop",
      dbID: expect.any(Number),
      properties: [
        { key: "database.replica.number", value: "1" },
        { key: "flag", value: "true" },
      ],
    },
  ),
  fails("databases/describe", { dbName: "none" }, 800, "database not found[database=none]"),
  ok("databases/alter", { dbName: "shop", properties: { flag: "no" } }),
  ok("databases/alter_properties", { dbName: "shop", properties: { other: 5 } }),
  ok("databases/drop_properties", { dbName: "shop", propertyKeys: ["flag", "database.replica.number"] }),
  ok("databases/describe", { dbName: "shop" }, expect.objectContaining({ properties: [{ key: "other", value: "5" }] })),
  fails("databases/alter", { dbName: "none", properties: { a: "b" } }, 800, "database not found[database=none]"),
  fails("databases/drop", { dbName: "default" }, 65535, "can not drop default database"),
  ok("collections/create", { dbName: "shop", collectionName: "c", dimension: 4 }),
  fails(
    "databases/drop",
    { dbName: "shop" },
    65535,
    "database:shop not empty, must drop all collections before drop database",
  ),
  ok("collections/drop", { dbName: "shop", collectionName: "c" }),
  ok("databases/drop", { dbName: "shop" }),
  ok("databases/drop", { dbName: "shop" }),
  ok("databases/list", {}, ["default"]),
]);
