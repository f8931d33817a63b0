import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendTail, cutTail } from "../../src/engine/storage/file-tail.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const MOST = 1024 * 1024;

function database(rows: number, pageSize = 4096): string {
  const path = temporaryPath();
  const sql = new BetterSqlite3(path);
  sql.exec(
    `PRAGMA synchronous = OFF; PRAGMA page_size = ${pageSize}; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)`,
  );
  const add = sql.prepare("INSERT INTO t VALUES (NULL, ?)");
  for (let i = 0; i < rows; i++) add.run("x".repeat((i * 37) % 3000));
  sql.close();
  return path;
}

describe("zeros behind the last page of a closed file", () => {
  it("come and go without a trace, whatever the size of pages and file (generated)", () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.constantFrom(512, 1024, 8192, 65_536),
        fc.integer({ min: 1, max: MOST }),
        (rows, pageSize, bytes) => {
          const path = database(rows, pageSize);
          const before = readFileSync(path);
          appendTail(path, bytes);
          expect(statSync(path).size).toBe(before.length + bytes);
          appendTail(path, bytes);
          expect(cutTail(path, MOST)).toBe(bytes);
          expect(readFileSync(path).equals(before)).toBe(true);
          expect(cutTail(path, MOST)).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("are left alone where they are somebody else's, or the file is no database", () => {
    const path = database(5);
    appendFileSync(path, "note");
    expect(cutTail(path, MOST)).toBe(0);
    const long = database(5);
    appendTail(long, MOST);
    expect(cutTail(long, MOST - 1)).toBe(0);
    const other = temporaryPath();
    writeFileSync(other, Buffer.alloc(5000));
    appendTail(other, 100);
    expect([cutTail(other, MOST), statSync(other).size]).toEqual([0, 5000]);
  });

  it("are nothing to any SQLite: it checks, copies, grows and shrinks the file", () => {
    const path = database(200);
    appendTail(path, 300_000);
    const sql = new BetterSqlite3(path);
    sql.exec("PRAGMA synchronous = OFF");
    const pages = sql.pragma("page_count", { simple: true }) as number;
    expect(pages * 4096).toBe(statSync(path).size - 300_000);
    expect(sql.pragma("integrity_check", { simple: true })).toBe("ok");
    const copy = temporaryPath();
    sql.exec(`VACUUM INTO '${copy}'`);
    expect(statSync(copy).size).toBeLessThanOrEqual(pages * 4096);
    const add = sql.prepare("INSERT INTO t VALUES (NULL, ?)");
    for (let i = 0; i < 300; i++) add.run("y".repeat(2000));
    expect(sql.pragma("integrity_check", { simple: true })).toBe("ok");
    sql.exec("PRAGMA journal_mode = WAL; DELETE FROM t WHERE id > 100; VACUUM");
    expect(sql.pragma("integrity_check", { simple: true })).toBe("ok");
    sql.close();
    expect(cutTail(path, MOST)).toBe(0);
  });

  it("are behind every file that was closed with space, and go while it is open", async () => {
    const path = temporaryPath();
    for (let i = 0; i < 3; i++) {
      const db = await Elanus.open(path);
      await db.collections.list();
      const sql = new BetterSqlite3(path, { readonly: true });
      const open = (sql.pragma("page_count", { simple: true }) as number) * 8192;
      sql.close();
      if (i > 0) expect(statSync(path).size).toBe(open);
      await db.close();
      expect(statSync(path).size).toBe(open + Math.max(256 * 1024, Math.min(MOST, open)));
    }
    const reader = await Elanus.open(path, { readonly: true });
    expect(await reader.check()).toEqual({ ok: true, problems: [] });
    await reader.close();
  });
});
