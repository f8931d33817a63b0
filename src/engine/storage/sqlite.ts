import type BetterSqlite3 from "better-sqlite3";
import { failure } from "../../errors.js";
import { loadPackage } from "../../runtime/packages.js";
import { requireRuntime } from "../../runtime/requirements.js";

let Sqlite: typeof BetterSqlite3 | undefined;

/** Opens a connection by way of a test: it may change the options (`verbose`), or put itself in front of the connection. */
export type SqliteSeam = (
  open: (path: string, options: BetterSqlite3.Options) => BetterSqlite3.Database,
  path: string,
  options: BetterSqlite3.Options,
) => BetterSqlite3.Database;
let seam: SqliteSeam | undefined;

/** Tests make storage calls fail, or look at them; undefined takes the seam out again. */
export function setSqliteSeam(replacement: SqliteSeam | undefined): void {
  seam = replacement;
}

/**
 * Opens a better-sqlite3 connection. The addon is loaded at the first call.
 * @throws RuntimeTooOld; Unavailable that names the command which mends a missing addon
 */
export function openSqlite(path: string, options: BetterSqlite3.Options = {}): BetterSqlite3.Database {
  requireRuntime();
  try {
    Sqlite ??= loadPackage("better-sqlite3") as typeof BetterSqlite3;
    const Connection = Sqlite;
    if (seam !== undefined) return seam((file, given) => new Connection(file, given), path, options);
    return new Connection(path, options);
  } catch (cause) {
    throw explainAddon(cause) ?? cause;
  }
}

/** What a failed load means: the package is missing, or its folder has no binary that runs here. */
function explainAddon(cause: unknown): Error | undefined {
  const { code, message } = cause as { code?: string; message?: string };
  const noBinary = code === "ERR_DLOPEN_FAILED" || (message ?? "").includes("better_sqlite3.node");
  if (noBinary) {
    const platform = `${process.platform}-${process.arch}`;
    const compile = "npx node-gyp rebuild --release -C node_modules/better-sqlite3";
    return failure(
      "Unavailable",
      {
        reason: `better-sqlite3 has no binary that runs here (${platform}, Node ${process.versions.node}); run: ${compile}`,
      },
      cause,
    );
  }
  if (code !== "MODULE_NOT_FOUND") return undefined;
  const reason = "the package better-sqlite3 is not installed; run: npm install better-sqlite3@13";
  return failure("Unavailable", { reason }, cause);
}

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
