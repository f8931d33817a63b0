import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type Envelope } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const book = { collectionName: "book" };
const done = { code: 0, data: {} };
const state = (loadState: string) => ({ code: 0, data: { loadState } });
const LOADED = {
  code: 0,
  message: "",
  data: { loadState: "LoadStateLoaded", loadProgress: 100 },
};
const NOT_LOADED = state("LoadStateNotLoad");

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(path = ":memory:", loadRules: "modern" | "legacy" = "modern"): Promise<Elanus> {
  const db = await Elanus.open(path, { loadRules, durability: "off", serverVersion: "2.6" });
  opened.push(db);
  return db;
}

type Call = (path: string, body?: Record<string, unknown>) => Promise<Envelope>;
const calls =
  (db: Elanus): Call =>
  (path, body = {}) =>
    db.request(`/v2/vectordb/${path}`, { ...book, ...body });

const schema = {
  enableDynamicField: true,
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  ],
};
const indexParams = [{ fieldName: "v", metricType: "L2" }];

/** The ids that messages print: of the collection, and of its partitions by name. */
async function ids(db: Elanus): Promise<{ collection: number; partitions: ReadonlyMap<string, number> }> {
  const response = await db.fetch("http://milvus/api/v1/partitions?collection_name=book");
  const { partition_names: names, partitionIDs } = (await response.json()) as {
    partition_names: string[];
    partitionIDs: number[];
  };
  return {
    collection: (await db.collections.describe(book)).collectionID as number,
    partitions: new Map(names.map((name, i) => [name, partitionIDs[i] as number])),
  };
}

describe("the worked sequence of load and release", () => {
  it("gives every documented answer in turn", async () => {
    const db = await open();
    const call = calls(db);
    const load = () => call("partitions/load", { partitionNames: ["novel"] });
    const release = (name: string) => call("partitions/release", { partitionNames: [name] });
    const drop = (partitionName: string) => call("partitions/drop", { partitionName });

    expect(await call("collections/create", { schema, indexParams })).toEqual(done);
    expect(await call("collections/get_load_state")).toEqual(LOADED);
    expect(await call("partitions/create", { partitionName: "novel" })).toEqual(done);
    expect(await call("collections/get_load_state", { partitionNames: ["novel"] })).toEqual(LOADED);
    await call("entities/insert", { data: [{ id: 1, v: [1, 1] }] });
    await call("entities/insert", { partitionName: "novel", data: [{ id: 2, v: [1, 1] }] });
    const { collection, partitions } = await ids(db);

    expect(await release("novel")).toEqual(done);
    expect(await release("novel")).toEqual(done);
    expect(await call("collections/get_load_state")).toEqual(LOADED);
    expect(await call("entities/search", { data: [[1, 1]], partitionNames: ["novel"] })).toEqual({
      code: 201,
      message: `failed to search: partition not loaded[partition=${partitions.get("novel")}]`,
    });
    expect(await call("entities/search", { data: [[1, 1]] })).toEqual({
      code: 0,
      cost: 0,
      data: [{ id: 1, distance: 0 }],
      topks: [1],
    });
    expect(await load()).toEqual(done);
    expect(await load()).toEqual(done);
    expect(await drop("novel")).toEqual({
      code: 65535,
      message: "partition cannot be dropped, partition is loaded, please release it first",
    });
    expect(await release("novel")).toEqual(done);
    expect(await drop("novel")).toEqual(done);
    expect(await call("partitions/has", { partitionName: "novel" })).toEqual({ code: 0, data: { has: false } });
    expect(await drop("novel")).toEqual(done);
    expect(await release("_default")).toEqual(done);
    expect(await call("collections/get_load_state")).toEqual(NOT_LOADED);
    expect(await drop("_default")).toEqual({ code: 65535, message: "default partition cannot be deleted" });
    expect(await call("entities/search", { data: [[1, 1]] })).toEqual({
      code: 101,
      message: `failed to search: collection not loaded[collection=${collection}]`,
    });
    expect(await call("collections/release")).toEqual(done);
    expect(await call("entities/get", { id: 1 })).toMatchObject({ code: 101 });
  });
});

