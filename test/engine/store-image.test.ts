import { afterEach, describe, expect, it } from "vitest";
import type { RecordBatch, SearchHits, StoredColumn } from "../../src/engine/contract/column.js";
import { type EngineOptions, type LocalEngine, openEngine, openImage } from "../../src/engine/index.js";
import { temporaryPath } from "../support/temporary.js";

const opened: LocalEngine[] = [];
const keep = (engine: LocalEngine): LocalEngine => {
  opened.push(engine);
  return engine;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((engine) => engine.close()));
});

const collectionName = "book";
const DIMENSION = 16;
const vector = (id: number) => Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(id * DIMENSION + i));
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, vector: vector(from + i) }));

async function library(count: number, options: EngineOptions = {}, path = ":memory:"): Promise<LocalEngine> {
  const engine = keep(openEngine(path, options));
  await engine.execute("collections/create", { collectionName, dimension: DIMENSION, metricType: "L2" });
  for (let from = 0; from < count; from += 500) {
    await engine.execute("entities/insert", { collectionName, data: rows(from, Math.min(500, count - from)) });
  }
  return engine;
}

async function copyOf(engine: LocalEngine, options: EngineOptions = {}): Promise<LocalEngine> {
  return keep(openImage(await engine.image(), options));
}

async function nearest(engine: LocalEngine, id: number, limit = 1): Promise<readonly unknown[]> {
  const { data } = await engine.execute("entities/search", { collectionName, data: [[...vector(id)]], limit });
  return (data as SearchHits).ids;
}

async function count(engine: LocalEngine): Promise<unknown> {
  const { data } = await engine.execute("entities/query", { collectionName, filter: "", outputFields: ["count(*)"] });
  const [counted] = (data as RecordBatch).columns;
  return [...((counted as StoredColumn).values as readonly unknown[])][0];
}

async function builtGraph(engine: LocalEngine): Promise<void> {
  while ((await engine.stats()).pendingRows > 0) await engine.execute("collections/list", {});
}

