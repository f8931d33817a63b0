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
  const known = OPENING_FAILURES.find(([prefix]) => code.startsWith(prefix));
  if (known !== undefined) return failure(known[1], { reason: known[2] }, error);
  // Of the system: EACCES, EMFILE, ...
  const { syscall, code: refusal, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const full = refusal === "ENOSPC" || refusal === "EDQUOT";
  return failure(full ? "DiskFull" : "Unavailable", { reason: message }, error);
}

const OPENING_FAILURES: readonly (readonly [prefix: string, kind: "FileDamaged" | "Unavailable", reason: string])[] = [
  ["SQLITE_NOTADB", "FileDamaged", "the file is not a database"],
  ["SQLITE_CORRUPT", "FileDamaged", "the database file is damaged"],
  ["SQLITE_IOERR", "FileDamaged", "the database file cannot be read"],
  // A schema or a file format that makes no sense to SQLite.
  ["SQLITE_ERROR", "FileDamaged", "the database file is damaged"],
  ["SQLITE_BUSY", "Unavailable", "the database is locked by another process"],
  ["SQLITE_LOCKED", "Unavailable", "the database is locked by another process"],
  ["SQLITE_CANTOPEN", "Unavailable", "the database file cannot be opened"],
  ["SQLITE_READONLY", "Unavailable", "the database file cannot be written"],
];