/** Partitions `in` and `out` with two rows each: 1, 2 in `in`, 3, 4 in `out`; `_default` is empty. */
async function library(loadRules: "modern" | "legacy", loaded: readonly string[]): Promise<Elanus> {
  const db = await open(":memory:", loadRules);
  const call = calls(db);
  expect(await call("collections/create", { schema })).toEqual(done);
  expect(await call("indexes/create", { indexParams })).toEqual(done);
  for (const partitionName of ["in", "out"]) {
    expect(await call("partitions/create", { partitionName })).toEqual(done);
    const first = partitionName === "in" ? 1 : 3;
    const data = [first, first + 1].map((id) => ({ id, v: [id, 0], even: id % 2 === 0 }));
    expect(await call("entities/insert", { partitionName, data })).toMatchObject({ code: 0 });
  }
  if (loaded.length > 0) expect(await call("partitions/load", { partitionNames: loaded })).toEqual(done);
  return db;
}

const counted = (n: number) => ({ code: 0, cost: 0, data: [{ "count(*)": n }] });
const rowsOf = (...keys: number[]) => ({ code: 0, data: keys.map((id) => ({ id })) });
const inserted = { code: 0, cost: 0, data: { insertCount: 1, insertIds: [9] } };
const upserted = (id: number) => ({ code: 0, cost: 0, data: { upsertCount: 1, upsertIds: [id] } });
const deleted = (deleteCount: number) => ({ code: 0, data: { deleteCount } });
const unloaded = (context = "") => ({
  code: 101,
  message: expect.stringMatching(`^${context}collection not loaded\\[collection=\\d+\\]$`),
});
const unloadedPartition = (context = "") => ({
  code: 201,
  message: expect.stringMatching(`^${context}partition not loaded\\[partition=\\d+\\]$`),
});

interface Cells {
  readonly operation: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** The request key that names a partition; absent where no partition can be named. */
  readonly named?: "partitionName" | "partitionNames";
  /** Answers: nothing loaded; the named `in` is loaded; the named `out` is not; none named, `out` is not. */
  readonly none: object;
  readonly target: object;
  readonly other?: object;
  readonly some: object;
  /** Rows that are left in the last column. */
  readonly left?: number;
}

