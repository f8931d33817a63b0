import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { failure } from "../../errors.js";
import { registerSqlFunctions } from "../../expr/sql-functions.js";
import { inspectFormat, migrate } from "../catalog/migrations.js";
import { type FileLock, lockFile } from "./file-lock.js";
import { openSqlite, wrapSqliteError } from "./sqlite.js";

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
  readonly sql: Database;
  /** Undefined for memory databases. */
  readonly path: string | undefined;
  close(): void;
}

/**
 * Opens, locks and migrates a database file, or a memory database for `:memory:`.
 * A file that is refused is left as it was.
 * @throws Unavailable, IoFailed
 */
export function openDatabase(path: string, options: OpenDatabaseOptions): OpenDatabase {
  const memory = path === ":memory:";
  if (path.trim() === "") throw failure("InvalidParameter", { text: "the path of the database must not be empty" });
  let lock: FileLock | undefined;
  let sql: Database | undefined;
  try {
    if (!memory) {
      if (existsSync(path)) inspect(path);
      else if (options.readonly) throw failure("Unavailable", { reason: `there is no database file ${path}` });
      if (!options.readonly) lock = lockFile(path);
    }
    sql = openSqlite(path, { readonly: options.readonly && !memory, timeout: 5000 });
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
    return {
      sql,
      path: memory ? undefined : path,
      close() {
        if (opened.open) {
          if (!memory && !options.readonly) opened.pragma("wal_checkpoint(TRUNCATE)");
          opened.close();
        }
        lock?.release();
        lock = undefined;
      },
    };
  } catch (error) {
    if (sql?.open === true) sql.close();
    lock?.release();
    throw named(path, wrapSqliteError(error));
  }
}

/** Looks at the file before anything is written to it or beside it. */
function inspect(path: string): void {
  const probe = openSqlite(path, { readonly: true, timeout: 1000 });
  try {
    inspectFormat(probe);
  } finally {
    probe.close();
  }
}

function configure(sql: Database, options: OpenDatabaseOptions, memory: boolean): void {
  if (!options.readonly && !memory) {
    sql.pragma("page_size = 8192");
    sql.pragma("journal_mode = WAL");
    const level = { full: "FULL", normal: "NORMAL", off: "OFF" }[options.durability];
    sql.pragma(`synchronous = ${level}`);
    sql.pragma("wal_autocheckpoint = 1000");
  }
  sql.pragma("foreign_keys = ON");
  sql.pragma("case_sensitive_like = ON");
  sql.pragma("cache_size = -65536");
  sql.pragma("temp_store = MEMORY");
}

/** SQLite's messages do not say which file they are about. */
function named(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes(path)) return error;
  const { kind, details } = error as { kind?: string; details?: { reason?: string } };
  if ((kind === "Unavailable" || kind === "IoFailed") && details?.reason !== undefined) {
    return failure(kind, { reason: `${path}: ${details.reason}` }, error.cause ?? error);
  }
  return error;
}
