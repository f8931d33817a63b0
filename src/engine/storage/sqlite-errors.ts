import { failure, isElanusError } from "../../errors.js";

/** Turns an error of SQLite into one of ours; anything else comes back as it is. */
export function wrapSqliteError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === "") return error;
  const reason = `${(error as Error).message} (${code})`;
  if (code === "SQLITE_FULL") return failure("DiskFull", { reason }, error);
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") {
    return failure("IoFailed", { reason }, error);
  }
  if (
    code.startsWith("SQLITE_BUSY") ||
    code.startsWith("SQLITE_LOCKED") ||
    code.startsWith("SQLITE_READONLY") ||
    code.startsWith("SQLITE_CANTOPEN")
  ) {
    return failure("Unavailable", { reason }, error);
  }
  return failure("Internal", { reason }, error);
}

/** There was no space for what SQLite wanted to write, or to map. */
export function isShortOfSpace(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR_SHM");
}

/** Somebody else has the file locked. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** SQLite's extended code; empty for other errors. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("SQLITE") ? code : "";
}

/** An error of SQLite while opening, in words; any other error unchanged. */
export function storageFailure(error: unknown): unknown {
  if (isElanusError(error)) return error;
  const code = codeOf(error);
  const known: readonly (readonly [string, string])[] = [
    ["SQLITE_NOTADB", "the file is not a database"],
    ["SQLITE_CORRUPT", "the database file is damaged"],
    ["SQLITE_BUSY", "the database is locked by another process"],
    ["SQLITE_LOCKED", "the database is locked by another process"],
    ["SQLITE_CANTOPEN", "the database file cannot be opened"],
    ["SQLITE_READONLY", "the database file cannot be written"],
    ["SQLITE_IOERR", "the database file cannot be read"],
  ];
  const reason = known.find(([prefix]) => code.startsWith(prefix))?.[1];
  return reason === undefined ? error : failure("Unavailable", { reason }, error);
}
