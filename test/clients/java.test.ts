import { describe, expect, it } from "vitest";
import { answerOf, whySkipped } from "./harness/languages.js";
import { compiledJava } from "./harness/programs.js";
import { walk } from "./harness/walk.js";
import { walked } from "./harness/walked.js";

const maven = answerOf("mvn", "--version")?.includes("Java version") === true ? "mvn" : undefined;
const reason = whySkipped(maven, "Maven with Java 17");

const HITS = [
  [1, 0, "Moby-Dick"],
  [2, 1, "Ulysses"],
  [9007199254740993n, 4, "Emma"],
];

describe.skipIf(reason !== "").each(["v2", "v1"])(`the Java client, classes of %s${reason}`, (classes) => {
  const { value, error, rpcs } = walked(
    async () => walk("java", ["-cp", compiledJava(), "Walk", classes], { timeoutMs: 180_000 }),
    900_000,
  );

  /** Large ids pass through JSON as doubles: compared as such. */
  const rows = (list: readonly (readonly unknown[])[]) =>
    list.map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));
  const loaded = classes === "v2" ? [true, false] : ["LoadStateLoaded", "LoadStateNotLoad"];

  it("goes through a collection's life", () => {
    expect(value("create")).toBe(true);
    expect(value("index")).toBeNull();
    expect(value("partition")).toBeNull();
    expect(value("load")).toBe(loaded[0]);
    expect(value("insert")).toEqual([2, Number(9007199254740993n)]);
    expect(value("search")).toEqual(rows(HITS));
    expect(value("no hits")).toEqual([]);
    expect(value("query")).toEqual([{ id: 1, title: "Moby-Dick" }]);
    expect(value("delete")).toBe(1);
    expect(value("drop")).toBe(false);
  });

  it("releases a partition as the guide says: twice without harm, and only that one", () => {
    expect(value("release")).toEqual([loaded[1], loaded[0]]);
    expect(rpcs("release")).toEqual(["ReleasePartitions", "GetLoadState"]);
    expect(error("search released")).toMatchObject({
      code: 201,
      message: expect.stringContaining("partition not loaded"),
    });
    expect(value("search the rest")).toEqual(rows(HITS.slice(1)));
    expect(value("load partition")).toEqual(rows(HITS.slice(0, 1)));
  });

  it("is told what is wrong by code and reason", () => {
    expect(error("release unknown")).toMatchObject({
      code: 200,
      message: expect.stringContaining("partition not found[partition=nope]"),
    });
    expect(error("release of unknown")).toMatchObject({
      code: 100,
      message: expect.stringContaining("[collection=nobody]"),
    });
    expect(error("drop loaded")).toMatchObject({ message: expect.stringContaining("release it first") });
  });

  it("waits as it does for a server", () => {
    if (classes === "v2") {
      expect(rpcs("index")).toEqual(["CreateIndex", "AllocTimestamp", "DescribeIndex"]);
      expect(rpcs("load").slice(0, 2)).toEqual(["LoadCollection", "GetLoadingProgress"]);
      value("refresh");
      expect(rpcs("refresh")).toEqual(["LoadCollection", "GetLoadingProgress"]);
    } else {
      expect(rpcs("load").slice(0, 2)).toEqual(["LoadCollection", "ShowCollections"]);
      expect(rpcs("load partition").slice(0, 2)).toEqual(["LoadPartitions", "ShowPartitions"]);
      expect(rpcs("flush")[0]).toBe("Flush");
    }
  });

  it.runIf(classes === "v2")("makes a collection in one call, and does not wait for it", () => {
    // In the order in which they were sent.
    expect(value("quick create")).toEqual(["vector", "id"]);
    expect(rpcs("quick create")).toEqual(["CreateCollection", "CreateIndex", "LoadCollection", "DescribeCollection"]);
    expect(value("quick loads by itself")).toBe(true);
    value("add field");
    expect(rpcs("add field")).toEqual(["AddCollectionField"]);
    expect(value("use database")).toEqual([]);
    expect(rpcs("use database")).toEqual([
      "CreateDatabase",
      "ListDatabases",
      "Connect",
      "ListDatabases",
      "ShowCollections",
    ]);
    expect(error("describe missing")).toMatchObject({ code: 100 });
  });
});

describe.skipIf(reason !== "").each(["v2", "v1"])(
  `the Java client, classes of %s, under the old rules${reason}`,
  (classes) => {
    const { value, error } = walked(
      async () =>
        walk("java", ["-cp", compiledJava(), "Walk", classes], {
          timeoutMs: 180_000,
          serve: ["--load-rules", "legacy"],
        }),
      900_000,
    );

    it("is refused to release or load a partition of what was loaded as a whole", () => {
      value("load");
      for (const step of ["release", "load partition"]) {
        expect(error(step)?.message).toMatch(/partitions? after load collection is not supported/);
      }
      value("search the rest");
    });
  },
);
