import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { failure } from "../../errors.js";
import type { RunningDeadline } from "../../values/deadline.js";
import { connect } from "./connect.js";
import { configure, type OpenDatabase } from "./database.js";
import { isWritable } from "./database-path.js";
import type { Connection } from "./driver.js";
import { inspectFile } from "./file-header.js";
import { inspectFormat, migrate } from "./format.js";
import { codeOf } from "./sqlite-errors.js";

/**
 * Opens a file that is only read. Others may write to it meanwhile, and it may lie where nothing can be written.
 * @param file as `databasePath` gives it
 * @param key what it is encrypted with
 */
export function openForReading(file: string, key: Uint8Array | undefined): OpenDatabase {
  let sql: Connection | undefined;
  // Nobody has it open, so what will lie beside it is of this reader.
  const alone = !existsSync(`${file}-wal`) && !existsSync(`${file}-shm`);
  const tidy = () => alone && removeLog(file, key);
  try {
    const format = inspectFile(file, key);
    if (format === "empty") throw failure("Unavailable", { reason: "the file holds no database" });
    if (format === "older") {
      if (!isWritable(dirname(file))) return openCopy(file, key);
      throw failure("Unavailable", {
        reason: "the database file has an older format; open it for writing once",
        older: true,
      });
    }
    sql = connect(file, { readonly: true, timeout: 5000, key });
    const deadline = configure(sql);
    inspectFormat(sql);
    return opened(sql, deadline, file, true, tidy);
  } catch (error) {
    sql?.close();
    tidy();
    if (needsCopy(file, error)) return openCopy(file, key);
    throw error;
  }
}

/**
 * A file that is in WAL mode though nobody has it open (a copy of one that was in use) gets a log and its index from whoever
 * reads it, and only who may write takes them away again, if he is the last.
 */
function removeLog(file: string, key: Uint8Array | undefined): void {
  if (!existsSync(`${file}-wal`)) return;
  try {
    const sql = connect(file, { timeout: 0, key });
    try {
      sql.prepare("SELECT 1 FROM sqlite_master").get();
    } finally {
      sql.close();
    }
  } catch {
    // A file that nobody can write has got none; the log of a damaged one is empty.
    if (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size !== 0) return;
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
  }
}

function opened(
  sql: Connection,
  deadline: RunningDeadline,
  path: string,
  isShared: boolean,
  closed: () => void,
): OpenDatabase {
  return {
    sql,
    deadline,
    path,
    isShared,
    reserve: undefined,
    lazily: (work) => work(),
    requireFile() {},
    requireSole() {},
    ownCommit() {},
    close() {
      if (!sql.open) return;
      sql.close();
      closed();
    },
  };
}

/**
 * SQLite cannot read a log where it may not write, nor undo what a killed process has left half done. Then nobody is
 * writing either: somebody who does has the index of his log there.
 */
function needsCopy(file: string, error: unknown): boolean {
  const code = codeOf((error as Error).cause ?? error);
  if (code === "SQLITE_READONLY_ROLLBACK" || code === "SQLITE_READONLY_RECOVERY") return true;
  return /^SQLITE_(CANTOPEN|READONLY|IOERR)/.test(code) && !isWritable(dirname(file)) && !existsSync(`${file}-shm`);
}

/** Reads a copy in a folder of its own, with what lies in the log. */
function openCopy(file: string, key: Uint8Array | undefined): OpenDatabase {
  const folder = mkdtempSync(join(tmpdir(), "elanus-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let sql: Connection | undefined;
  try {
    const copy = join(folder, "copy.db");
    for (const suffix of ["", "-wal", "-journal"]) {
      if (!existsSync(`${file}${suffix}`)) continue;
      copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
      chmodSync(`${copy}${suffix}`, 0o600);
    }
    sql = connect(copy, { key });
    const deadline = configure(sql);
    migrate(sql);
    sql.exec("PRAGMA journal_mode = DELETE; PRAGMA query_only = ON");
    // Elsewhere than on Windows an open file needs no name: nothing is left behind however the process ends.
    if (process.platform !== "win32") remove();
    return opened(sql, deadline, file, false, remove);
  } catch (error) {
    sql?.close();
    remove();
    throw error;
  }
}
