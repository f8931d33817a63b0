import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { constants, copyFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { failure, isElanusError } from "../../errors.js";
import type { BackupResult } from "../contract/transfers.js";
import { failpoint } from "../failpoints.js";
import { keepFolder } from "../snapshots/kept-on-disk.js";
import { connectBeside, keyOf } from "../storage/connect.js";
import { requireFolder } from "../storage/database-path.js";
import type { Connection } from "../storage/driver.js";
import { withoutLinks } from "../storage/local-files.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import type { TransferSteps } from "./transfer-scope.js";

export interface BackupPlan {
  /** Of one state of the database. */
  readonly sql: Connection;
  /** Undefined for a database in memory. */
  readonly databasePath: string | undefined;
  readonly to: string;
  readonly overwrite: boolean;
  /** Makes a copy that is encrypted as the database is, without a turn of the event loop in between where there is no other thread. */
  readonly copyEncrypted: (path: string) => Promise<void>;
  /** What is wrong with a database file. */
  readonly check: (path: string) => Promise<readonly string[]>;
}

/** Pages of 8 KiB that are copied without a turn of the event loop. */
const PAGES = 64;

/**
 * Copies a database into a file, with the snapshots of its collections: others go on writing. The copy is looked at before it takes its
 * name. Graphs are not copied, they are built again.
 *
 * @throws FileExists, InvalidParameter, Unavailable for a target that is open, IoFailed for a copy that is damaged, DiskFull
 */
export async function backupFile(plan: BackupPlan, steps: TransferSteps): Promise<BackupResult> {
  const target = resolve(plan.to);
  const part = `${target}.part`;
  requireFolder(plan.to);
  requireFree(plan, target);
  const remove = (path: string): void => {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${path}${suffix}`, { force: true });
    rmSync(snapshotsOf(path), { recursive: true, force: true });
  };
  try {
    remove(part);
    if (keyOf(plan.sql) === undefined) await copyPages(plan.sql, part, steps);
    else await plan.copyEncrypted(part);
    await copySnapshots(plan, part, steps);
    const problems = await plan.check(part);
    steps.check();
    if (problems.length > 0) throw failure("IoFailed", { reason: `the copy is damaged: ${problems[0]}` });
    failpoint("before-backup-rename");
    const bytes = statSync(part).size;
    requireFree(plan, target);
    if (existsSync(target)) remove(target);
    rmSync(`${target}-segments`, { recursive: true, force: true });
    if (existsSync(snapshotsOf(part))) renameSync(snapshotsOf(part), snapshotsOf(target));
    renameSync(part, target);
    await keepFolder(dirname(target));
    steps.progressed({ rows: 0, bytes, totalBytes: bytes });
    return { bytes };
  } catch (error) {
    remove(part);
    throw whereIsNoSpace(target, storageFailure(wrapSqliteError(error)));
  }
}

/** SQLite does not tell which of the two files it has no space for: of the database nothing is written. */
function whereIsNoSpace(target: string, error: unknown): unknown {
  if (!isElanusError(error, "DiskFull")) return error;
  return failure("DiskFull", { reason: `${target}: ${error.details["reason"]}` }, error);
}

function snapshotsOf(path: string): string {
  return `${path}-snapshots`;
}

function requireFree({ databasePath, overwrite }: BackupPlan, target: string): void {
  if (withoutLinks(target) === databasePath) {
    throw failure("InvalidParameter", { text: "a database cannot be copied into its own file" });
  }
  const there = statSync(target, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isFile()) throw failure("InvalidParameter", { text: `${target} is no file` });
  if (!overwrite) throw failure("FileExists", { path: target });
  if (existsSync(`${target}-lock`)) throw failure("Unavailable", { reason: `the database file ${target} is in use` });
}

async function copyPages(sql: Connection, part: string, steps: TransferSteps): Promise<void> {
  await sql.backup(part, {
    progress({ totalPages, remainingPages }) {
      failpoint("mid-backup");
      const done = totalPages - remainingPages;
      steps.progressed({ rows: 0, bytes: done * PAGE_BYTES, totalBytes: totalPages * PAGE_BYTES });
      steps.check();
      return PAGES;
    },
  });
}

const PAGE_BYTES = 8192;

interface KeptSnapshot {
  readonly id: number;
  readonly file: string;
}

/** The files of snapshots; of those that cannot be had the copy knows nothing, as of who writes and of graphs. */
async function copySnapshots(
  { sql: original, databasePath }: BackupPlan,
  part: string,
  steps: TransferSteps,
): Promise<void> {
  const sql = connectBeside(original, part);
  try {
    sql.exec("DELETE FROM writer; DELETE FROM snapshots");
    const snapshots = sql
      .prepare<[], KeptSnapshot>("SELECT id, file FROM collection_snapshots WHERE state = 'ready'")
      .all();
    const forget = sql.prepare<[number]>("DELETE FROM collection_snapshots WHERE id = ?");
    for (const { id, file } of snapshots) {
      steps.check();
      if (
        databasePath === undefined ||
        !(await copied(join(snapshotsOf(databasePath), file), snapshotsOf(part), file))
      ) {
        forget.run(id);
      }
    }
    sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    sql.close();
  }
}

/** @returns false for a file that has been taken away meanwhile */
async function copied(from: string, folder: string, file: string): Promise<boolean> {
  if (!existsSync(from)) return false;
  mkdirSync(folder, { recursive: true });
  try {
    await copyFile(from, join(folder, file), constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
