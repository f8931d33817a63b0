import { expect } from "vitest";
import { around, book, contract, fails, ok, rows, type Step } from "./support.js";

const on = (action: string, more: object, data: unknown = {}): Step =>
  ok(`partitions/${action}`, { collectionName: "book", ...more }, data);
const refused = (action: string, more: object, code: number, message: unknown): Step =>
  fails(`partitions/${action}`, { collectionName: "book", ...more }, code, message);
const search = (partitionNames?: string[]) => ({
  collectionName: "book",
  data: [[1, 0, 0, 0]],
  limit: 10,
  ...(partitionNames && { partitionNames }),
});
const ids = (...found: number[]) => found.map((id) => expect.objectContaining({ id }));

contract("partitions: the life of one", [
  book,
  on("list", {}, ["_default"]),
  on("create", { partitionName: "novel" }),
  on("create", { partitionName: "novel" }),
  on("list", {}, ["_default", "novel"]),
  on("has", { partitionName: "novel" }, { has: true }),
  on("has", { partitionName: "none" }, { has: false }),
  ok(
    "entities/insert",
    { collectionName: "book", partitionName: "novel", data: rows(2) },
    { insertCount: 2, insertIds: [1, 2] },
  ),
  ok("entities/insert", { collectionName: "book", data: rows(1, 3) }, { insertCount: 1, insertIds: [3] }),
  on("get_stats", { partitionName: "novel" }, { rowCount: 2 }),
  ok("collections/get_stats", { collectionName: "book" }, { rowCount: 3 }),
  ok("entities/search", search(), ids(1, 2, 3)),
  ok("entities/search", search(["novel"]), ids(1, 2)),
  refused(
    "drop",
    { partitionName: "novel" },
    65535,
    "partition cannot be dropped, partition is loaded, please release it first",
  ),
  on("release", { partitionNames: ["novel"] }),
  on("release", { partitionNames: ["novel"] }),
  fails("entities/search", search(["novel"]), 201, around("failed to search: partition not loaded[partition=")),
  fails(
    "entities/query",
    { collectionName: "book", filter: "id > 0", partitionNames: ["novel"] },
    201,
    around("failed to query: partition not loaded[partition="),
  ),
  ok("entities/search", search(), ids(3)),
  on("load", { partitionNames: ["novel"] }),
  on("load", { partitionNames: ["novel"] }),
  ok("entities/search", search(["novel"]), ids(1, 2)),
  on("release", { partitionNames: ["novel"] }),
  on("drop", { partitionName: "novel" }),
  on("drop", { partitionName: "novel" }),
  on("has", { partitionName: "novel" }, { has: false }),
  ok("collections/get_stats", { collectionName: "book" }, { rowCount: 1 }),
  refused(
    "drop",
    { partitionName: "_default" },
    65535,
    "partition cannot be dropped, partition is loaded, please release it first",
  ),
  on("release", { partitionNames: ["_default"] }),
  ok("collections/get_load_state", { collectionName: "book" }, { loadState: "LoadStateNotLoad" }),
  refused("drop", { partitionName: "_default" }, 65535, "default partition cannot be deleted"),
  fails("entities/search", search(), 101, around("failed to search: collection not loaded[collection=")),
  ok("collections/release", { collectionName: "book" }),
]);

contract("partitions: refusals", [
  book,
  refused(
    "create",
    { partitionName: "a b" },
    65535,
    "Invalid partition name: a b. Partition name can only contain numbers, letters and underscores.",
  ),
  refused(
    "create",
    { partitionName: "-a" },
    65535,
    "Invalid partition name: -a. The first character of a partition name must be an underscore or letter.",
  ),
  refused(
    "create",
    { partitionName: "x".repeat(256) },
    65535,
    around("Invalid partition name: xxx", "The length of a partition name must be less than 255 characters."),
  ),
  refused(
    "create",
    { partitionName: " " },
    65535,
    around("Invalid partition name:", "Partition name should not be empty."),
  ),
  on("create", { partitionName: "2-b" }),
  refused("load", { partitionNames: ["none"] }, 200, "partition not found[partition=none]"),
  refused("release", { partitionNames: ["_default", "none"] }, 200, "partition not found[partition=none]"),
  ok("collections/get_load_state", { collectionName: "book" }, { loadState: "LoadStateLoaded", loadProgress: 100 }),
  refused("load", { partitionNames: [] }, 65535, "failed to load partition, due to no partition specified"),
  refused(
    "release",
    { partitionNames: [] },
    1100,
    "invalid parameter[expected=any partition][actual=empty partition list]",
  ),
  refused("get_stats", { partitionName: "none" }, 200, "partition not found[partition=none]"),
  ...["list", "has", "get_stats", "create", "drop"].map((action) =>
    fails(`partitions/${action}`, { collectionName: "none", partitionName: "p" }, 100, expect.any(String)),
  ),
  ...["load", "release"].map((action) =>
    fails(`partitions/${action}`, { collectionName: "none", partitionNames: ["p"] }, 100, expect.any(String)),
  ),
  fails("entities/search", search(["none"]), 65535, "partition name none not found"),
  fails(
    "entities/query",
    { collectionName: "book", filter: "", partitionNames: ["none"] },
    65535,
    "partition name none not found",
  ),
  fails(
    "entities/get",
    { collectionName: "book", id: 1, partitionNames: ["none"] },
    65535,
    "partition name none not found",
  ),
  fails(
    "entities/insert",
    { collectionName: "book", partitionName: "none", data: rows(1) },
    200,
    "partition not found[partition=none]",
  ),
  fails(
    "entities/delete",
    { collectionName: "book", partitionName: "none", id: 1 },
    200,
    "partition not found[partition=none]",
  ),
]);

