import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { fillAtRandom } from "./random-store.js";
import { contentsOf, openServer, openStore } from "./stores.js";

const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);

/** People whose names stay where they are. */
async function makePeople(db: Elanus, count = 300): Promise<void> {
  const collectionName = "people";
  await db.collections.create({
    collectionName,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "name", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
        { fieldName: "mail", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 20 } },
        { fieldName: "face", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "face", indexType: "FLAT", metricType: "L2" }],
  });
  const data = Array.from({ length: count }, (_, id) => ({
    id,
    name: `n${id}`,
    mail: `m${id}`,
    face: [id, 1],
    phone: id,
    city: id % 3,
  }));
  await db.entities.insert({ collectionName, data });
}

describe(`a pull (ELANUS_SEED=${SEED})`, () => {
  it("brings collections of every schema into a database as they are", async () => {
    for (let run = 0; run < 4; run++) {
      const { db: far, server } = await openServer();
      await fillAtRandom(far, SEED + run);
      for (const dbName of await far.databases.list()) {
        for (const collectionName of await far.collections.list({ dbName }))
          await far.collections.load({ dbName, collectionName });
      }
      const db = await openStore();
      const report = await db.pull({ from: server.url });
      expect([SEED + run, report.comparisons.map(({ same, remarks }) => [same, remarks])]).toEqual([
        SEED + run,
        [[true, []]],
      ]);
      expect(await contentsOf(db)).toEqual(await contentsOf(far));
      expect(await db.diff({ with: server.url })).toMatchObject({ same: true, onlyHere: [], onlyThere: [] });
    }
  });

  it("brings what a filter selects, and leaves values behind", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far);
    const db = await openStore();
    const report = await db.pull({
      from: server.url,
      filter: "city == 1",
      redact: ["name", "mail", "face", "phone"],
    });
    expect([report.rows, report.comparisons[0]]).toMatchObject([100, { same: true, partitions: [{ rowsHere: 100 }] }]);
    expect(await db.entities.get({ collectionName: "people", id: 4 })).toEqual([
      { id: 4, name: "", mail: null, face: [0, 0], city: 1 },
    ]);
    await expect(db.pull({ from: server.url, redact: ["id"] })).rejects.toThrow("is a key and cannot be redacted");
  });

  it.each(["grpc", "rest"] as const)("leaves behind all that has a name, in structs too (over %s)", async (over) => {
    const { db: far, server } = await openServer();
    const list = (fieldName: string, dataType: string, elementDataType: string, of: object) => ({
      fieldName,
      dataType,
      elementDataType,
      elementTypeParams: { max_capacity: 4, ...of },
    });
    await far.collections.create({
      collectionName: "people",
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "face", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
        structFields: [
          {
            fieldName: "visits",
            dataType: "Array",
            elementDataType: "Struct",
            elementTypeParams: { max_capacity: 4 },
            fields: [
              list("city", "Array", "VarChar", { max_length: 9 }),
              list("paid", "Array", "Bool", {}),
              list("year", "Array", "Int16", {}),
              list("seen", "ArrayOfVector", "FloatVector", { dim: 2 }),
            ],
          },
        ],
      },
      indexParams: [
        { fieldName: "face", indexName: "face", indexType: "FLAT", metricType: "L2" },
        { fieldName: "visits[seen]", indexName: "seen", indexType: "HNSW", metricType: "MAX_SIM_L2" },
      ],
    } as never);
    const visit = { city: "Bern", paid: true, year: 1999, seen: [1, 2] };
    const row = { face: [1, 1], city: "dynamic", name: "Anna" };
    await far.entities.insert({
      collectionName: "people",
      data: [
        { ...row, id: 1, visits: [visit, visit] },
        { ...row, id: 2, visits: [] },
      ],
    });
    const pulled = async (...redact: string[]) => {
      const db = await openStore(":memory:");
      const { plan, comparisons } = await db.pull({ from: server.url, over, redact });
      expect(comparisons).toMatchObject([{ same: true }]);
      const rows = await db.entities.get({ collectionName: "people", id: [1, 2] });
      return { rows, changes: plan.collections[0]?.changes };
    };
    const others = { id: 2, face: [1, 1], visits: [] };
    expect(await pulled("visits[year]", "city", "paid", "seen")).toEqual({
      rows: [
        {
          ...others,
          id: 1,
          visits: Array(2).fill({ city: "", paid: false, year: 0, seen: [0, 0] }),
          name: "Anna",
        },
        { ...others, name: "Anna" },
      ],
      changes: [],
    });
    expect(await pulled("visits", "naem", "faces")).toEqual({
      rows: [
        { ...row, ...others, id: 1 },
        { ...row, ...others },
      ],
      changes: [
        "dynamic keys naem stay there: no field has this name",
        'dynamic keys faces stay there: no field has this name: did you mean "face"?',
      ],
    });
  });

  it("does not take a filter that draws other rows for each page", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far);
    const db = await openStore();
    for (const filter of ["random_sample(0.5)", "city == 1 && RANDOM_SAMPLE (0.5)"]) {
      for (const dryRun of [false, true]) {
        await expect(db.pull({ from: server.url, filter, dryRun })).rejects.toMatchObject({
          kind: "InvalidParameter",
          message: expect.stringContaining('give "sample"'),
        });
      }
    }
    expect(await db.collections.list()).toEqual([]);
    const filter = `name != "\\" random_sample(0.5)" && name != 'random_sample(1)' && city == 1`;
    expect((await db.pull({ from: server.url, filter })).rows).toBe(100);
  });

  it("brings an even sample, the same one each time", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far);
    const ids: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const db = await openStore();
      const report = await db.pull({ from: server.url, sample: 50 });
      expect([report.rows, report.comparisons[0]?.same]).toEqual([50, true]);
      ids.push(await db.entities.query({ collectionName: "people", outputFields: ["id"] }));
    }
    expect(ids[0]).toEqual(ids[1]);
  });

  it("goes on where it was ended, and refuses what is not loaded there", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far, 3000);
    const path = temporaryPath();
    const db = await openStore(path);
    const stop = new AbortController();
    const first = db.pull({ from: server.url, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(first).rejects.toMatchObject({ kind: "Aborted" });
    const report = await db.pull({ from: server.url });
    expect([report.rows < 3000, report.comparisons[0]?.same]).toEqual([true, true]);
    await far.collections.release({ collectionName: "people" });
    await expect(db.pull({ from: server.url })).rejects.toThrow("it is not loaded in");
  });
});

