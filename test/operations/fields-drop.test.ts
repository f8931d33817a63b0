import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const book = { collectionName: "book" };

async function filled(path = ":memory:", rows = 20): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    ...book,
    schema: {
      enableDynamicField: true,
      functions: [{ name: "words", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["sparse"] }],
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "tenant", dataType: "VarChar", isPartitionKey: true, elementTypeParams: { max_length: 10 } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "w", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 100, enable_analyzer: true } },
        { fieldName: "sparse", dataType: "SparseFloatVector" },
      ],
    },
    params: { partitionsNum: 2 },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2" },
      { fieldName: "w", indexName: "w", metricType: "L2" },
      { fieldName: "sparse", indexName: "sparse", metricType: "BM25" },
      { fieldName: "n", indexName: "n", indexType: "STL_SORT" },
    ],
  });
  const data = Array.from({ length: rows }, (_, id) => row(id));
  await db.entities.insert({ ...book, data });
  return db;
}

/** The hits alone, without how many each query has. */
async function hitsOf(db: Elanus, request: object): Promise<unknown[]> {
  return [...(await db.entities.search({ ...book, data: [[3, 0]], limit: 1, ...request }))];
}

function row(id: number): Record<string, unknown> {
  return { id, tenant: `t${id % 3}`, v: [id, 0], w: [0, id], n: id, text: `word${id}` };
}

