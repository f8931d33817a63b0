import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const collectionName = "c";
const DIMENSION = 8;
/** More than go with their rows, and more than one entry of what is to be purged. */
const ROWS = 5000;

let db: Elanus | undefined;
afterEach(async () => {
  await db?.close();
  db = undefined;
});

const vectorOf = (id: number, seed = 0) => Array.from({ length: DIMENSION }, (_, i) => ((id + seed) * (i + 1)) % 101);
const rowsOf = (from: number, to: number, seed = 0) =>
  Array.from({ length: to - from }, (_, i) => ({
    id: from + i,
    sel: (from + i) % 100,
    vector: vectorOf(from + i, seed),
  }));

async function filled(path = ":memory:"): Promise<Elanus> {
  db = await Elanus.open(path);
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "sel", dataType: "Int32" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }],
  });
  await db.entities.insert({ collectionName, data: rowsOf(0, ROWS) });
  return db;
}

async function pending(of: Elanus): Promise<number> {
  return (await of.stats()).rowsToPurge;
}

it("vectors of many removed rows are purged behind the call, and nobody sees them meanwhile", async () => {
  const store = await filled();
  expect(await store.entities.delete({ collectionName, filter: "sel < 40" })).toEqual({ deleteCount: 2000 });
  expect(await pending(store)).toBeGreaterThan(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  const hits = await store.entities.search({ collectionName, data: [vectorOf(10)], limit: ROWS });
  expect(hits).toHaveLength(3000);
  expect(await store.entities.query({ collectionName, filter: "", outputFields: ["count(*)"] })).toEqual([
    { "count(*)": 3000 },
  ]);
  await expect.poll(() => pending(store)).toBe(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
});

it("a key that comes again before its old vector is purged has its new one", async () => {
  const store = await filled();
  await store.entities.delete({ collectionName, filter: "sel < 40" });
  await store.entities.insert({ collectionName, data: rowsOf(0, 40, 7) });
  expect(await pending(store)).toBeGreaterThan(0);
  const look = async () => {
    const found = await store.entities.get({ collectionName, id: [3, 39], outputFields: ["vector"] });
    expect(found.map(({ vector }) => vector)).toEqual([vectorOf(3, 7), vectorOf(39, 7)]);
    const [nearest] = await store.entities.search({ collectionName, data: [vectorOf(3, 7)], limit: 1 });
    expect(nearest).toMatchObject({ distance: 0 });
  };
  await look();
  await store.collections.compact({ collectionName });
  expect(await pending(store)).toBe(0);
  await look();
  await store.collections.release({ collectionName });
  await store.collections.load({ collectionName });
  await look();
  expect(await store.check()).toEqual({ ok: true, problems: [] });
});

it("an upsert of many rows leaves their old vectors to the purge", async () => {
  const store = await filled();
  await store.entities.upsert({ collectionName, data: rowsOf(0, 3000, 5) });
  expect(await pending(store)).toBeGreaterThan(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  await store.collections.compact({ collectionName });
  expect(await pending(store)).toBe(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  const [row] = await store.entities.get({ collectionName, id: 2999, outputFields: ["vector"] });
  expect(row).toMatchObject({ vector: vectorOf(2999, 5) });
});

it("few rows take their vectors with them", async () => {
  const store = await filled();
  await store.entities.delete({ collectionName, id: [1, 2, 3] });
  await store.entities.delete({ collectionName, filter: "id < 50 and sel >= 4" });
  expect(await pending(store)).toBe(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
});

it("a purge that was cut off goes on at the next opening; a reader opens the file as it is", async () => {
  const path = temporaryPath();
  const first = await filled(path);
  await first.entities.delete({ collectionName, filter: "sel < 80" });
  await first.close();
  const copy = `${path}-copy`;
  copyFileSync(path, copy);
  const reader = await Elanus.open(copy, { readonly: true });
  expect(await pending(reader)).toBeGreaterThan(0);
  expect(await reader.check()).toEqual({ ok: true, problems: [] });
  expect(await reader.entities.search({ collectionName, data: [vectorOf(1)], limit: ROWS })).toHaveLength(1000);
  await reader.close();
  db = await Elanus.open(path);
  const again = db;
  expect(await pending(again)).toBeGreaterThan(0);
  await expect.poll(() => pending(again)).toBe(0);
  expect(await again.check()).toEqual({ ok: true, problems: [] });
});

it("what is to be purged of many rows keeps no check, nor a backup, for long; other vectors without a row are found among it", async () => {
  const path = temporaryPath();
  const first = await filled(path);
  const MANY = 30_000;
  await first.entities.insert({ collectionName, data: rowsOf(ROWS, MANY) });
  await first.entities.delete({ collectionName, filter: "sel < 90" });
  await first.close();
  const reader = await Elanus.open(path, { readonly: true });
  expect(await pending(reader)).toBeGreaterThan(20_000);
  expect(await reader.check()).toEqual({ ok: true, problems: [] });
  await reader.backup(`${path}-backup`);
  await reader.close();
  const file = new Database(path);
  file.exec("DELETE FROM purges WHERE id = (SELECT max(id) FROM purges)");
  file.close();
  const damaged = await Elanus.open(path, { readonly: true });
  expect((await damaged.check()).problems).toEqual([
    "collection default.c (1): 1000 vectors of vector belong to no row",
  ]);
  await damaged.close();
});

const tables = async (of: Elanus) => (await of.stats()).tablesToPurge;

it("a collection that is emptied is there without rows at once; its old tables go behind", async () => {
  const path = temporaryPath();
  const store = await filled(path);
  await store.indexes.create({
    collectionName,
    indexParams: [{ fieldName: "sel", indexName: "s", indexType: "INVERTED" }],
  });
  await store.collections.fields.add({
    collectionName,
    schema: { fieldName: "extra", dataType: "Int64", nullable: true },
  });
  await store.entities.delete({ collectionName, filter: "sel < 40" });
  await store.collections.truncate({ collectionName });
  expect(await pending(store)).toBe(0);
  expect(await tables(store)).toBe(2);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  expect((await store.collections.getStats({ collectionName })).rowCount).toBe(0);
  await store.entities.insert({ collectionName, data: rowsOf(0, 50, 3) });
  expect(await store.entities.query({ collectionName, filter: "sel == 7", outputFields: ["id", "extra"] })).toEqual([
    { id: 7, extra: null },
  ]);
  await store.close();
  db = await Elanus.open(path);
  const again = db;
  expect(await tables(again)).toBeGreaterThan(0);
  expect(await again.check()).toEqual({ ok: true, problems: [] });
  await again.collections.compact({ collectionName });
  expect(await tables(again)).toBe(0);
  expect(await again.check()).toEqual({ ok: true, problems: [] });
  const [row] = await again.entities.search({ collectionName, data: [vectorOf(9, 3)], limit: 1 });
  expect(row).toMatchObject({ id: 9, distance: 0 });
});

it("a collection that is dropped is gone at once; its tables go behind", async () => {
  const path = temporaryPath();
  const store = await filled(path);
  await store.entities.delete({ collectionName, filter: "sel < 40" });
  await store.collections.drop({ collectionName });
  expect(await pending(store)).toBe(0);
  expect(await tables(store)).toBe(2);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  expect(await store.collections.has({ collectionName })).toEqual({ has: false });
  await expect.poll(() => tables(store)).toBe(0);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
});

it("what is small goes at once", async () => {
  const store = await filled();
  await store.entities.delete({ collectionName, filter: "id >= 100" });
  await store.collections.compact({ collectionName });
  await store.collections.truncate({ collectionName });
  await store.collections.drop({ collectionName });
  expect(await tables(store)).toBe(0);
});

it("a copy that is being made keeps what is emptied meanwhile", async () => {
  const store = await filled();
  const copied = store.snapshots.create({ collectionName, snapshotName: "s" });
  await store.collections.truncate({ collectionName });
  await copied;
  const { jobId } = await store.snapshots.restore({
    collectionName,
    snapshotName: "s",
    targetCollectionName: "copy",
  });
  await expect.poll(async () => (await store.jobs.snapshot.describe({ jobId })).state).toBe("RestoreSnapshotCompleted");
  expect((await store.collections.getStats({ collectionName: "copy" })).rowCount).toBe(ROWS);
  expect(await store.check()).toEqual({ ok: true, problems: [] });
});

it.each([":memory:", "a file"])("a copy has no vectors of removed rows, in %s", async (place) => {
  const store = await filled(place === "a file" ? temporaryPath() : place);
  await store.entities.delete({ collectionName, filter: "sel < 40" });
  const copied = store.snapshots.create({ collectionName, snapshotName: "s" });
  await store.entities.delete({ collectionName, filter: "sel < 60" });
  await copied;
  const { jobId } = await store.snapshots.restore({
    collectionName,
    snapshotName: "s",
    targetCollectionName: "copy",
  });
  await expect.poll(async () => (await store.jobs.snapshot.describe({ jobId })).state).toBe("RestoreSnapshotCompleted");
  await store.collections.compact({ collectionName });
  expect(await store.check()).toEqual({ ok: true, problems: [] });
  await store.collections.load({ collectionName: "copy" });
  expect(await store.entities.search({ collectionName: "copy", data: [vectorOf(1)], limit: ROWS })).toHaveLength(3000);
});
