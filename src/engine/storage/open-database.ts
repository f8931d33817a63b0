import { existsSync, statSync } from "node:fs";
import { failure } from "../../errors.js";
import { connect, connectCopy } from "./connect.js";
import { configure, type Durability, type OpenDatabase } from "./database.js";
import { databasePath, MEMORY } from "./database-path.js";
import { migrate } from "./format.js";
import { openForReading } from "./open-for-reading.js";
import { openForWriting } from "./open-for-writing.js";
import { storageFailure, wrapSqliteError } from "./sqlite-errors.js";

export interface OpenDatabaseOptions {
  readonly readonly: boolean;
  readonly durability: Durability;
  /** What the file is encrypted with; absent: it is not. */
  readonly key?: Uint8Array | undefined;
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
    return options.readonly ? openForReading(file, options.key) : openForWriting(file, options.durability, options.key);
  } catch (error) {
    throw nameFile(path, wrapSqliteError(storageFailure(error)));
  }
}

/**
 * Opens a database in memory with the bytes of another one, of this format or an older one.
 * @throws Unavailable
 */
export function openCopy(bytes: Uint8Array): OpenDatabase {
  return openMemory(connectCopy(withoutLog(bytes)));
}

/** Where the header of a file says whether its changes go to a log beside it, which memory has no room for. */
const [FIRST_LOG_BYTE, AFTER_LOG_BYTES] = [18, 20];

function withoutLog(bytes: Uint8Array): Uint8Array {
  if (bytes[FIRST_LOG_BYTE] === 1) return bytes;
  return bytes.slice().fill(1, FIRST_LOG_BYTE, AFTER_LOG_BYTES);
}

function openMemory(sql = connect(MEMORY)): OpenDatabase {
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
    ownCommit() {},
    close: () => void (sql.open && sql.close()),
  };
}

/** SQLite's messages do not say which file they are about: adds the path where it is missing. */
export function nameFile(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes(path)) return error;
  const { kind, details } = error as { kind?: string; details?: { reason?: string; inUse?: boolean } };
  const named = kind === "Unavailable" || kind === "FileDamaged" || kind === "IoFailed" || kind === "DiskFull";
  if (named && details?.reason !== undefined) {
    return failure(kind, { ...details, reason: `${path}: ${details.reason}` }, error.cause ?? error);
  }
  return error;
}
