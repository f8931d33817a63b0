import { describe, expect, it } from "vitest";
import { answerOf, whySkipped } from "./harness/languages.js";
import { compiledGo } from "./harness/programs.js";
import { walk } from "./harness/walk.js";
import { walked } from "./harness/walked.js";

const reason = whySkipped(answerOf("go", "version"), "Go 1.24 or newer");

// A cold build of the whole client takes minutes.
const went = (version: string, serve: readonly string[] = []) =>
  walked(async () => walk(compiledGo(version), [], { serve }), 1_200_000);

describe.skipIf(reason !== "").each(["v2", "v1"])(`the Go client %s under the old rules${reason}`, (version) => {
  const { value, error } = went(version, ["--load-rules", "legacy"]);

  it("is refused to release or load a partition of what was loaded as a whole", () => {
    value("load");
    expect(error("release")?.message).toMatch(/releasing some partitions after load collection is not supported/);
    expect(error("load novel")?.message).toMatch(/^load the partition after load collection is not supported/);
    value("search novel again");
  });
});

describe.skipIf(reason !== "")(`the Go client v2${reason}`, () => {
  const { value, error, rpcs, metadata } = went("v2");

  it("makes collections, indexes and partitions, and waits until they are loaded", () => {
    value("connect");
    expect(rpcs("connect")).toEqual(["Connect"]);
    expect(metadata("connect")).not.toHaveProperty("dbname");
    value("quick create");
    expect(rpcs("quick create")).toEqual([
      "CreateCollection",
      "CreateIndex",
      "DescribeIndex",
      "LoadCollection",
      "GetLoadingProgress",
    ]);
    expect(value("quick describe")).toEqual({ name: "quick", auto: true, fields: 2 });
    // It sends neither type nor metric.
    expect(value("quick index")).toMatchObject({ index_type: "AUTOINDEX", metric_type: "COSINE" });
    value("create");
    expect(rpcs("has")).toEqual(["DescribeCollection"]);
    expect([value("has"), value("has not")]).toEqual([true, false]);
    value("create index");
    expect(rpcs("create index")).toEqual(["CreateIndex", "DescribeIndex"]);
    expect(value("describe index")).toMatchObject({
      name: "by_vec",
      params: { index_type: "HNSW", metric_type: "L2" },
    });
    value("create partition");
    for (const step of ["load", "refresh"]) {
      value(step);
      expect(rpcs(step)).toEqual(["LoadCollection", "GetLoadingProgress"]);
    }
  });

  it("writes and reads", () => {
    expect(value("insert")).toEqual({ count: 3, ids: [1, 2, 3] });
    expect(rpcs("insert")).toEqual(["DescribeCollection", "Insert"]);
    value("insert into novel");
    expect(value("search")).toEqual([[1, 9, 2, 3]]);
    expect(value("search nothing")).toEqual([[]]);
    // It asks for the description first, once for each collection.
    for (const step of ["search missing", "query missing"]) {
      expect(error(step)).toMatchObject({ code: 100 });
      expect(rpcs(step)).toEqual(["DescribeCollection"]);
    }
    expect(value("query")).toEqual({
      id: [1, 2, 3],
      title: ["a", "", "c"],
      vec: [
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [3, 0, 0, 0],
      ],
    });
    expect(value("dynamic")).toEqual(['"red"']);
    expect(value("count")).toEqual([4]);
    expect([value("upsert"), value("delete")]).toEqual([1, 1]);
    value("flush");
    expect(rpcs("flush")).toEqual(["Flush", "GetFlushState"]);
    expect(value("statistics")).toEqual({ row_count: "3" });
  });

  it("releases partitions as its guide says", () => {
    value("release");
    value("release again");
    expect(rpcs("release")).toEqual(["ReleasePartitions"]);
    expect([value("state of novel"), value("state of book")]).toEqual([1, 3]);
    expect(error("search novel")).toMatchObject({ code: 201 });
    expect(value("search all")).toEqual([[1, 2]]);
    value("load novel");
    expect(value("search novel again")).toEqual([[9]]);
    expect(error("unknown partition")).toEqual({ code: 200, message: "partition not found[partition=x]" });
    expect(error("unknown collection")).toEqual({
      code: 100,
      message: "collection not found[database=default][collection=none]",
    });
    expect(error("no names")).toEqual({
      code: 1100,
      message: "invalid parameter[expected=any partition][actual=empty partition list]",
    });
  });

  it("describes again when a schema has changed", () => {
    value("add field");
    value("insert with the old schema");
    expect(rpcs("insert with the old schema")).toEqual(["Insert", "DescribeCollection", "Insert"]);
  });

  it("knows databases and aliases", () => {
    expect(value("databases")).toEqual(["default", "shelf"]);
    value("use database");
    expect(rpcs("use database")).toEqual(["Connect", "ShowCollections"]);
    expect(metadata("use database")).toMatchObject({ dbname: "shelf", identifier: expect.stringMatching(/^[1-9]/) });
    expect(error("wrong database")).toEqual({ code: 800, message: "database not found[database=none]" });
    expect(value("aliases")).toEqual(["other"]);
    expect(value("version")).toMatch(/^v3\.0\.2/);
    value("drop");
  });
});

