import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { failure } from "../errors.js";
import { checksumOf } from "./snapshots/file-checksum.js";
import { changeKey, connect } from "./storage/connect.js";
import { type DatabaseKey, keyBytes } from "./storage/database-key.js";
import { databasePath } from "./storage/database-path.js";
import type { Connection } from "./storage/driver.js";
import { lockFile } from "./storage/file-lock.js";
import { cutTail } from "./storage/file-tail.js";
import { inspectFormat } from "./storage/format.js";
import { nameFile } from "./storage/open-database.js";
import { isBusy, storageFailure } from "./storage/sqlite-errors.js";
import { refuseSecondWriter } from "./storage/writer-record.js";
import { removeStaged } from "./transfer/staging.js";

export interface Rekeying {
  /** What the file is encrypted with; absent: it is not. */
  readonly key?: DatabaseKey | undefined;
  /** What it is to be encrypted with; absent: nothing. */
  readonly newKey?: DatabaseKey | undefined;
}

/** The driver that encrypts, and no key. */
const NO_KEY = new Uint8Array(0);
const LONGEST_TAIL = 1024 * 1024;

/**
 * Encrypts a closed database file with another key, or for the first time, or no more; with it the snapshots of its collections. One
 * that is ended in the middle is done to its end when it is asked for again.
 *
 * @throws Unavailable for a file that is open or is not there, FileDamaged for a wrong key, DriverUnusable, DiskFull
 */
export async function rekeyFile(path: string, { key, newKey }: Rekeying): Promise<void> {
  const [from, to] = [keyBytes(key) ?? NO_KEY, keyBytes(newKey) ?? NO_KEY];
  const file = databasePath(path);
  if (!existsSync(file)) throw failure("Unavailable", { reason: `there is no database file ${path}` });
  const lock = lockFile(file);
  try {
    // Behind the last page SQLite does not look.
    if (!existsSync(`${file}-wal`)) cutTail(file, LONGEST_TAIL);
    const sql = openAlone(file, from);
    let stale: readonly string[];
    try {
      stale = await rekeySnapshots(sql, `${file}-snapshots`, from, to);
      changeKey(sql, to);
    } finally {
      sql.close();
    }
    for (const old of stale) rmSync(old, { force: true });
    // Graphs that were saved hold vectors as they are.
    rmSync(`${file}-segments`, { recursive: true, force: true });
    removeStaged(file);
  } catch (error) {
    throw nameFile(path, storageFailure(error));
  } finally {
    lock.release();
  }
}

/** Nobody else has the file open, and there is no log beside it: its pages are all there is. */
function openAlone(file: string, key: Uint8Array): Connection {
  const sql = connect(file, { key });
  try {
    if (inspectFormat(sql) === "empty") throw failure("Unavailable", { reason: "the file holds no database" });
    refuseSecondWriter(sql, file);
    sql.exec("PRAGMA busy_timeout = 0; PRAGMA temp_store = MEMORY");
    sql.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
    return sql;
  } catch (error) {
    sql.close();
    if (!isBusy(error)) throw error;
    throw failure("Unavailable", { reason: "another process reads the file; close it there", inUse: true }, error);
  }
}

interface Kept {
  readonly id: number;
  readonly file: string;
}

/**
 * Makes new files of those of the snapshots, and has the database know them.
 *
 * @returns the old ones, which go when the database has its new key
 */
async function rekeySnapshots(
  sql: Connection,
  folder: string,
  from: Uint8Array,
  to: Uint8Array,
): Promise<readonly string[]> {
  const kept = sql.prepare<[], Kept>("SELECT id, file FROM collection_snapshots WHERE state = 'ready'").all();
  const change = sql.prepare<[string, string, number, number]>(
    "UPDATE collection_snapshots SET file = ?, checksum = ?, size_bytes = ? WHERE id = ?",
  );
  const changes: (readonly [string, string, number, number])[] = [];
  const stale: string[] = [];
  for (const { id, file } of kept) {
    const old = join(folder, file);
    if (!existsSync(old) || (opens(old, to) && !opens(old, from))) continue;
    const name = `${id}-${randomBytes(6).toString("hex")}.db`;
    const part = join(folder, `${name}.part`);
    copyFileSync(old, part);
    const copy = connect(part, { key: from });
    try {
      copy.exec("PRAGMA journal_mode = DELETE");
      changeKey(copy, to);
    } finally {
      copy.close();
    }
    renameSync(part, join(folder, name));
    changes.push([name, await checksumOf(join(folder, name)), statSync(join(folder, name)).size, id]);
    stale.push(old);
  }
  sql.exec("BEGIN");
  for (const row of changes) change.run(...row);
  // Graphs that were saved are made again.
  sql.exec("DELETE FROM snapshots; COMMIT");
  return stale;
}

function opens(path: string, key: Uint8Array): boolean {
  try {
    const sql = connect(path, { readonly: true, key });
    sql.prepare("SELECT 1 FROM sqlite_master").get();
    sql.close();
    return true;
  } catch {
    return false;
  }
}
