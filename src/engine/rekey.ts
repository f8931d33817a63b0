import { existsSync, rmSync } from "node:fs";
import { failure } from "../errors.js";
import { failpoint } from "./failpoints.js";
import { forgetOld, rekeyCopies, settleCopies } from "./snapshots/rekeyed-copies.js";
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
 * that is ended in the middle has left all of it with the old key or with the new one.
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
    const copies = `${file}-snapshots`;
    try {
      settleCopies(sql, copies);
      await rekeyCopies(sql, copies, from, to);
      // Graphs that were saved are made again.
      sql.exec("DELETE FROM snapshots");
      failpoint("before-rekey");
      changeKey(sql, to);
    } finally {
      sql.close();
    }
    failpoint("after-rekey");
    forgetOld(copies);
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
