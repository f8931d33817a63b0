import { existsSync, statSync } from "node:fs";
import { failure } from "../../errors.js";
import { connect } from "./connect.js";
import { configure, type Durability, type OpenDatabase } from "./database.js";
import { databasePath, MEMORY } from "./database-path.js";
import { migrate } from "./migrations.js";
import { openForReading } from "./open-for-reading.js";
import { openForWriting } from "./open-for-writing.js";
import { storageFailure, wrapSqliteError } from "./sqlite-errors.js";

export interface OpenDatabaseOptions {
  readonly readonly: boolean;
  readonly durability: Durability;
}

/**
 * Opens, locks and migrates a database file, or a memory database for `:memory:`.
 * A file that is refused is left as it was.
 * @throws InvalidParameter, Unavailable, IoFailed, DiskFull
 */
export function openDatabase(path: string, options: OpenDatabaseOptions): OpenDatabase {
  if (path === MEMORY) return openMemory();
  try {
    const file = databasePath(path);
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) throw failure("Unavailable", { reason: `${path} is a folder` });
    } else if (options.readonly) throw failure("Unavailable", { reason: `there is no database file ${path}` });
    return options.readonly ? openForReading(file) : openForWriting(file, options.durability);
  } catch (error) {
    throw nameFile(path, wrapSqliteError(storageFailure(error)));
  }
}

function openMemory(): OpenDatabase {
  const sql = connect(MEMORY);
  const deadline = configure(sql);
  migrate(sql);
  return {
    sql,
    deadline,
    path: undefined,
    isShared: false,
    reserve: undefined,
    lazily: (work) => work(),
    requireFile() {},
    requireSole() {},
    close: () => void (sql.open && sql.close()),
  };
}

/** SQLite's messages do not say which file they are about: adds the path where it is missing. */
export function nameFile(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes(path)) return error;
  const { kind, details } = error as { kind?: string; details?: { reason?: string } };
  const named = kind === "Unavailable" || kind === "FileDamaged" || kind === "IoFailed" || kind === "DiskFull";
  if (named && details?.reason !== undefined) {
    return failure(kind, { reason: `${path}: ${details.reason}` }, error.cause ?? error);
  }
  return error;
}
