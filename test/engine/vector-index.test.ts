import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Elanus, isElanusError, type OpenOptions } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { clustered, INDEXES } from "../vector/oracle.js";

const ROWS = 3000;
const DIMENSION = 16;
const vectors = clustered(ROWS + 40, DIMENSION, 7);
const vectorOf = (id: number) => [...vectors.subarray(id * DIMENSION, (id + 1) * DIMENSION)];
const QUERIES = Array.from({ length: 40 }, (_, i) => vectorOf(ROWS + i));
const graphOf = { collectionName: "graph" };
const flatOf = { collectionName: "flat" };

async function filled(path: string, options: OpenOptions): Promise<Elanus> {
  const db = await Elanus.open(path, { exactBelow: 500, durability: "off", ...options });
  const schema = {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "n", dataType: "Int32" },
      { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
    ],
  };
  for (const [collection, indexType] of [
    [graphOf, "HNSW"],
    [flatOf, "FLAT"],
  ] as const) {
    const params = indexType === "HNSW" ? { M: 16, efConstruction: 100 } : {};
    const indexParams = [{ fieldName: "v", indexType, metricType: "L2", params }];
    await db.collections.create({ ...collection, schema, indexParams });
    const data = Array.from({ length: ROWS }, (_, id) => ({ id, n: id % 100, v: vectorOf(id) }));
    for (let i = 0; i < ROWS; i += 1000) await db.entities.insert({ ...collection, data: data.slice(i, i + 1000) });
  }
  return db;
}