const search = "failed to search: ";
const query = "failed to query: ";
const table: readonly Cells[] = [
  {
    operation: "insert",
    path: "entities/insert",
    body: { data: [{ id: 9, v: [9, 9] }] },
    named: "partitionName",
    none: inserted,
    target: inserted,
    other: inserted,
    some: inserted,
    left: 5,
  },
  {
    operation: "upsert of full rows",
    path: "entities/upsert",
    body: { data: [{ id: 3, v: [9, 9] }] },
    named: "partitionName",
    none: upserted(3),
    target: upserted(3),
    other: upserted(3),
    some: upserted(3),
    left: 4,
  },
  {
    operation: "partial upsert",
    path: "entities/upsert",
    body: { partialUpdate: true, data: [{ id: 3, color: "red" }] },
    named: "partitionName",
    none: unloaded(),
    target: upserted(3),
    other: upserted(3),
    some: upserted(3),
    left: 4,
  },
  ...[{ filter: "id in [2, 3, 70]" }, { id: [2, 3, "70"] }].map(
    (body): Cells => ({
      operation: `delete by ${Object.keys(body)[0]} of two keys`,
      path: "entities/delete",
      body,
      named: "partitionName",
      none: deleted(2),
      target: deleted(1),
      other: deleted(1),
      some: deleted(2),
      left: 2,
    }),
  ),
  {
    operation: "delete by one key",
    path: "entities/delete",
    body: { filter: "id == 3" },
    named: "partitionName",
    none: deleted(1),
    target: deleted(0),
    other: deleted(1),
    some: deleted(1),
    left: 3,
  },
  {
    operation: "delete by another filter",
    path: "entities/delete",
    body: { filter: "even == true" },
    named: "partitionName",
    none: unloaded(),
    target: deleted(1),
    other: unloadedPartition(),
    some: deleted(1),
    left: 3,
  },
  {
    operation: "search",
    path: "entities/search",
    body: { data: [[0, 0]] },
    named: "partitionNames",
    none: unloaded(search),
    target: rowsOf(1, 2),
    other: unloadedPartition(search),
    some: rowsOf(1, 2),
  },
  {
    operation: "query",
    path: "entities/query",
    body: { filter: "id > 0" },
    named: "partitionNames",
    none: unloaded(query),
    target: rowsOf(1, 2),
    other: unloadedPartition(query),
    some: rowsOf(1, 2),
  },
  {
    operation: "get",
    path: "entities/get",
    body: { id: [1, 4] },
    named: "partitionNames",
    none: unloaded(query),
    target: rowsOf(1),
    other: unloadedPartition(query),
    some: rowsOf(1),
  },
  {
    operation: "count(*)",
    path: "entities/query",
    body: { outputFields: ["count(*)"] },
    named: "partitionNames",
    none: unloaded(query),
    target: counted(2),
    other: unloadedPartition(query),
    some: counted(2),
  },
  {
    operation: "get_stats of the collection",
    path: "collections/get_stats",
    body: {},
    none: { code: 0, data: { rowCount: 4 } },
    target: { code: 0, data: { rowCount: 4 } },
    some: { code: 0, data: { rowCount: 4 } },
  },
  ...["in", "out"].map(
    (partitionName): Cells => ({
      operation: `get_stats of the partition ${partitionName}`,
      path: "partitions/get_stats",
      body: { partitionName },
      none: { code: 0, data: { rowCount: 2 } },
      target: { code: 0, data: { rowCount: 2 } },
      some: { code: 0, data: { rowCount: 2 } },
    }),
  ),
];