describe.skipIf(reason !== "")(`the Go SDK v1${reason}`, () => {
  const { value, error, rpcs } = went("v1");

  it("makes collections, indexes and partitions, and waits until they are loaded", () => {
    value("connect");
    expect(rpcs("connect")).toEqual(["Connect"]);
    value("create");
    expect(rpcs("has")).toEqual(["HasCollection"]);
    expect([value("has"), value("has not")]).toEqual([true, false]);
    value("create index");
    expect(rpcs("create index")).toEqual(["HasCollection", "DescribeCollection", "CreateIndex", "DescribeIndex"]);
    expect(value("describe index")).toEqual({ count: 1, name: "by_vec", type: "HNSW" });
    value("create partition");
    expect(value("partitions")).toEqual(["_default", "novel"]);
    value("load");
    expect(rpcs("load")).toEqual(["LoadCollection", "GetLoadingProgress"]);
  });

  it("writes and reads", () => {
    expect(value("insert")).toEqual([1, 2, 3]);
    value("insert into novel");
    expect(value("search")).toEqual([{ ids: [1, 9, 2, 3], scores: [0, 0, 1, 4], titles: ["a", "n", "b", "c"] }]);
    expect(value("search nothing")).toEqual([{ ids: [], scores: null, titles: [] }]);
    expect(value("query")).toMatchObject({ id: [1, 2, 3], title: ["a", "b", "c"] });
    expect(value("count")).toEqual([4]);
    expect(value("get")).toEqual(["b"]);
    expect(value("upsert")).toEqual([3]);
    value("delete");
    value("delete by keys");
    value("flush");
    expect(value("statistics")).toEqual({ row_count: "2" });
  });

  it("releases partitions as its guide says", () => {
    value("release");
    value("release again");
    expect(rpcs("release")).toEqual(["ReleasePartitions"]);
    expect([value("state of novel"), value("state of book")]).toEqual([1, 3]);
    expect(error("search novel")?.message).toMatch(/partition not loaded/);
    expect(value("search all")).toMatchObject([{ ids: [1] }]);
    value("load novel");
    expect(value("search novel again")).toMatchObject([{ ids: [9] }]);
    expect(error("unknown partition")?.message).toBe("partition not found[partition=x]");
    expect(error("unknown collection")?.message).toBe("collection not found[database=default][collection=none]");
    expect(error("no names")?.message).toMatch(/^invalid parameter\[expected=any partition\]/);
  });

  it("knows databases", () => {
    expect(value("databases")).toEqual(["default", "shelf"]);
    expect(value("use database")).toBe(0);
    expect(rpcs("use database")).toEqual(["Connect", "ShowCollections"]);
    expect(error("wrong database")?.message).toMatch(/database not found\[database=none\]/);
    expect(value("version")).toMatch(/^v3\.0\.2/);
    value("drop");
  });
});