describe("an image of a store", () => {
  it("opens a store with the same contents, and shares nothing with it", async () => {
    const engine = await library(300);
    const copy = await copyOf(engine);
    await engine.execute("entities/delete", { collectionName, filter: "id < 100" });
    await copy.execute("entities/insert", { collectionName, data: rows(300, 50) });
    expect([await count(engine), await count(copy)]).toEqual([200, 350]);
    expect([await nearest(engine, 310), await nearest(copy, 310)]).not.toEqual([[310], [310]]);
    expect([await nearest(copy, 310), await nearest(copy, 5)]).toEqual([[310], [5]]);
    expect(await nearest(engine, 5)).not.toEqual([5]);
    await engine.close();
    expect(await nearest(copy, 42)).toEqual([42]);
    expect(await copy.check()).toEqual({ ok: true, problems: [] });
  });

  it("takes graphs along: nothing is built again", async () => {
    const engine = await library(1500, { exactBelow: 500 });
    await builtGraph(engine);
    const copy = await copyOf(engine, { exactBelow: 500 });
    expect(await copy.stats()).toMatchObject({ graphRows: 1500, pendingRows: 0 });
    expect(await nearest(copy, 700, 10)).toEqual(await nearest(engine, 700, 10));
  });

  it("can be taken while a graph is built, and each store builds on", async () => {
    const engine = await library(4000, { exactBelow: 500 });
    const copies = [await copyOf(engine, { exactBelow: 500 }), await copyOf(engine, { exactBelow: 500 })];
    for (const each of [engine, ...copies]) {
      await builtGraph(each);
      // What an image has left to build may be too little for one.
      expect((await each.stats()).exactRows).toBeLessThan(500);
      expect(await nearest(each, 3210)).toEqual([3210]);
      expect(await each.check()).toEqual({ ok: true, problems: [] });
    }
  });

  it("is of one moment while others write", async () => {
    const engine = await library(100);
    const writes = Array.from({ length: 40 }, (_, i) =>
      engine.execute("entities/insert", { collectionName, data: rows(100 + i * 10, 10) }),
    );
    const images = await Promise.all([engine.image(), writes[20]?.then(() => engine.image())]);
    await Promise.all(writes);
    for (const image of images) {
      const copy = keep(openImage(image as NonNullable<typeof image>));
      const found = Number(await count(copy));
      expect(found % 10).toBe(0);
      expect((await copy.stats()).rows).toBe(found);
    }
  });

  it("shows a collection's changes that come before its first search", async () => {
    const image = await (await library(300)).image();
    const [deleted, dropped, released, truncated] = [1, 2, 3, 4].map(() => keep(openImage(image))) as [
      LocalEngine,
      LocalEngine,
      LocalEngine,
      LocalEngine,
    ];
    await deleted.execute("entities/delete", { collectionName, filter: "id in [7]" });
    expect(await nearest(deleted, 7)).not.toEqual([7]);
    await dropped.execute("collections/drop", { collectionName });
    await dropped.execute("collections/create", { collectionName, dimension: DIMENSION });
    expect((await dropped.stats()).rows).toBe(0);
    await released.execute("collections/release", { collectionName });
    await expect(nearest(released, 7)).rejects.toMatchObject({ code: 101 });
    await truncated.execute("collections/truncate", { collectionName });
    expect((await truncated.stats()).rows).toBe(0);
  });

  it("can be taken of a copy, before and after its first search", async () => {
    const copy = await copyOf(await library(300));
    const untouched = await copyOf(copy);
    expect(await nearest(copy, 9)).toEqual([9]);
    await copy.execute("entities/delete", { collectionName, filter: "id in [9]" });
    const changed = await copyOf(copy);
    expect([await nearest(untouched, 9), await count(untouched)]).toEqual([[9], 300]);
    expect(await count(changed)).toBe(299);
    expect(await nearest(changed, 9)).not.toEqual([9]);
  });

  it.each([
    ["SparseFloatVector", "IP", { 3: 1, 9: 0.5 }, {}],
    ["BinaryVector", "HAMMING", [1, 2], {}],
    ["FloatVector", "COSINE", [...vector(1)], { vectorIndex: "hnswlib" as const }],
  ])("reads the rows of what it does not take along: %s", async (dataType, metricType, value, options) => {
    const engine = keep(openEngine(":memory:", options));
    const fields = [
      { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 20 } },
      {
        fieldName: "v",
        dataType,
        ...(dataType === "SparseFloatVector" ? {} : { elementTypeParams: { dim: DIMENSION } }),
      },
    ];
    const indexParams = [{ fieldName: "v", indexType: "AUTOINDEX", metricType }];
    await engine.execute("collections/create", { collectionName, schema: { fields }, indexParams });
    await engine.execute("entities/insert", { collectionName, data: [{ id: "one", v: value }] });
    const copy = await copyOf(engine, options);
    await copy.execute("entities/insert", { collectionName, data: [{ id: "two", v: value }] });
    const { data } = await copy.execute("entities/search", { collectionName, annsField: "v", data: [value], limit: 5 });
    expect((data as SearchHits).topks).toEqual([2]);
  });

  it("holds users, and copies of collections", async () => {
    const engine = await library(200);
    await engine.execute("users/create", { userName: "alice", password: "secret-1" });
    await engine.execute("snapshots/create", { collectionName, snapshotName: "s" });
    await engine.execute("entities/delete", { collectionName, filter: "id >= 0" });
    const copy = await copyOf(await copyOf(engine));
    expect(await copy.authenticate({ kind: "password", user: "alice", password: "secret-1" })).toMatchObject({});
    await copy.execute("snapshots/restore", { collectionName, snapshotName: "s", targetCollectionName: "again" });
    const done = async () => {
      const { data } = await copy.execute("collections/has", { collectionName: "again" });
      return (data as { has: boolean }).has;
    };
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5));
    const { data } = await copy.execute("collections/get_stats", { collectionName: "again" });
    expect(data).toMatchObject({ rowCount: 200 });
  });

  it("can be taken of a file, which goes on as it was", async () => {
    const engine = await library(300, { durability: "off" }, temporaryPath());
    const copy = await copyOf(engine);
    await engine.execute("entities/insert", { collectionName, data: rows(300, 10) });
    await copy.execute("entities/delete", { collectionName, filter: "id >= 200" });
    expect([await count(engine), await count(copy)]).toEqual([310, 200]);
    expect(await nearest(copy, 199)).toEqual([199]);
  });

  it("is refused by a store that is closed", async () => {
    const engine = await library(1);
    await engine.close();
    await expect(engine.image()).rejects.toMatchObject({ kind: "NotReady" });
  });
});