describe("a field that is dropped", () => {
  it.each([":memory:", "a file"])("takes its values and indexes along, on %s", async (where) => {
    const path = where === "a file" ? temporaryPath() : where;
    let db = await filled(path);
    await db.collections.fields.drop({ ...book, fieldName: "n" });
    await db.collections.fields.drop({ ...book, fieldName: "w" });
    if (where === "a file") {
      await db.close();
      db = await Elanus.open(path);
    }
    const described = await db.collections.describe(book);
    expect(described.fields.map(({ name }) => name)).toEqual(["id", "tenant", "v", "text", "sparse"]);
    expect([...(await db.indexes.list(book))].sort()).toEqual(["sparse", "v"]);
    expect(await db.entities.get({ ...book, id: 3 })).toEqual([{ id: 3, tenant: "t0", v: [3, 0], text: "word3" }]);
    expect(await hitsOf(db, { annsField: "v" })).toEqual([{ id: 3, distance: 0 }]);
    await expect(hitsOf(db, { annsField: "w" })).rejects.toThrow("w");
    // Now it is a key of the dynamic field.
    await db.entities.insert({ ...book, data: [{ ...row(100), n: "new", w: [1] }] });
    expect(await db.entities.query({ ...book, filter: 'n == "new"', outputFields: ["n", "w"] })).toEqual([
      { id: 100, n: "new", w: [1] },
    ]);
    expect((await db.check()).ok).toBe(true);
    await db.close();
  });

  it("can be dropped while released, and added anew, empty and under another id", async () => {
    const db = await filled();
    await db.collections.release(book);
    const idOf = async (name: string) =>
      (await db.collections.describe(book)).fields.find((field) => field.name === name)?.id;
    const before = await idOf("w");
    await db.collections.fields.drop({ ...book, fieldId: before as number });
    await db.collections.fields.add({
      ...book,
      schema: { fieldName: "w", dataType: "FloatVector", nullable: true, elementTypeParams: { dim: 3 } },
    });
    expect(await idOf("w")).toBeGreaterThan(before as number);
    await db.indexes.create({ ...book, indexParams: [{ fieldName: "w", indexName: "w", metricType: "IP" }] });
    await db.collections.load(book);
    expect(await db.entities.get({ ...book, id: 3, outputFields: ["w"] })).toEqual([{ id: 3, w: null }]);
    const search = { annsField: "w", data: [[1, 1, 1]], limit: 5 };
    expect(await hitsOf(db, search)).toEqual([]);
    await db.entities.upsert({ ...book, partialUpdate: true, data: [{ id: 4, w: [1, 2, 3] }] });
    expect(await hitsOf(db, search)).toEqual([{ id: 4, distance: 6 }]);
    await db.close();
  });

  it("goes while the collection is being loaded", async () => {
    const path = temporaryPath();
    await (await filled(path, 5000)).close();
    const db = await Elanus.open(path);
    await db.collections.release(book);
    const load = db.collections.load(book);
    await db.collections.fields.drop({ ...book, fieldName: "w" });
    await load;
    expect(await db.collections.getLoadState(book)).toMatchObject({ loadState: "LoadStateLoaded" });
    expect(await hitsOf(db, { annsField: "v", data: [[7, 0]] })).toEqual([{ id: 7, distance: 0 }]);
    await db.close();
  });

  it("leaves its values behind until a compaction, which goes on beside other calls", async () => {
    const path = temporaryPath();
    let db = await filled(path, 5000);
    for (const fieldName of ["n", "w"]) await db.collections.fields.drop({ ...book, fieldName });
    const sizes = () => {
      const sql = new Sqlite(path, { readonly: true });
      const [table] = sql
        .prepare("SELECT name FROM sqlite_master WHERE name GLOB 'e_[0-9]*' AND type='table'")
        .pluck()
        .all();
      const names = sql.prepare("SELECT name FROM sqlite_master WHERE name GLOB '[vi]_[0-9]*'").pluck().all();
      const values = sql.prepare(`SELECT count(*) FROM ${table} WHERE f_104 <> 0`).pluck().get();
      sql.close();
      return { tablesAndIndexes: names.length, values };
    };
    expect(sizes()).toEqual({ tablesAndIndexes: 4, values: 4999 });
    await db.close();
    db = await Elanus.open(path);
    const compaction = db.collections.compact(book);
    const again = db.collections.compact(book);
    for (let id = 6000; id < 6050; id++) await db.entities.insert({ ...book, data: [{ ...row(id), n: 7 }] });
    await Promise.all([compaction, again]);
    expect(sizes()).toEqual({ tablesAndIndexes: 2, values: 0 });
    await db.entities.insert({ ...book, data: [row(7000)] });
    expect(await db.collections.getStats(book)).toEqual({ rowCount: 5051 });
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it.each([":memory:", "a file"])("is in a snapshot that was begun before, on %s", async (where) => {
    const db = await filled(where === "a file" ? temporaryPath() : where, 3000);
    const made = db.snapshots.create({ ...book, snapshotName: "s" });
    for (const fieldName of ["n", "w"]) await db.collections.fields.drop({ ...book, fieldName });
    await db.collections.compact(book);
    await made;
    const { jobId } = await db.snapshots.restore({ ...book, snapshotName: "s", targetCollectionName: "copy" });
    const state = async () => (await db.jobs.snapshot.describe({ jobId })).state;
    await expect.poll(state).toBe("RestoreSnapshotCompleted");
    await db.collections.load({ collectionName: "copy" });
    const copy = { collectionName: "copy", filter: "n >= 0", outputFields: ["w"], limit: 3000 };
    const rows = await db.entities.query(copy);
    expect(rows.map(({ w }) => w)).toEqual(Array.from({ length: 3000 }, (_, id) => [0, id]));
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("is told to readers beside the writer", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    const reader = await Elanus.open(path, { readonly: true });
    const search = { annsField: "v", outputFields: ["n"] };
    expect(await hitsOf(reader, search)).toEqual([{ id: 3, distance: 0, n: 3 }]);
    await db.collections.fields.drop({ ...book, fieldName: "n" });
    await db.collections.fields.drop({ ...book, fieldName: "w" });
    // A name that the schema lacks is a key of the dynamic field.
    expect(await hitsOf(reader, search)).toEqual([{ id: 3, distance: 0 }]);
    expect((await reader.collections.describe(book)).fields.map(({ name }) => name)).not.toContain("w");
    await reader.close();
    await db.close();
  });

  it.each<[object, string]>([
    [{}, "exactly one of fieldName or fieldId is required"],
    [{ fieldName: "n", fieldId: 104 }, "exactly one of fieldName or fieldId is required"],
    [{ fieldId: 0 }, "fieldId must be greater than 0"],
    [{ fieldId: 999 }, "field not found with id: 999"],
    [{ fieldName: "none" }, "field not found: none"],
    [{ fieldName: "id" }, "cannot drop primary key field: id"],
    [{ fieldName: "tenant" }, "cannot drop partition key field: tenant"],
    [{ fieldName: "$meta" }, "cannot drop dynamic field: $meta, use AlterCollection to disable dynamic schema instead"],
    [{ fieldName: "RowID" }, "cannot drop system field: RowID"],
    [{ fieldName: "text" }, "field is referenced by function words as input, drop function first"],
    [{ fieldName: "sparse" }, "field is referenced by function words as output, drop function first"],
  ])("%j is refused", async (which, text) => {
    const db = await filled();
    const before = await db.collections.describe(book);
    await expect(db.collections.fields.drop({ ...book, ...which })).rejects.toMatchObject({
      code: 1100,
      message: `${text}: invalid parameter`,
    });
    expect(await db.collections.describe(book)).toEqual(before);
    await db.close();
  });

  it("cannot be the last vector", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...book, dimension: 2 });
    await expect(db.collections.fields.drop({ ...book, fieldName: "vector" })).rejects.toMatchObject({
      message: "cannot drop the last vector field: vector: invalid parameter",
    });
    await db.close();
  });
});

