import { truncateSync } from "node:fs";
import { hostname } from "node:os";
import { failure } from "../../errors.js";
import { connect } from "./connect.js";
import type { Connection } from "./driver.js";

/**
 * One writer per database file. The lock is a RESERVED lock on a tiny SQLite file beside the database: the
 * operating system drops it when the process dies, and others may still read in it who holds it.
 */
export interface FileLock {
  release(): void;
}

/**
 * @param databasePath without symbolic links: the lock lies beside the file itself, however it is called
 * @throws Unavailable, naming the process that has the file open for writing
 */
export function lockFile(databasePath: string): FileLock {
  const path = `${databasePath}-lock`;
  try {
    return take(path, databasePath);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    // Nobody holds a lock file that is no database (a power cut may leave one). It is emptied, not removed: a process
    // that has taken it meanwhile keeps its lock.
    truncateSync(path, 0);
    return take(path, databasePath);
  }
}

function take(path: string, databasePath: string): FileLock {
  let lock: Connection | undefined;
  try {
    lock = connect(path, { timeout: 0 });
    lock.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF");
    lock.exec("BEGIN IMMEDIATE");
    lock.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since TEXT) STRICT; DELETE FROM holder");
    lock.prepare("INSERT INTO holder VALUES (?, ?, ?)").run(process.pid, hostname(), new Date().toISOString());
    lock.exec("COMMIT; BEGIN IMMEDIATE");
  } catch (cause) {
    const busy = codeOf(cause).startsWith("SQLITE_BUSY");
    const holder = busy && lock !== undefined ? holderOf(lock) : "another process";
    lock?.close();
    if (isDamaged(cause)) throw cause;
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
  const held = lock;
  return {
    release() {
      try {
        if (held.open && held.inTransaction) held.exec("DELETE FROM holder; COMMIT");
      } catch {
        // The name of a holder who is gone does no harm: the lock itself goes with the connection.
      } finally {
        held.close();
      }
    },
  };
}

function holderOf(lock: Connection): string {
  try {
    const row = lock.prepare("SELECT pid, host, since FROM holder").get() as
      | { pid: number; host: string; since: string }
      | undefined;
    if (row === undefined) return "another process";
    const self = row.pid === process.pid && row.host === hostname();
    return `process ${row.pid}${self ? " (this one)" : ""} on ${row.host} since ${row.since}`;
  } catch {
    return "another process";
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? "");
}

function isDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT");
}