async function built(db: Elanus): Promise<void> {
  const pending = async () => (await db.stats()).segments.some((s) => s.pending > 0 || s.snapshot === "writing");
  while (await pending()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Share of the exact answers that the graph finds. */
async function recall(db: Elanus, more: object = {}): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (const query of QUERIES) {
    const ask = { data: [query], limit: 10, ...more };
    const exact = (await db.entities.search({ ...flatOf, ...ask })).map((hit) => hit.id);
    const hits = await db.entities.search({ ...graphOf, ...ask, searchParams: { ef: 20 } });
    expect(hits.length).toBe(exact.length);
    for (const hit of hits) if (exact.includes(hit.id)) found++;
    wanted += exact.length;
  }
  return found / wanted;
}

const segmentOf = async (db: Elanus, collection: string) =>
  (await db.stats()).segments.find((segment) => segment.collection === collection);

describe.skipIf(!INDEXES.includes("hnswlib"))("vectorIndex: hnswlib", () => {
  it.each([false, true])("holds graphs and searches them (worker: %s)", async (worker) => {
    const db = await filled(":memory:", { vectorIndex: "hnswlib", worker });
    await built(db);
    expect(await db.stats()).toMatchObject({ vectorIndex: "hnswlib", builds: "main thread", graphRows: ROWS });
    expect(await segmentOf(db, "graph")).toMatchObject({ index: "hnswlib", graphRows: ROWS, failReason: "" });
    // What it cannot hold is in the kernel, and said so.
    expect(await segmentOf(db, "flat")).toMatchObject({ index: "kernel", graphRows: 0 });
    expect(await recall(db)).toBeGreaterThan(0.95);
    for (const filter of ["n < 50", "n < 90", "n == 3", "n in [1, 2, 3]"]) {
      // Again and again: the way that is taken depends on what was learnt before.
      for (let time = 0; time < 3; time++) expect(await recall(db, { filter })).toBeGreaterThan(0.95);
    }
    await db.entities.delete({ ...graphOf, filter: "n < 40" });
    await db.entities.delete({ ...flatOf, filter: "n < 40" });
    expect(await recall(db)).toBeGreaterThan(0.95);
    await built(db);
    expect(await recall(db)).toBeGreaterThan(0.95);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("gives its graph away at release, and has it back from its file at load", async () => {
    const path = temporaryPath();
    let db = await filled(path, { vectorIndex: "hnswlib" });
    await built(db);
    // The file is written behind the graph; what is released before it is there has it not.
    while ((await segmentOf(db, "graph"))?.snapshot !== "current") await new Promise((done) => setTimeout(done, 5));
    await db.collections.release(graphOf);
    expect(await segmentOf(db, "graph")).toBeUndefined();
    await db.collections.load(graphOf);
    expect(await segmentOf(db, "graph")).toMatchObject({ graphRows: ROWS, snapshot: "current" });
    await db.close();
    db = await Elanus.open(path, { exactBelow: 500, vectorIndex: "hnswlib" });
    expect(await recall(db)).toBeGreaterThan(0.95);
    expect(await segmentOf(db, "graph")).toMatchObject({ graphRows: ROWS, snapshot: "current" });
    expect((await db.check()).problems).toEqual([]);
    await db.collections.drop(graphOf);
    expect(readdirSync(`${path}-segments`)).toEqual([]);
    await db.close();
  });

  it("is found out by check when its file is damaged, and built anew", async () => {
    const path = temporaryPath();
    let db = await filled(path, { vectorIndex: "hnswlib" });
    await built(db);
    await db.close();
    const [image] = readdirSync(`${path}-segments`).filter((name) => name.endsWith(".elanus-hnsw"));
    const file = `${path}-segments/${image}`;
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 4;
    writeFileSync(file, bytes);
    db = await Elanus.open(path, { exactBelow: 500, vectorIndex: "hnswlib" });
    expect((await db.check()).problems).toEqual([`snapshot ${image}: checksum differs; it will not be used`]);
    expect(await recall(db)).toBeGreaterThan(0.95);
    await built(db);
    expect(await segmentOf(db, "graph")).toMatchObject({ graphRows: ROWS, snapshot: "current" });
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("may be another at each opening: the file of the other is not used, and goes", async () => {
    const path = temporaryPath();
    let db = await filled(path, { vectorIndex: "hnswlib" });
    await built(db);
    await db.close();
    for (const vectorIndex of ["kernel", "hnswlib", "kernel"] as const) {
      db = await Elanus.open(path, { exactBelow: 500, vectorIndex });
      expect(await recall(db)).toBeGreaterThan(0.95);
      await built(db);
      expect(await segmentOf(db, "graph")).toMatchObject({ index: vectorIndex, graphRows: ROWS, snapshot: "current" });
      await db.close();
      const suffix = vectorIndex === "kernel" ? /\.elanus-graph$/ : /\.elanus-hnsw(\.rows)?$/;
      expect(readdirSync(`${path}-segments`).filter((name) => !suffix.test(name))).toEqual([]);
    }
  });
});

describe("vectorIndex", () => {
  afterEach(() => {
    vi.doUnmock("../../src/runtime/packages.js");
    vi.resetModules();
  });

  it.each([false, true])("names the package that is missing (worker: %s)", async (worker) => {
    if (worker) {
      // The thread's code is bundled: nothing can be put in its place there, and the addon may be installed.
      if (INDEXES.includes("hnswlib")) return;
      const error = await Elanus.open(":memory:", { vectorIndex: "hnswlib", worker }).catch((cause: unknown) => cause);
      expect(isElanusError(error, "IndexPackageUnusable")).toBe(true);
      return;
    }
    vi.resetModules();
    vi.doMock("../../src/runtime/packages.js", async (original) => {
      const packages = await original<typeof import("../../src/runtime/packages.js")>();
      return {
        ...packages,
        loadPackage(name: string) {
          if (name !== "hnswlib-node") return packages.loadPackage(name);
          throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack: x`), {
            code: "MODULE_NOT_FOUND",
          });
        },
      };
    });
    const fresh = await import("../../src/index.js");
    const error = await fresh.Elanus.open(":memory:", { vectorIndex: "hnswlib" }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      kind: "IndexPackageUnusable",
      code: 2,
      message:
        "service unavailable: vectorIndex \"hnswlib\" needs the package hnswlib-node (npm i hnswlib-node): Cannot find module 'hnswlib-node'",
    });
    // Nothing is asked of the package when it is not named.
    await (await fresh.Elanus.open(":memory:")).close();
  });

  it.each([false, true])("refuses an index that there is not (worker: %s)", async (worker) => {
    const error = await Elanus.open(":memory:", { vectorIndex: "annoy" as "kernel", worker }).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "InvalidParameter", message: expect.stringMatching(/vectorIndex.*hnswlib/) });
  });
});
