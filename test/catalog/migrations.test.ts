import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../../src/engine/catalog/sqlite-catalog.js";
import { APPLICATION_ID, FORMAT_VERSION, inspectFormat, migrate } from "../../src/engine/storage/format.js";
import { migrations } from "../../src/engine/storage/migrations.js";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "elanus-catalog-"));
  file = join(folder, "test.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

function refusedUnchanged(reason: RegExp, kind = "Unavailable"): void {
  const before = readFileSync(file);
  const db = new Sqlite(file);
  try {
    expect(() => migrate(db)).toThrow(
      expect.objectContaining({ kind, code: 2, message: expect.stringMatching(reason) }),
    );
  } finally {
    db.close();
  }
  expect(readFileSync(file).equals(before)).toBe(true);
}

describe("a file", () => {
  it("that is empty gets the current format, and is current from then on", () => {
    const db = new Sqlite(file);
    expect(inspectFormat(db)).toBe("empty");
    migrate(db);
    expect(inspectFormat(db)).toBe("current");
    migrate(db);
    expect(db.pragma("application_id", { simple: true })).toBe(APPLICATION_ID);
    expect(db.pragma("user_version", { simple: true })).toBe(FORMAT_VERSION);
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
  });

  it("that is not the first of its process gets the same, at its own time", () => {
    const first = new Sqlite(":memory:");
    for (const sql of migrations) first.exec(sql);
    const second = new Sqlite(":memory:");
    for (const db of [new Sqlite(":memory:"), second]) migrate(db);
    const objects = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
    expect(second.prepare(objects).all()).toEqual(first.prepare(objects).all());
    const before = Math.floor(Date.now() / 1000) * 1000;
    expect(
      second
        .prepare("SELECT created_at >= ? FROM databases")
        .pluck()
        .get(before - 60_000),
    ).toBe(1);
    for (const db of [first, second]) db.exec("UPDATE databases SET created_at = 0");
    const tables = first.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
    const rows = (db: Sqlite.Database) => tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]);
    expect(rows(second)).toEqual(rows(first));
    expect(rows(second).filter(([, found]) => found?.length !== 0).length).toBeGreaterThan(4);
  });

  it("has strict tables only", () => {
    const db = new Sqlite(":memory:");
    migrate(db);
    const tables = db.pragma("table_list") as { name: string; strict: number; schema: string }[];
    const ours = tables.filter((t) => t.schema === "main" && !t.name.startsWith("sqlite_"));
    expect(ours.length).toBeGreaterThan(5);
    expect(ours.filter((t) => t.strict !== 1)).toEqual([]);
  });

  it("of the first format is brought to the current one, with what is in it", () => {
    const db = new Sqlite(file);
    db.exec(migrations[0] as string);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma("user_version = 1");
    db.exec(`
      INSERT INTO collections VALUES (7, 1, 'book', '', 0, 1, 'Strong', '{}', 1, 'none', 1, 100, 1, 0);
      INSERT INTO partitions VALUES (8, 7, '_default', 0);
    `);
    expect(inspectFormat(db)).toBe("older");
    const before = Date.now();
    migrate(db);
    const catalog = openCatalog(db);
    expect(inspectFormat(db)).toBe("current");
    const [collection] = catalog.allCollections();
    expect(collection).toMatchObject({ id: 7, name: "book", schemaChanges: 0, partitions: [{ id: 8 }] });
    for (const made of [collection, collection?.partitions[0], catalog.database("default")]) {
      expect(Math.abs((made?.createdAt ?? 0) - before)).toBeLessThan(5000);
    }
    db.close();
  });

  it("of a newer format is refused and left as it was", () => {
    const db = new Sqlite(file);
    migrate(db);
    db.pragma(`user_version = ${FORMAT_VERSION + 1}`);
    db.close();
    refusedUnchanged(/has format \d+, this version of elanus reads formats up to \d+/);
  });

  it("of another application is refused and left as it was", () => {
    const db = new Sqlite(file);
    db.exec("CREATE TABLE t (a)");
    db.close();
    refusedUnchanged(/SQLite database of another application/);
  });

  it("that is no database is refused and left as it was", () => {
    writeFileSync(file, "hello, I am no database at all. ".repeat(64));
    refusedUnchanged(/the file is not a database/, "FileDamaged");
  });

  it("that another process is writing to is refused", () => {
    const writer = new Sqlite(file);
    writer.exec("BEGIN EXCLUSIVE");
    const db = new Sqlite(file, { timeout: 0 });
    expect(() => migrate(db)).toThrow("service unavailable: the database is locked by another process");
    writer.exec("ROLLBACK");
    migrate(db);
    db.close();
    writer.close();
  });

  it("that is empty cannot be opened read-only", () => {
    new Sqlite(file).exec("VACUUM").close();
    const db = new Sqlite(file, { readonly: true });
    expect(() => migrate(db)).toThrow("the file is empty and the database is opened read-only");
    db.close();
  });

  it("of the current format can be opened read-only", () => {
    const writer = new Sqlite(file);
    migrate(writer);
    writer.close();
    const db = new Sqlite(file, { readonly: true });
    expect(openCatalog(db).databases()).toEqual([
      { id: 1, name: "default", properties: {}, createdAt: expect.any(Number) },
    ]);
    db.close();
  });
});