describe("a diff", () => {
  it("names what only one side has, what has changed, and in which fields", async () => {
    const { db: far, server } = await openServer();
    const path = temporaryPath();
    const db = await openStore(path);
    await makePeople(db);
    await db.push({ to: server.url });
    await far.entities.delete({ collectionName: "people", filter: "id in [5, 6, 7]" });
    await far.entities.insert({ collectionName: "people", data: [{ id: -1, name: "x", mail: null, face: [1, 1] }] });
    const changed = { id: 9, name: "other", mail: "m9", face: [9, 1], phone: 9, city: 1 };
    await far.entities.upsert({ collectionName: "people", data: [changed] });
    await makePeopleElsewhere(db, far);
    const report = await db.diff({ with: server.url, keys: 2 });
    expect(report).toMatchObject({
      same: false,
      onlyHere: ["default.mine"],
      onlyThere: ["default.yours"],
      comparisons: [
        {
          collection: "people",
          same: false,
          onlyHere: { count: 3, keys: [5, 6] },
          onlyThere: { count: 1, keys: [-1] },
          changed: { count: 1, keys: [9], fields: ["name", "$meta"].sort() },
        },
      ],
    });
    await db.close();
    const shown = await run("diff", path, server.url, "-c", "people");
    expect(shown).toMatchObject({ code: 1, err: "" });
    expect(shown.out).toContain(
      "    only here: 3 rows: 5, 6, 7\n    only there: 1 row: -1\n    changed ($meta, name): 1 row: 9\n",
    );
  });

  it("tells of other schemas, and of what is not loaded there", async () => {
    const { db: far, server } = await openServer();
    const db = await openStore();
    await makePeople(db);
    await db.push({ to: server.url });
    await far.collections.fields.add({
      collectionName: "people",
      schema: { fieldName: "age", dataType: "Int8", nullable: true },
    });
    await far.collections.release({ collectionName: "people" });
    const { comparisons } = await db.diff({ with: server.url });
    expect(comparisons[0]?.remarks).toEqual([
      "field age is only there",
      "its rows were not compared: it is not loaded there",
    ]);
  });
});

describe("the commands of a move", () => {
  it("make no file by a slip in the address, a try, or where the move is refused", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far);
    const path = temporaryPath();
    expect(JSON.parse((await run("pull", "http://127.0.0.1:1", path)).out)).toMatchObject({ code: 2 });
    expect(JSON.parse((await run("pull", server.url, path, "-c", "pople")).out).code).not.toBe(0);
    expect(await run("pull", server.url, path, "--dry-run")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/default\.people: 300 rows, 1 partition\n$/),
    });
    await far.collections.release({ collectionName: "people" });
    expect(JSON.parse((await run("pull", server.url, path)).out)).toMatchObject({
      message: expect.stringMatching(/^nothing was moved: default.people: it is not loaded/),
    });
    expect(existsSync(path)).toBe(false);
  });

  it("pull into a file that is made, and say how they are used", async () => {
    const { db: far, server } = await openServer();
    await makePeople(far);
    const path = temporaryPath();
    const pulled = await run("pull", server.url, path, "--filter", "id < 10", "--redact", "name", "--sample", "5");
    expect(pulled).toMatchObject({
      code: 0,
      out: expect.stringContaining("5 rows written\n  default.people: the same: 5 rows"),
    });
    expect(await run("pull", server.url, path, "--sample", "many")).toMatchObject({ code: 2 });
    expect(await run("pull", server.url)).toMatchObject({
      code: 2,
      err: expect.stringContaining("elanus pull <address> <file>"),
    });
    expect(await run("pull", "--help")).toMatchObject({ code: 0, out: expect.stringContaining("--redact") });
    expect(await run("diff", "--help")).toMatchObject({ code: 0, out: expect.stringContaining("--keys") });
  });
});

async function makePeopleElsewhere(db: Elanus, far: Elanus): Promise<void> {
  await db.collections.create({ collectionName: "mine", dimension: 4 });
  await far.collections.create({ collectionName: "yours", dimension: 4 });
}

const run = (...argv: string[]) => runCommand(argv);