describe("generated changes of the schema", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), name: fc.constantFrom("a", "b", "c"), vector: fc.boolean() }),
    fc.record({ kind: fc.constant("drop" as const), name: fc.constantFrom("a", "b", "c") }),
    fc.record({ kind: fc.constant("upsert" as const), id: fc.integer({ min: 0, max: 5 }) }),
    fc.record({
      kind: fc.constantFrom("release" as const, "load" as const, "reopen" as const, "compact" as const),
    }),
  );

  it("leave each row with the values written since its fields came", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const path = temporaryPath();
        let db = await Elanus.open(path, { durability: "off" });
        await db.collections.create({
          ...book,
          schema: {
            fields: [
              { fieldName: "id", dataType: "Int64", isPrimary: true },
              { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
            ],
          },
          indexParams: [{ fieldName: "vector", indexName: "vector", metricType: "L2" }],
        });
        const fields = new Map<string, boolean>();
        const rows = new Map<number, Record<string, unknown>>();
        for (const [at, each] of steps.entries()) {
          if (each.kind === "add" && !fields.has(each.name)) {
            const type = each.vector
              ? { dataType: "FloatVector", elementTypeParams: { dim: 2 } }
              : { dataType: "Int64" };
            await db.collections.fields.add({ ...book, schema: { fieldName: each.name, nullable: true, ...type } });
            if (each.vector) {
              const index = { fieldName: each.name, indexName: each.name, metricType: "L2" };
              await db.indexes.create({ ...book, indexParams: [index] });
            }
            fields.set(each.name, each.vector);
            for (const known of rows.values()) known[each.name] = null;
          } else if (each.kind === "drop" && fields.has(each.name)) {
            await db.collections.fields.drop({ ...book, fieldName: each.name });
            fields.delete(each.name);
            for (const known of rows.values()) delete known[each.name];
          } else if (each.kind === "upsert") {
            const given: Record<string, unknown> = { id: each.id, vector: [at, 1] };
            for (const [name, vector] of fields) given[name] = vector ? [at, at] : at;
            await db.entities.upsert({ ...book, data: [given] });
            rows.set(each.id, given);
          } else if (each.kind === "compact") await db.collections.compact(book);
          else if (each.kind === "release") await db.collections.release(book);
          else if (each.kind === "load") await db.collections.load(book);
          else if (each.kind === "reopen") {
            await db.close();
            db = await Elanus.open(path, { durability: "off" });
          }
        }
        await db.collections.load(book);
        const found = await db.entities.query({ ...book, filter: "", limit: 100 });
        expect(found).toEqual([...rows.values()].sort((a, b) => Number(a["id"]) - Number(b["id"])));
        for (const [name, vector] of fields) {
          if (!vector) continue;
          const held = [...rows.values()].filter((each) => each[name] !== null);
          const hits = await db.entities.search({ ...book, annsField: name, data: [[0, 0]], limit: 100 });
          expect(hits).toHaveLength(held.length);
        }
        expect((await db.check()).problems).toEqual([]);
        await db.close();
      }),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 30) },
    );
  });
});
