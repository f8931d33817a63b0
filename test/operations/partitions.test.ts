import { describe, expect, it } from "vitest";
import { idField, openDdl, rows, vectorField, vectorIndex } from "./ddl-support.js";
import { book, keyed, missing, shelf, testRefusals } from "./refusals.js";

const absent = "can't find collection[database=default][collection=none]";
const inNone = { collectionName: "none", partitionName: "p" };
const inShelf = (partitionName: string) => ({ collectionName: "shelf", partitionName });
const inBook = (partitionName: string) => ({ collectionName: "book", partitionName });

describe("partitions are refused", () => {
  const front = "Invalid partition name: ";
  const first = "The first character of a partition name must be an underscore or letter.";
  const other = "Partition name can only contain numbers, letters and underscores.";
  testRefusals([
    {
      when: "missing collection",
      path: "partitions/list",
      body: { collectionName: "none" },
      code: 100,
      message: absent,
    },
    { when: "missing collection", path: "partitions/has", body: inNone, code: 100, message: absent },
    { when: "missing collection", path: "partitions/get_stats", body: inNone, code: 100, message: absent },
    { when: "missing collection", path: "partitions/create", body: inNone, code: 100, message: absent },
    { when: "missing collection", path: "partitions/drop", body: inNone, code: 100, message: absent },
    {
      when: "no names",
      path: "partitions/create",
      body: {},
      code: 1802,
      message: `${missing("PartitionReq", "CollectionName")}\nKey: 'PartitionReq.PartitionName' Error:Field validation for 'PartitionName' failed on the 'required' tag`,
    },
    {
      when: "missing",
      given: [shelf()],
      path: "partitions/get_stats",
      body: inShelf("p"),
      code: 200,
      message: "partition not found[partition=p]",
    },
    {
      when: "spaces",
      given: [shelf()],
      path: "partitions/create",
      body: inShelf("  "),
      code: 65535,
      message: `${front}. Partition name should not be empty.`,
    },
    {
      when: "first character",
      given: [shelf()],
      path: "partitions/create",
      body: inShelf("-p"),
      code: 65535,
      message: `${front}-p. ${first}`,
    },
    {
      when: "other characters",
      given: [shelf()],
      path: "partitions/create",
      body: inShelf("p.q"),
      code: 65535,
      message: `${front}p.q. ${other}`,
    },
    {
      when: "too long",
      given: [shelf()],
      path: "partitions/create",
      body: inShelf("p".repeat(256)),
      code: 65535,
      message: `${front}${"p".repeat(256)}. The length of a partition name must be less than 255 characters.`,
    },
    {
      when: "partition key",
      given: [keyed],
      path: "partitions/create",
      body: inShelf("p"),
      code: 65535,
      message: "disable create partition if partition key mode is used",
    },
    {
      when: "partition key",
      given: [keyed],
      path: "partitions/drop",
      body: inShelf("p.q"),
      code: 65535,
      message: "disable drop partition if partition key mode is used",
    },
    {
      when: "bad name",
      given: [shelf()],
      path: "partitions/drop",
      body: inShelf("p q"),
      code: 65535,
      message: `${front}p q. ${other}`,
    },
    {
      when: "loaded",
      given: [book, ["partitions/create", inBook("p")]],
      path: "partitions/drop",
      body: inBook("p"),
      code: 65535,
      message: "partition cannot be dropped, partition is loaded, please release it first",
    },
    {
      when: "default",
      given: [shelf()],
      path: "partitions/drop",
      body: inShelf("_default"),
      code: 65535,
      message: "default partition cannot be deleted",
    },
    {
      when: "default and loaded",
      given: [book],
      path: "partitions/drop",
      body: inBook("_default"),
      code: 65535,
      message: "partition cannot be dropped, partition is loaded, please release it first",
    },
  ]);
});

describe("partitions", () => {
  it("are created, counted, dropped, and all of it again", async () => {
    const ddl = openDdl();
    await ddl.ok(...shelf());
    for (const name of ["novel", "9-lives", "novel"])
      expect(await ddl.ok("partitions/create", inShelf(name))).toEqual({});
    expect(await ddl.ok("partitions/list", { collectionName: "shelf" })).toEqual(["_default", "novel", "9-lives"]);
    await ddl.ok("entities/insert", { ...inShelf("novel"), data: rows(3) });
    expect(await ddl.ok("partitions/get_stats", inShelf("novel"))).toEqual({ rowCount: 3 });
    expect(await ddl.ok("partitions/drop", inShelf("novel"))).toEqual({});
    expect(ddl.calls.at(-1)).toBe("partitionDropped shelf");
    expect(await ddl.ok("partitions/drop", inShelf("novel"))).toEqual({});
    expect(await ddl.ok("partitions/has", inShelf("novel"))).toEqual({ has: false });
    expect(await ddl.ok("partitions/has", inShelf("9-lives"))).toEqual({ has: true });
  });

  it("are loaded at once where the collection was loaded as a whole, also when others were released", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    const { id = 0, partitions = [] } = ddl.ctx.catalog.find("default", "book") ?? {};
    await ddl.ok("partitions/create", inBook("p"));
    await ddl.ctx.loader.releasePartitions(id, [partitions[0]?.id ?? 0]);
    await ddl.ok("partitions/create", inBook("q"));
    expect(ddl.calls.slice(-2)).toEqual(["partitionCreated book p", "partitionCreated book q"]);
    expect(ddl.ctx.catalog.byId(id)?.partitions.map((p) => [p.name, p.loaded])).toEqual([
      ["_default", false],
      ["p", true],
      ["q", true],
    ]);
    expect(await ddl.call("partitions/drop", inBook("_default"))).toEqual({
      code: 65535,
      message: "default partition cannot be deleted",
    });
  });

  it("are not loaded where single partitions were", async () => {
    const ddl = openDdl();
    await ddl.ok("collections/create", {
      collectionName: "shelf",
      schema: { fields: [idField, vectorField] },
      indexParams: [vectorIndex],
    });
    const { id = 0, partitions = [] } = ddl.ctx.catalog.find("default", "shelf") ?? {};
    await ddl.ctx.loader.releaseCollection(id);
    await ddl.ctx.loader.loadPartitions(id, [partitions[0]?.id ?? 0]);
    await ddl.ok("partitions/create", inShelf("p"));
    expect(ddl.ctx.catalog.byId(id)?.partitions.map((p) => p.loaded)).toEqual([true, false]);
    expect(ddl.calls).not.toContain("partitionCreated shelf p");
  });

  it("are at most 1024", async () => {
    const ddl = openDdl();
    await ddl.ok(...shelf());
    const id = ddl.ctx.catalog.find("default", "shelf")?.id ?? 0;
    ddl.ctx.transaction(() => {
      for (let i = 1; i < 1024; i++) ddl.ctx.catalog.createPartition(id, `p${i}`, false);
    });
    expect(await ddl.call("partitions/create", inShelf("more"))).toEqual({
      code: 65535,
      message: "partition number (1024) exceeds max configuration (1024), collection: shelf",
    });
    expect(await ddl.ok("partitions/create", inShelf("p1023"))).toEqual({});
  });
});