contract("partitions: without index", [
  ok("collections/create", {
    collectionName: "book",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vec", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
      ],
    },
  }),
  refused("load", { partitionNames: ["_default"] }, 700, "index not found[collection=book]"),
]);

contract("partitions: partition-key collections", [
  ok("collections/create", {
    collectionName: "book",
    params: { partitionsNum: 3 },
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vec", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "key", dataType: "Int64", isPartitionKey: true },
      ],
    },
    indexParams: [{ fieldName: "vec", metricType: "L2" }],
  }),
  on("list", {}, ["_default_0", "_default_1", "_default_2"]),
  refused("create", { partitionName: "p" }, 65535, "disable create partition if partition key mode is used"),
  refused("drop", { partitionName: "_default_0" }, 65535, "disable drop partition if partition key mode is used"),
  refused("load", { partitionNames: ["_default_0"] }, 65535, "disable load partitions if partition key mode is used"),
  refused(
    "release",
    { partitionNames: ["_default_0"] },
    65535,
    "disable release partitions if partition key mode is used",
  ),
  fails(
    "entities/insert",
    { collectionName: "book", partitionName: "_default_0", data: [{ id: 1, vec: [1, 1], key: 1 }] },
    65535,
    "not support manually specifying the partition names if partition key mode is used",
  ),
  fails(
    "entities/delete",
    { collectionName: "book", partitionName: "_default_0", id: 1 },
    65535,
    "not support manually specifying the partition names if partition key mode is used",
  ),
  fails(
    "entities/query",
    { collectionName: "book", partitionNames: ["_default_0"] },
    1100,
    "not support manually specifying the partition names if partition key mode is used: invalid parameter",
  ),
  ok(
    "entities/insert",
    {
      collectionName: "book",
      data: [
        { id: 1, vec: [1, 1], key: 1 },
        { id: 2, vec: [2, 2], key: 2 },
      ],
    },
    { insertCount: 2, insertIds: [1, 2] },
  ),
  ok("entities/query", { collectionName: "book", filter: "key == 2", outputFields: ["key"] }, [{ id: 2, key: 2 }]),
]);

// The constraints of 2.0 to 2.2, on every surface.
contract(
  "partitions: legacy load rules",
  [
    book,
    on("create", { partitionName: "a" }),
    refused(
      "release",
      { partitionNames: ["a"] },
      1100,
      "releasing some partitions after load collection is not supported: invalid parameter",
    ),
    refused(
      "load",
      { partitionNames: ["a"] },
      1100,
      "load the partition after load collection is not supported: invalid parameter",
    ),
    ok("collections/load", { collectionName: "book" }),
    ok("collections/release", { collectionName: "book" }),
    on("load", { partitionNames: ["a"] }),
    on("load", { partitionNames: ["a"] }),
    refused(
      "load",
      { partitionNames: ["a", "_default"] },
      1100,
      around(
        "some partitions [",
        "has been loaded into QueryNode, please release partitions firstly: invalid parameter",
      ),
    ),
    fails(
      "collections/load",
      { collectionName: "book" },
      1100,
      "load the partition after load collection is not supported: invalid parameter",
    ),
    refused(
      "drop",
      { partitionName: "a" },
      65535,
      "partition cannot be dropped, partition is loaded, please release it first",
    ),
    on("release", { partitionNames: ["a"] }),
    on("release", { partitionNames: ["a"] }),
    ok("collections/load", { collectionName: "book" }),
  ],
  { loadRules: "legacy" },
);
