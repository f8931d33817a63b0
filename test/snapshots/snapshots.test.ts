import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { APPLICATION_ID, FORMAT_VERSION } from "../../src/engine/storage/format.js";
import { migrations } from "../../src/engine/storage/migrations.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { filled, restored, rowsOf, STORES } from "./support.js";

const book = { collectionName: "book" };
const first = { ...book, snapshotName: "first" };

describe.each(STORES)("a snapshot of a collection in %s", (_, path) => {
  it("holds what was there when it was made, and is restored as a collection of its own", async () => {
    const db = await filled(path());
    const before = await rowsOf(db, "book");
    await db.snapshots.create({ ...first, description: "before the change" });
    await db.entities.delete({ ...book, filter: "n >= 10" });
    await db.entities.upsert({
      ...book,
      data: [{ id: "1", tenant: "t1", v: [9, 9], n: 999, text: "a", extra: "new" }],
    });
    await db.collections.fields.add({ ...book, schema: { fieldName: "late", dataType: "Int64", nullable: true } });

    const copy = await restored(db, { ...first, targetCollectionName: "copy" });
    expect(copy).toMatchObject({
      state: "RestoreSnapshotCompleted",
      progress: 100,
      reason: "",
      collectionName: "copy",
    });
    const described = await db.collections.describe({ collectionName: "copy" });
    const original = await db.collections.describe(book);
    expect(described).toMatchObject({ load: "LoadStateNotLoad", aliases: [], partitionsNum: original.partitionsNum });
    expect(described.fields).toEqual(original.fields.filter(({ name }) => name !== "late"));
    expect(described.functions).toEqual(original.functions);
    expect([...described.indexes].map(({ fieldName }) => fieldName)).toEqual(["v", "w", "words", "n", "extra"]);
    await db.collections.load({ collectionName: "copy" });
    expect(await rowsOf(db, "copy")).toEqual(before);
    const hits = await db.entities.search({ collectionName: "copy", annsField: "v", data: [[3, 0]], limit: 1 });
    expect([...hits]).toEqual([{ id: "3", distance: 0 }]);
    const found = await db.entities.search({ collectionName: "copy", annsField: "words", data: ["word5"], limit: 5 });
    expect(found.map((hit) => hit["id"])).toEqual(["5"]);
    await db.entities.insert({ collectionName: "copy", data: [{ id: "new", tenant: "t", v: [1, 1], text: "a" }] });
    expect(await db.collections.getStats({ collectionName: "copy" })).toEqual({ rowCount: before.length + 1 });
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("is listed, described and dropped", async () => {
    const db = await filled(path());
    const begun = Date.now();
    await db.snapshots.create({ ...first, description: "one" });
    await db.snapshots.create({ ...book, snapshotName: "second", compactionProtectionSeconds: 60 });
    await db.collections.rename({ ...book, newCollectionName: "novel" });
    const novel = { collectionName: "novel" };
    expect(await db.snapshots.list(novel)).toEqual(["first", "second"]);
    const shown = await db.snapshots.describe({ ...novel, snapshotName: "first" });
    expect(shown).toMatchObject({ snapshotName: "first", description: "one", collectionName: "novel" });
    expect([...shown.partitionNames].sort()).toEqual([...(await db.partitions.list(novel))].sort());
    expect(Number(shown.createTs >> 18n)).toBeGreaterThanOrEqual(begun);
    await db.snapshots.drop({ ...novel, snapshotName: "first" });
    await db.snapshots.drop({ ...novel, snapshotName: "never" });
    expect(await db.snapshots.list(novel)).toEqual(["second"]);
    await expect(db.snapshots.describe({ ...novel, snapshotName: "first" })).rejects.toMatchObject({ code: 2600 });
    await db.snapshots.create({ ...novel, snapshotName: "first" });
    expect(await db.snapshots.list(novel)).toEqual(["second", "first"]);
    await db.close();
  });

  it("goes into another database, and can be of a collection in one", async () => {
    const db = await filled(path());
    await db.databases.create({ dbName: "archive" });
    await db.snapshots.create(first);
    await restored(db, { ...first, targetDbName: "archive", targetCollectionName: "book" });
    expect(await db.collections.list({ dbName: "archive" })).toEqual(["book"]);
    await db.snapshots.create({ ...first, dbName: "archive" });
    await restored(db, { ...first, dbName: "archive", targetCollectionName: "again" });
    expect([...(await db.collections.list({ dbName: "archive" }))].sort()).toEqual(["again", "book"]);
    await db.collections.drop({ dbName: "archive", collectionName: "book" });
    await db.collections.drop({ dbName: "archive", collectionName: "again" });
    await db.databases.drop({ dbName: "archive" });
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("is kept by a pin until that is taken back or has expired", async () => {
    const db = await filled(path());
    await db.snapshots.create(first);
    const { pinId } = await db.snapshots.pin(first);
    await db.snapshots.pin({ ...first, ttlSeconds: 2_592_000 });
    await expect(db.snapshots.drop(first)).rejects.toMatchObject({
      code: 2601,
      message: "2 active pins, unpin before dropping: snapshot is pinned[snapshot=first]",
    });
    await db.snapshots.unpin({ pinId });
    await db.snapshots.unpin({ pinId });
    await expect(db.snapshots.drop(first)).rejects.toMatchObject({ code: 2601 });
    await db.collections.drop(book);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("sees one moment, whatever is written while it is made", async () => {
    const db = await filled(path(), 3000);
    const before = await rowsOf(db, "book");
    const made = db.snapshots.create(first);
    for (let i = 0; i < 300; i += 3) {
      await db.entities.delete({ ...book, filter: `n == ${i * 7}` });
      await db.entities.upsert({ ...book, data: [{ id: String(i), tenant: "t9", v: [i, 1], n: -1, text: "changed" }] });
      await db.entities.insert({ ...book, data: [{ id: `late${i}`, tenant: "t", v: [i, 1], text: "late" }] });
    }
    await made;
    await restored(db, { ...first, targetCollectionName: "copy" });
    await db.collections.load({ collectionName: "copy" });
    expect(await rowsOf(db, "copy")).toEqual(before);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("can be made many times at once, each of its own moment", async () => {
    const db = await filled(path(), 300);
    const names = Array.from({ length: 6 }, (_, i) => `s${i}`);
    const made = names.map(async (snapshotName, i) => {
      const copied = db.snapshots.create({ ...book, snapshotName });
      await db.entities.delete({ ...book, id: [String(i)] });
      await copied;
    });
    await Promise.all(made);
    const counts: number[] = [];
    for (const snapshotName of names) {
      await restored(db, { ...book, snapshotName, targetCollectionName: snapshotName });
      counts.push((await db.collections.getStats({ collectionName: snapshotName })).rowCount);
    }
    // Each call came before the delete behind it.
    expect(counts.every((count) => count >= 294 && count <= 300)).toBe(true);
    expect(counts[0]).toBe(300);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("does not survive the drop of its collection, also while it is made", async () => {
    const db = await filled(path(), 2000);
    await db.snapshots.create(first);
    const made = db.snapshots.create({ ...book, snapshotName: "second" });
    const failed = expect(made).rejects.toMatchObject({ code: 2600 });
    await db.collections.drop(book);
    await failed;
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it.each<[string, object, object]>([
    ["create", { snapshotName: "1a" }, { code: 1100, message: /the first character of a snapshot name/ }],
    [
      "create",
      { snapshotName: "first" },
      { code: 1100, message: /snapshot name first already exists in collection \d+/ },
    ],
    ["create", { collectionName: "none" }, { code: 100 }],
    ["create", { compactionProtectionSeconds: -1 }, { code: 1100, message: /must be non-negative/ }],
    ["create", { compactionProtectionSeconds: 604_801 }, { code: 1100, message: /must not exceed 604800/ }],
    [
      "describe",
      { snapshotName: "none" },
      { code: 2600, message: /collection \d+: snapshot not found\[snapshot=none\]/ },
    ],
    ["restore", { snapshotName: "none", targetCollectionName: "copy" }, { code: 2600 }],
    [
      "restore",
      { snapshotName: "first", targetCollectionName: "book" },
      { code: 1100, message: /duplicate collection/ },
    ],
    ["restore", { snapshotName: "first", targetCollectionName: "1" }, { code: 1100 }],
    ["restore", { snapshotName: "first", targetCollectionName: "a", targetDbName: "none" }, { code: 800 }],
    ["restore", { snapshotName: "first" }, { code: 1802 }],
    ["pin", { snapshotName: "first", ttlSeconds: -1 }, { code: 1100, message: /ttl_seconds must be non-negative/ }],
    ["pin", { snapshotName: "first", ttlSeconds: 2_592_001 }, { code: 1100, message: /\(30 days\)/ }],
    ["unpin", { pinId: 0 }, { code: 1101, message: /pin_id is required for unpin snapshot data/ }],
  ])("%s %j is refused", async (method, request, refusal) => {
    const db = await filled(path());
    await db.snapshots.create(first);
    const call = (db.snapshots as unknown as Record<string, (request: object) => Promise<unknown>>)[method];
    const given = method === "unpin" ? request : { ...book, snapshotName: "x", ...request };
    const expected = {
      ...refusal,
      ...("message" in refusal && { message: expect.stringMatching(refusal.message as RegExp) }),
    };
    await expect(call?.(given)).rejects.toMatchObject(expected);
    expect(await db.snapshots.list(book)).toEqual(["first"]);
    expect(await db.collections.list()).toEqual(["book"]);
    await db.close();
  });
});

describe("jobs that restore snapshots", () => {
  it("are listed by database and collection, and known after a reopening", async () => {
    const path = temporaryPath();
    let db = await filled(path);
    await db.snapshots.create(first);
    const one = await restored(db, { ...first, targetCollectionName: "one" });
    const [two, three] = await Promise.all([
      restored(db, { ...first, targetCollectionName: "two" }),
      restored(db, { ...first, targetCollectionName: "three" }),
    ]);
    expect([two, three].map(({ state }) => state)).toEqual(["RestoreSnapshotCompleted", "RestoreSnapshotCompleted"]);
    await db.close();
    db = await Elanus.open(path, { readonly: true });
    const { records } = await db.jobs.snapshot.list();
    expect(records.map(({ collectionName }) => collectionName)).toEqual(["one", "two", "three"]);
    expect(await db.jobs.snapshot.describe({ jobId: String(one.jobId) })).toEqual(one);
    expect((await db.jobs.snapshot.list({ collectionName: "two" })).records).toEqual([two]);
    await expect(db.jobs.snapshot.describe({ jobId: 9 })).rejects.toMatchObject({
      code: 1100,
      message: "restore job not found: jobID=9: invalid parameter",
    });
    await db.close();
  });

  it("fail when the name is taken meanwhile, and a second one for it is refused", async () => {
    const db = await filled(temporaryPath());
    await db.snapshots.create(first);
    const target = { ...first, targetCollectionName: "copy" };
    const { jobId } = await db.snapshots.restore(target);
    await expect(db.snapshots.restore(target)).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("create duplicate collection with different parameters, collection: copy"),
    });
    await db.collections.create({ collectionName: "copy", dimension: 2 });
    await expect.poll(async () => (await db.jobs.snapshot.describe({ jobId })).state).toBe("RestoreSnapshotFailed");
    expect((await db.jobs.snapshot.describe({ jobId })).reason).toContain("duplicate collection");
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("are interrupted by a closing, and leave nothing behind", async () => {
    const path = temporaryPath();
    let db = await filled(path, 2000);
    await db.snapshots.create(first);
    const { jobId } = await db.snapshots.restore({ ...first, targetCollectionName: "copy" });
    await db.close();
    db = await Elanus.open(path);
    expect(await db.jobs.snapshot.describe({ jobId })).toMatchObject({
      state: "RestoreSnapshotFailed",
      reason: "interrupted by shutdown",
    });
    expect((await db.check()).problems).toEqual([]);
    expect(await db.collections.list()).toEqual(["book"]);
    await db.close();
  });
});

describe("the files of snapshots", () => {
  it("go with the database when it is moved, and are stores of their own", async () => {
    const path = temporaryPath();
    let db = await filled(path);
    const before = await rowsOf(db, "book");
    await db.snapshots.create(first);
    await db.close();
    const moved = temporaryPath();
    for (const suffix of ["", "-snapshots"]) renameSync(`${path}${suffix}`, `${moved}${suffix}`);
    db = await Elanus.open(moved);
    const { s3Location } = await db.snapshots.describe(first);
    expect(s3Location.startsWith(moved)).toBe(true);
    await restored(db, { ...first, targetCollectionName: "copy" });
    const store = await Elanus.open(s3Location, { readonly: true });
    expect((await store.check()).problems).toEqual([]);
    expect(await store.collections.list()).toEqual(["book"]);
    expect(await store.collections.getStats(book)).toEqual({ rowCount: before.length });
    await store.close();
    await db.close();
  });

  it("are missed and found out when they are damaged", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    for (const snapshotName of ["a", "b"]) await db.snapshots.create({ ...book, snapshotName });
    const at = async (snapshotName: string) => (await db.snapshots.describe({ ...book, snapshotName })).s3Location;
    rmSync(await at("a"));
    truncateSync(await at("b"), 8192);
    const { problems } = await db.check();
    expect(problems).toEqual([
      `snapshot a of default.book: ${await at("a")} is missing`,
      `snapshot b of default.book: ${await at("b")} has another size`,
    ]);
    for (const snapshotName of ["a", "b"]) {
      const job = await restored(db, { ...book, snapshotName, targetCollectionName: "copy" });
      expect(job).toMatchObject({ state: "RestoreSnapshotFailed", reason: expect.stringContaining("cannot be used") });
      await db.snapshots.drop({ ...book, snapshotName });
    }
    expect((await db.check()).problems).toEqual([]);
    expect(readdirSync(`${path}-snapshots`)).toEqual([]);
    await db.close();
  });

  it("are as readable as the database, and no strays while they are made", async () => {
    const path = temporaryPath();
    const db = await filled(path, 500);
    chmodSync(path, 0o600);
    const made = db.snapshots.create(first);
    expect((await db.check()).problems).toEqual([]);
    await made;
    const { s3Location } = await db.snapshots.describe(first);
    if (process.platform !== "win32") expect(statSync(s3Location).mode & 0o777).toBe(0o600);
    writeFileSync(join(`${path}-snapshots`, "9-0123456789ab.db"), "");
    expect((await db.check()).problems).toEqual([expect.stringContaining("9-0123456789ab.db belongs to no snapshot")]);
    await db.close();
  });

  it("of an older format are restored all the same, and stay as they are", async () => {
    const path = temporaryPath();
    let db = await filled(path);
    await db.snapshots.create(first);
    const { s3Location } = await db.snapshots.describe(first);
    await db.close();
    toOlderFormat(s3Location);
    const older = readFileSync(s3Location);
    const sql = new Sqlite(path);
    sql
      .prepare("UPDATE collection_snapshots SET checksum = ?, size_bytes = ?")
      .run(createHash("sha256").update(older).digest("hex"), older.length);
    sql.close();
    db = await Elanus.open(path);
    expect(await restored(db, { ...first, targetCollectionName: "copy" })).toMatchObject({ reason: "" });
    expect(await db.collections.getStats({ collectionName: "copy" })).toEqual({ rowCount: 40 });
    expect(readFileSync(s3Location).equals(older)).toBe(true);
    expect(readdirSync(`${path}-snapshots`)).toHaveLength(1);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it("are gone after a drop", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    await db.snapshots.create(first);
    const { s3Location } = await db.snapshots.describe(first);
    await db.snapshots.drop(first);
    expect(existsSync(s3Location)).toBe(false);
    await db.snapshots.create(first);
    await db.collections.drop(book);
    expect(readdirSync(`${path}-snapshots`)).toEqual([]);
    await db.close();
  });
});

/** Brings a file to the format before the current one. */
function toOlderFormat(file: string): void {
  const older = `${file}.older`;
  const sql = new Sqlite(older);
  for (const migration of migrations.slice(0, -1)) sql.exec(migration);
  sql.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION - 1}`);
  sql.pragma("foreign_keys = OFF");
  sql.prepare("ATTACH ? AS newer").run(file);
  const known = sql
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
    .pluck()
    .all();
  const rows = sql
    .prepare("SELECT name, sql FROM newer.sqlite_master WHERE type = 'table' AND name GLOB '[ev]_[0-9]*'")
    .all();
  for (const { sql: text } of rows as { sql: string }[]) sql.exec(text);
  for (const name of [...known, ...(rows as { name: string }[]).map((row) => row.name)]) {
    const columns = sql.prepare(`SELECT name FROM pragma_table_info('${name}')`).pluck().all().join(",");
    sql.exec(`DELETE FROM main.${name}; INSERT INTO main.${name} (${columns}) SELECT ${columns} FROM newer.${name}`);
  }
  sql.close();
  renameSync(older, file);
}

describe("a store that is only read", () => {
  it("shows snapshots, and makes and drops none", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    await db.snapshots.create(first);
    const reader = await Elanus.open(path, { readonly: true });
    expect(await reader.snapshots.list(book)).toEqual(["first"]);
    await db.snapshots.create({ ...book, snapshotName: "second" });
    expect(await reader.snapshots.list(book)).toEqual(["first", "second"]);
    expect(await reader.snapshots.describe(first)).toEqual(await db.snapshots.describe(first));
    for (const refused of [
      () => reader.snapshots.create(first),
      () => reader.snapshots.drop(first),
      () => reader.snapshots.restore({ ...first, targetCollectionName: "copy" }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 3000 });
    }
    await restored(db, { ...first, targetCollectionName: "copy" });
    expect([...(await reader.collections.list())].sort()).toEqual(["book", "copy"]);
    await reader.close();
    await db.close();
  });
});
