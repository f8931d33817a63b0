import { hostname } from "node:os";
import type { Database } from "better-sqlite3";
import { failure } from "../../errors.js";
import { openSqlite } from "./sqlite.js";

/**
 * One writer per database file. The lock is a RESERVED lock on a tiny SQLite file beside the database: the
 * operating system drops it when the process dies, and others may still read in it who holds it.
 */
export interface FileLock {
  release(): void;
}

/** @throws Unavailable, naming the process that has the file open for writing */
export function lockFile(databasePath: string): FileLock {
  const lock = openSqlite(`${databasePath}-lock`, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF");
    lock.exec("BEGIN IMMEDIATE");
    lock.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since TEXT) STRICT; DELETE FROM holder");
    lock.prepare("INSERT INTO holder VALUES (?, ?, ?)").run(process.pid, hostname(), new Date().toISOString());
    lock.exec("COMMIT; BEGIN IMMEDIATE");
  } catch (cause) {
    const busy = String((cause as { code?: unknown }).code ?? "").startsWith("SQLITE_BUSY");
    const holder = busy ? holderOf(lock) : "";
    lock.close();
    if (!busy) {
      throw failure(
        "Unavailable",
        { reason: `cannot lock the database file ${databasePath}: ${(cause as Error).message}` },
        cause,
      );
    }
    throw failure("Unavailable", {
      reason: `the database file ${databasePath} is in use by ${holder}; close it there or open with { readonly: true }`,
    });
  }
  return {
    release() {
      if (lock.inTransaction) lock.exec("DELETE FROM holder; COMMIT");
      lock.close();
    },
  };
}

function holderOf(lock: Database): string {
  try {
    const row = lock.prepare("SELECT pid, host, since FROM holder").get() as
      | { pid: number; host: string; since: string }
      | undefined;
    return row === undefined ? "another process" : `process ${row.pid} on ${row.host} since ${row.since}`;
  } catch {
    return "another process";
  }
}
