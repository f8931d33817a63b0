import { type BigIntStats, lstatSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { failure, isElanusError } from "../../errors.js";
import { nowText } from "../../values/clock.js";
import { connect } from "./connect.js";
import { writeRefusal } from "./database-path.js";
import type { Connection } from "./driver.js";
import { isAlive, isSameProcess, type ProcessIdentity, thisProcess } from "./process-identity.js";
import { codeOf, isBusy } from "./sqlite-errors.js";

/**
 * One writer per database file. The lock is a RESERVED lock on a tiny SQLite file beside the database: the operating
 * system drops it when the process dies, it takes no space, and others may still read in the file who holds it.
 *
 * The system also drops such a lock when any code of the process closes the file (one that copies the folder), so who
 * gets it looks for a living holder as well.
 */
export interface FileLock {
  /** Gives the lock back and removes its file. */
  release(): void;
}

/** Who holds a lock, as it is written in the file. */
interface Holder extends ProcessIdentity {
  /** ISO 8601. */
  readonly since: string;
  /** The lock file itself: a copy of it holds nobody. */
  readonly file: string;
}

/** Larger files cannot be of this package. */
const MAX_BYTES = 64 * 1024;
const ATTEMPTS = 5;

/**
 * @param databasePath without symbolic links: the lock lies beside the file itself, however it is called
 * @throws Unavailable, naming the process that has the file open for writing, or what stands in the way
 */
export function lockFile(databasePath: string): FileLock {
  const path = `${databasePath}-lock`;
  for (let attempt = 1; ; attempt++) {
    const before = lockFileIdentity(path);
    const held = take(path, databasePath);
    const identity = lockFileIdentity(path);
    // An owner that goes removes its file: what was locked may have no name any more.
    if (identity !== undefined && (before === undefined || before === identity)) {
      inscribe(held, identity, databasePath);
      return {
        release() {
          try {
            if (held.open) remove(path, identity);
          } finally {
            held.close();
          }
        },
      };
    }
    held.close();
    if (attempt === ATTEMPTS) throw changing(databasePath);
  }
}

/** A connection that has the lock, and nobody lives who had it before. */
function take(path: string, databasePath: string): Connection {
  const lock = begin(path, databasePath);
  const holder = readHolder(lock);
  if (holder !== undefined && holder.file === lockFileIdentity(path) && isHeld(holder)) {
    lock.close();
    throw inUse(databasePath, holder);
  }
  return lock;
}

/** This process holds nothing that it could take just now: threads that ended leave their names behind. */
function isHeld(holder: Holder): boolean {
  return !isSameProcess(holder, thisProcess()) && isAlive(holder, holder.since);
}

function begin(path: string, databasePath: string): Connection {
  let lock: Connection | undefined;
  // SQLite takes any file of one byte for an empty one.
  if (lstatSync(path, { throwIfNoEntry: false })?.size === 1 && !isHalfLock(path)) throw notOurs(path);
  try {
    lock = connect(path, { timeout: 0 });
    if (lock.prepare("SELECT 1 FROM sqlite_master WHERE name <> 'holder'").get() !== undefined) throw notOurs(path);
    // Nothing is written for the lock itself: it must hold on a full disk too.
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    lock.exec("BEGIN IMMEDIATE");
    return lock;
  } catch (cause) {
    if (isBusy(cause)) {
      const holder = lock === undefined ? undefined : readHolder(lock);
      lock?.close();
      throw inUse(databasePath, holder);
    }
    lock?.close();
    if (isElanusError(cause)) throw cause;
    const refusal = writeRefusal(databasePath, cause);
    if (refusal !== cause) throw refusal;
    const code = codeOf(cause);
    if (code !== "SQLITE_NOTADB" && !code.startsWith("SQLITE_CORRUPT")) {
      throw unavailable(databasePath, (cause as Error).message, cause);
    }
    // Nobody holds a file that is no database. A power cut may leave half of one; anything else is not for us to empty.
    if (!isHalfLock(path)) throw notOurs(path);
    truncateSync(path, 0);
    return begin(path, databasePath);
  }
}

/** Writes the holder's name where there is space for it; nothing depends on it but a message and a broken lock. */
function inscribe(lock: Connection, file: string, databasePath: string): void {
  const { pid, host, started } = thisProcess();
  try {
    lock.exec("DROP TABLE IF EXISTS holder");
    lock.exec("CREATE TABLE holder (pid INTEGER, host TEXT, since TEXT, started TEXT, file TEXT) STRICT");
    lock.prepare("INSERT INTO holder VALUES (?, ?, ?, ?, ?)").run(pid, host, nowText(), started, file);
    lock.exec("COMMIT");
  } catch {
    if (lock.inTransaction) lock.exec("ROLLBACK");
  }
  try {
    lock.exec("BEGIN IMMEDIATE");
  } catch (cause) {
    // Somebody was quicker in the moment between.
    const holder = readHolder(lock);
    lock.close();
    throw isBusy(cause) ? inUse(databasePath, holder) : cause;
  }
}

function readHolder(lock: Connection): Holder | undefined {
  try {
    return lock.prepare<[], Holder>("SELECT pid, host, since, started, file FROM holder").get();
  } catch {
    return undefined;
  }
}

function remove(path: string, identity: string): void {
  if (lockFileIdentity(path) !== identity) return;
  try {
    rmSync(path);
  } catch {
    // Windows removes no file that is open; the next owner takes it as it is.
  }
}

/**
 * Device and number of the file; undefined when there is none.
 * @throws Unavailable for what is no plain file: what a symbolic link leads to is not ours
 */
function lockFileIdentity(path: string): string | undefined {
  const stat: BigIntStats | undefined = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return undefined;
  if (!stat.isFile() || stat.size > MAX_BYTES) throw notOurs(path);
  return `${stat.dev} ${stat.ino}`;
}

/** Zeros, or the beginning of a lock file of this package. */
function isHalfLock(path: string): boolean {
  const bytes = readFileSync(path);
  if (bytes.every((byte) => byte === 0) || bytes.toString("latin1") === "S") return true;
  return bytes.subarray(0, 16).toString("latin1") === "SQLite format 3\0" && bytes.includes("CREATE TABLE holder");
}

function notOurs(path: string): Error {
  return failure("Unavailable", {
    reason: `${path} has the name of the lock file and is none; remove it if nobody needs it`,
  });
}

function inUse(databasePath: string, holder: Holder | undefined): Error {
  return failure("Unavailable", {
    reason: `the database file ${databasePath} is in use by ${nameHolder(holder)}; close it there or open with { readonly: true }`,
    inUse: true,
  });
}

/** `process 12 (this one) on host since 2025-01-01T00:00:00.000Z` */
function nameHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  const self = isSameProcess(holder, thisProcess()) ? " (this one)" : "";
  return `process ${holder.pid}${self} on ${holder.host} since ${holder.since}`;
}

/** Others take the lock and give it back in the same moment. */
function changing(databasePath: string): Error {
  const reason = `cannot lock the database file ${databasePath}: the lock file changes all the time`;
  return failure("Unavailable", { reason, inUse: true });
}

function unavailable(databasePath: string, what: string, cause?: unknown): Error {
  return failure("Unavailable", { reason: `cannot lock the database file ${databasePath}: ${what}` }, cause);
}
