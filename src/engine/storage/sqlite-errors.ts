import { failure, isElanusError } from "../../errors.js";

/** Turns an error of SQLite into one of ours; anything else comes back as it is. */
export function wrapSqliteError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !code.startsWith("SQLITE")) return error;
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

/** An error of SQLite while opening, in words; any other error unchanged. */
export function storageFailure(error: unknown): unknown {
  if (isElanusError(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
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
