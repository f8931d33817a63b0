import { expect } from "vitest";
import { around, book, contract, fails, ok, Raw, rows, v2 } from "./support.js";

const empty = "can only accept json format request, the request body should be nil, however {} is valid";
const json = around("can only accept json format request, error: ");
const missing = (...fields: string[]) =>
  around(
    `missing required parameters, error: Key: '`,
    `Error:Field validation for '${fields.at(-1)}' failed on the 'required' tag`,
  );
const unsupported = (path: string) =>
  fails(path, {}, 3000, `unsupported operation: /v2/vectordb/${path} is not supported by the embedded engine`);

contract("request bodies", [
  fails("collections/list", new Raw(""), 1801, empty),
  ok("collections/list", {}, []),
  fails("collections/list", new Raw("{"), 1801, json),
  fails("collections/list", new Raw("[]"), 1801, json),
  fails("collections/list", new Raw('"text"'), 1801, json),
  fails("collections/list", [], 1801, json),
  // A server reads one value.
  ok("collections/list", new Raw('{} {"dbName":"nowhere"}'), []),
  ok("collections/list", new Raw("{}}"), []),
  fails("collections/create", { collectionName: "c", dimension: "4" }, 1801, json),
  fails("collections/describe", { collectionName: 5 }, 1801, json),
  fails("partitions/load", { collectionName: "c", partitionNames: "p" }, 1801, json),
  fails("collections/describe", {}, 1802, missing("CollectionName")),
  fails("collections/describe", { collectionName: null }, 1802, missing("CollectionName")),
  fails("collections/describe", { collectionName: "" }, 1802, missing("CollectionName")),
  fails("partitions/create", { collectionName: "c" }, 1802, missing("PartitionName")),
  fails(
    "partitions/create",
    {},
    1802,
    around(
      "missing required parameters, error: Key: 'PartitionReq.CollectionName' Error:",
      "Field validation for 'PartitionName' failed on the 'required' tag",
    ),
  ),
  fails("partitions/release", { collectionName: "c", partitionNames: null }, 1802, missing("PartitionNames")),
  // Unknown keys are ignored, known ones matched without regard to case.
  ok("collections/create", { COLLECTIONNAME: "c", Dimension: 4, nonsense: { deep: [1] } }),
  ok("collections/has", { collectionname: "c" }, { has: true }),
]);

contract("databases of a request", [
  ok("databases/create", { dbName: "shop" }),
  ok("collections/create", { dbName: "shop", collectionName: "a", dimension: 4 }),
  ok("collections/create", { collectionName: "b", dimension: 4 }, {}, { headers: { "DB-Name": "shop" } }),
  ok(
    "collections/create",
    { dbName: "default", collectionName: "c", dimension: 4 },
    {},
    { headers: { "DB-Name": "shop" } },
  ),
  ok("collections/list", { dbName: "shop" }, ["a", "b"]),
  ok("collections/list", {}, ["c"]),
  ok("collections/list", { dbName: "" }, ["a", "b"], { headers: { "db-name": "shop" } }),
  fails("collections/list", { dbName: "none" }, 800, "database not found[database=none]"),
  fails("collections/describe", { collectionName: "a" }, 100, "can't find collection[database=default][collection=a]"),
]);

contract("paths and methods", [
  v2("collections/nope", {}, expect.anything(), { status: 404 }),
  v2("collections/list/", {}, expect.anything(), { status: 404 }),
  v2("collections/list", undefined, expect.anything(), { status: 404, method: "GET" }),
  v2("collections/list", {}, expect.anything(), { status: 404, method: "PUT" }),
]);

contract("the refused part of the inventory", [
  ...["jobs/snapshot/create", "jobs/external_collection/refresh"].map(unsupported),
  ok("jobs/import/list", {}, expect.objectContaining({ records: [] })),
  ok("jobs/external_collection/list", { collectionName: "any" }, expect.objectContaining({ records: [] })),
  ok("resource_groups/list", {}, ["__default_resource_group"]),
  ok(
    "resource_groups/describe",
    { name: "__default_resource_group" },
    expect.objectContaining({ name: "__default_resource_group" }),
  ),
  fails("resource_groups/describe", { name: "other" }, 300, "resource group not found[rg=other]"),
]);

const big = "9007199254740993";
contract("Int64 values in replies", [
  book,
  ok(
    "entities/insert",
    { collectionName: "book", data: [{ id: big, vector: [1, 0, 0, 0] }] },
    { insertCount: 1, insertIds: [big] },
    { headers: { "Accept-Type-Allow-Int64": "false" } },
  ),
  ok(
    "entities/insert",
    { collectionName: "book", data: rows(1) },
    { insertCount: 1, insertIds: ["1"] },
    { headers: { "Accept-Type-Allow-Int64": "0" } },
  ),
  ok(
    "entities/upsert",
    { collectionName: "book", data: rows(1) },
    { upsertCount: 1, upsertIds: [1] },
    { headers: { "Accept-Type-Allow-Int64": "true" } },
  ),
  ok(
    "entities/upsert",
    { collectionName: "book", data: rows(1) },
    { upsertCount: 1, upsertIds: ["1"] },
    { headers: { "Accept-Type-Allow-Int64": "F" } },
  ),
  ok("entities/get", { collectionName: "book", id: 1, outputFields: ["id"] }, [{ id: 1 }], {
    headers: { "Accept-Type-Allow-Int64": "nonsense" },
  }),
  ok("entities/get", { collectionName: "book", id: [big], outputFields: ["id"] }, [{ id: big }], {
    headers: { "Accept-Type-Allow-Int64": "False" },
  }),
  ok("entities/query", { collectionName: "book", filter: "id > 1", outputFields: ["id"] }, [{ id: big }], {
    headers: { "Accept-Type-Allow-Int64": "false" },
  }),
  ok("entities/search", { collectionName: "book", data: [[1, 0, 0, 0]], limit: 1 }, [{ id: "1", distance: 0 }], {
    headers: { "Accept-Type-Allow-Int64": "false" },
  }),
  ok(
    "entities/delete",
    { collectionName: "book", id: big },
    { deleteCount: 1 },
    { headers: { "Accept-Type-Allow-Int64": "false" } },
  ),
  ok(
    "collections/get_stats",
    { collectionName: "book" },
    { rowCount: 1 },
    { headers: { "Accept-Type-Allow-Int64": "false" } },
  ),
]);