describe.each(["modern", "legacy"] as const)("data operations by load state, %s rules", (rules) => {
  const naming = ({ named, body }: Cells, partition: string) =>
    named === undefined ? body : { ...body, [named]: named === "partitionName" ? partition : [partition] };

  it.each(table)("$operation, nothing loaded", async (row) => {
    const db = await library(rules, []);
    expect(await calls(db)(row.path, row.body)).toMatchObject(row.none);
  });

  it.each(table)("$operation, the partition is loaded", async (row) => {
    const db = await library(rules, ["in"]);
    expect(await calls(db)(row.path, naming(row, "in"))).toMatchObject(row.target);
  });

  it.each(table.filter((row) => row.other !== undefined))(
    "$operation, the named partition is not loaded",
    async (row) => {
      const db = await library(rules, ["in"]);
      expect(await calls(db)(row.path, naming(row, "out"))).toMatchObject(row.other as object);
    },
  );

  it.each(table)("$operation, no partition named, some not loaded", async (row) => {
    const db = await library(rules, ["in"]);
    expect(await calls(db)(row.path, row.body)).toMatchObject(row.some);
    if (row.left !== undefined) expect(await db.collections.getStats(book)).toEqual({ rowCount: row.left });
  });

  it("names the first unloaded one of several partitions", async () => {
    const db = await library(rules, ["in"]);
    const { partitions } = await ids(db);
    const call = calls(db);
    for (const [path, body, context] of [
      ["entities/search", { data: [[0, 0]] }, search],
      ["entities/query", {}, query],
      ["entities/get", { id: 1 }, query],
    ] as const) {
      expect(await call(path, { ...body, partitionNames: ["in", "out", "_default"] })).toEqual({
        code: 201,
        message: `${context}partition not loaded[partition=${partitions.get("out")}]`,
      });
    }
  });

  it("reports what is wrong with the request before the load state", async () => {
    const db = await library(rules, []);
    const call = calls(db);
    expect(await call("entities/search", { data: [[1, 2, 3]] })).toMatchObject({
      code: 1801,
      message:
        "can only accept json format request, error: dimension: 2, but length of []float: 3: invalid parameter[expected=FloatVector][actual=[1,2,3]]",
    });
    expect(await call("entities/search", { data: [[1, 2]], filter: "id >" })).toMatchObject({
      code: 1100,
      message:
        "failed to create query plan: cannot parse expression: id >, error: line 1:4 no viable alternative at input '<EOF>': invalid parameter",
    });
    expect(await call("entities/search", { data: [[1, 2]], partitionNames: ["none"] })).toMatchObject({
      code: 65535,
      message: "partition name none not found",
    });
    expect(await call("entities/query", { filter: "id >" })).toMatchObject({
      code: 1100,
      message:
        "failed to create query plan: cannot parse expression: id >, error: line 1:4 no viable alternative at input '<EOF>': invalid parameter",
    });
    expect(await call("entities/query", { partitionNames: ["none"] })).toMatchObject({
      code: 65535,
      message: "partition name none not found",
    });
    expect(await call("entities/get", { id: "x" })).toMatchObject({ code: 1806 });
    expect(await call("entities/delete", { filter: "even ==" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("even ==, error: line 1:7 no viable alternative at input '<EOF>'"),
    });
    expect(await call("entities/delete", { filter: "even == true", partitionName: "none" })).toMatchObject({
      code: 200,
    });
  });

  it("lets rows that are written to an unloaded partition be found once it is loaded", async () => {
    const db = await library(rules, ["in"]);
    const call = calls(db);
    await call("entities/insert", { partitionName: "out", data: [{ id: 9, v: [9, 0] }] });
    await call("entities/delete", { id: 3 });
    await call("entities/upsert", { partitionName: "out", data: [{ id: 1, v: [7, 0] }] });
    expect(await call("entities/search", { data: [[0, 0]] })).toMatchObject(rowsOf(2));
    await call("collections/release");
    expect(await call("collections/load")).toEqual(done);
    expect(await call("entities/search", { data: [[0, 0]] })).toMatchObject(rowsOf(2, 4, 1, 9));
  });
});

describe("reopening", () => {
  const partitions = ["a", "b"];
  /** How each state is reached from a collection that is not loaded, and which partitions are loaded in it. */
  const states: readonly (readonly [
    state: string,
    rules: "modern" | "legacy",
    steps: readonly (readonly [path: string, body?: object])[],
    loaded: readonly string[],
    joins: boolean,
  ])[] = [
    ["N", "modern", [], [], false],
    ["C", "modern", [["collections/load"]], ["_default", "a", "b"], true],
    [
      "C'",
      "modern",
      [["collections/load"], ["partitions/release", { partitionNames: ["a"] }]],
      ["_default", "b"],
      true,
    ],
    ["P, some", "modern", [["partitions/load", { partitionNames: ["b"] }]], ["b"], false],
    [
      "P, all",
      "modern",
      [["partitions/load", { partitionNames: ["_default", "a", "b"] }]],
      ["_default", "a", "b"],
      false,
    ],
    ["N after C", "modern", [["collections/load"], ["collections/release"]], [], false],
    ["N", "legacy", [], [], false],
    ["C", "legacy", [["collections/load"]], ["_default", "a", "b"], true],
    ["P", "legacy", [["partitions/load", { partitionNames: ["a", "b"] }]], ["a", "b"], false],
  ];

  it.each(states)("restores %s (%s rules)", async (_name, rules, steps, loaded, joins) => {
    const path = temporaryPath();
    const before = await Elanus.open(path, { loadRules: rules });
    const write = calls(before);
    await write("collections/create", { schema });
    await write("indexes/create", { indexParams });
    for (const partitionName of partitions) await write("partitions/create", { partitionName });
    for (const [id, partitionName] of ["_default", ...partitions].entries()) {
      await write("entities/insert", { partitionName, data: [{ id, v: [id, 0] }] });
    }
    for (const [step, body] of steps) expect(await write(step, { ...body })).toEqual(done);
    await before.close();

    const db = await open(path, rules);
    const call = calls(db);
    expect(await call("collections/get_load_state")).toEqual(loaded.length === 0 ? NOT_LOADED : LOADED);
    for (const name of ["_default", ...partitions]) {
      expect(await call("collections/get_load_state", { partitionNames: [name] })).toEqual(
        loaded.includes(name) ? LOADED : NOT_LOADED,
      );
    }
    const found = ["_default", ...partitions].flatMap((name, id) => (loaded.includes(name) ? [id] : []));
    expect(await call("entities/search", { data: [[0, 0]] })).toMatchObject(
      loaded.length === 0 ? unloaded(search) : rowsOf(...found),
    );
    expect(await call("entities/query", {})).toMatchObject(loaded.length === 0 ? unloaded(query) : rowsOf(...found));
    // The mode is restored too: it decides whether a new partition is loaded.
    expect(await call("partitions/create", { partitionName: "new" })).toEqual(done);
    expect(await call("collections/get_load_state", { partitionNames: ["new"] })).toEqual(joins ? LOADED : NOT_LOADED);
    if (rules === "legacy" && loaded.length > 0) {
      expect(await call("partitions/load", { partitionNames: ["_default"] })).toMatchObject({
        code: 1100,
        message: joins
          ? "load the partition after load collection is not supported: invalid parameter"
          : expect.stringContaining("has been loaded into QueryNode, please release partitions firstly"),
      });
    }
  });

  it("remembers the replica number for the legacy rules", async () => {
    const path = temporaryPath();
    const before = await Elanus.open(path, { loadRules: "legacy" });
    const write = calls(before);
    await write("collections/create", { schema });
    await write("indexes/create", { indexParams });
    expect(await write("collections/load", { replicaNumber: 3 })).toEqual(done);
    await before.close();
    const call = calls(await open(path, "legacy"));
    expect(await call("collections/load", { replicaNumber: 3 })).toEqual(done);
    expect(await call("collections/load")).toEqual({
      code: 1100,
      message:
        "collection with different replica number 3 existed, release this collection first before changing its replica number: invalid parameter",
    });
  });
});

describe("calls that meet", () => {
  it("a partition whose load was asked for is not dropped", async () => {
    const db = await open();
    const call = calls(db);
    await call("collections/create", { schema });
    await call("indexes/create", { indexParams });
    await call("partitions/create", { partitionName: "novel" });
    const [load, drop] = await Promise.all([
      call("partitions/load", { partitionNames: ["novel"] }),
      call("partitions/drop", { partitionName: "novel" }),
    ]);
    expect(load).toEqual(done);
    expect(drop).toMatchObject({ code: 65535, message: expect.stringContaining("please release it first") });
    expect(await call("collections/get_load_state", { partitionNames: ["novel"] })).toMatchObject({
      data: { loadState: "LoadStateLoaded" },
    });
  });

  it("a load or release whose collection is dropped meanwhile says so by its name", async () => {
    const db = await open();
    const call = calls(db);
    const missing = { code: 100, message: "collection not found[collection=book]" };
    for (const path of ["collections/load", "collections/release"]) {
      await call("collections/create", { schema, indexParams });
      await call("collections/release");
      const [answer, drop] = await Promise.all([call(path), call("collections/drop")]);
      expect(drop).toEqual(done);
      expect(answer).toEqual(missing);
    }
  });

  it("a call after close answers that the database is closed, one before it is finished", async () => {
    const db = await open();
    const call = calls(db);
    await call("collections/create", { schema, indexParams });
    const before = call("entities/insert", { data: [{ id: 1, v: [1, 1] }] });
    const closing = db.close();
    const after = call("collections/list");
    expect(await before).toMatchObject({ code: 0 });
    expect(await after).toEqual({ code: 1, message: "service not ready: the database is closed" });
    await closing;
    await expect(db.close()).resolves.toBeUndefined();
  });
});
