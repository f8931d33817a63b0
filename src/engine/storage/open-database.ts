import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { failure } from "../../errors.js";
import { registerSqlFunctions } from "../../expr/sql/sql-functions.js";
import { failpoint } from "../failpoints.js";
import { connect } from "./connect.js";
import type { Connection } from "./driver.js";
import { type FileLock, lockFile } from "./file-lock.js";
import { inspectFormat, migrate } from "./migrations.js";
import { wrapSqliteError } from "./sqlite-errors.js";

/**
 * What survives what: `full` (one fsync per call) an acknowledged write survives a power cut; `normal` a crash of the
 * process, and after a power cut the file is intact but the last writes may be missing; `off` a crash of the process only.
 */
export type Durability = "full" | "normal" | "off";

export interface OpenDatabaseOptions {
  readonly readonly: boolean;
  readonly durability: Durability;
}

export interface OpenDatabase {
  readonly sql: Connection;
  /** Without symbolic links; undefined for memory databases. */
  readonly path: string | undefined;
  /** @throws Unavailable when the file under `path` is not the one that is open: what is written would be lost */
  requireFile(): void;
  /** Moves the log into the file, closes it, gives the lock back. May be called again. */
  close(): void;
}

/**
 * Opens, locks and migrates a database file, or a memory database for `:memory:`.
 * A file that is refused is left as it was.
 * @throws Unavailable, IoFailed, DiskFull
 */
export function openDatabase(path: string, options: OpenDatabaseOptions): OpenDatabase {
  const memory = path === ":memory:";
  if (path.trim() === "") throw failure("InvalidParameter", { text: "the path of the database must not be empty" });
  let lock: FileLock | undefined;
  let sql: Connection | undefined;
  try {
    const file = memory ? path : realPath(path);
    if (!memory) {
      if (existsSync(file)) inspect(file);
      else if (options.readonly) throw failure("Unavailable", { reason: `there is no database file ${path}` });
      if (!options.readonly) lock = lockFile(file);
      failpoint("after-lock");
    }
    sql = connect(file, { readonly: options.readonly && !memory, timeout: 5000 });
    configure(sql, options, memory);
    if (options.readonly && !memory) {
      if (inspectFormat(sql) !== "current") {
        throw failure("Unavailable", {
          reason: `the database file ${path} has an older format; open it for writing once`,
        });
      }
    } else migrate(sql);
    registerSqlFunctions(sql);
    const opened = sql;
    const identity = memory ? undefined : fileIdentity(file);
    return {
      sql,
      path: memory ? undefined : file,
      requireFile() {
        if (identity === undefined || fileIdentity(file) === identity) return;
        throw failure("Unavailable", {
          reason: `the database file ${path} was removed or replaced while it was open`,
        });
      },
      close() {
        try {
          if (opened.open) closeFile(opened, !memory && !options.readonly);
        } finally {
          failpoint("before-unlock");
          lock?.release();
          lock = undefined;
        }
      },
    };
  } catch (error) {
    if (sql?.open === true) sql.close();
    lock?.release();
    throw nameFile(path, wrapSqliteError(error));
  }
}

function closeFile(sql: Connection, written: boolean): void {
  try {
    if (written) sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // A full disk: what was committed stays in the log and is read from there at the next opening.
  } finally {
    sql.close();
  }
}

/** One name for one file, so that two ways to write its path meet in one lock. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    // Not there yet.
    try {
      return join(realpathSync.native(dirname(path)), basename(path));
    } catch {
      return path;
    }
  }
}

function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`;
}

/** Looks at the file before anything is written to it or beside it. */
function inspect(path: string): void {
  if (statSync(path).isDirectory()) throw failure("Unavailable", { reason: `${path} is a folder` });
  const probe = connect(path, { readonly: true, timeout: 1000 });
  try {
    inspectFormat(probe);
  } finally {
    probe.close();
  }
}

function configure(sql: Connection, options: OpenDatabaseOptions, memory: boolean): void {
  if (!options.readonly && !memory) {
    sql.exec("PRAGMA page_size = 8192");
    sql.exec("PRAGMA journal_mode = WAL");
    const level = { full: "FULL", normal: "NORMAL", off: "OFF" }[options.durability];
    sql.exec(`PRAGMA synchronous = ${level}`);
    sql.exec("PRAGMA wal_autocheckpoint = 1000");
  }
  sql.exec("PRAGMA foreign_keys = ON");
  sql.exec("PRAGMA case_sensitive_like = ON");
  sql.exec("PRAGMA cache_size = -65536");
  sql.exec("PRAGMA temp_store = MEMORY");
}

/** SQLite's messages do not say which file they are about: adds the path where it is missing. */
export function nameFile(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes(path)) return error;
  const { kind, details } = error as { kind?: string; details?: { reason?: string } };
  if ((kind === "Unavailable" || kind === "IoFailed" || kind === "DiskFull") && details?.reason !== undefined) {
    return failure(kind, { reason: `${path}: ${details.reason}` }, error.cause ?? error);
  }
  return error;
}
