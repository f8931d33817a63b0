import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { failure } from "../../errors.js";

const load = createRequire(import.meta.url);
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
 * @throws Unavailable that names the command which mends a missing or foreign build of the addon
 */
export function openSqlite(path: string, options: BetterSqlite3.Options = {}): BetterSqlite3.Database {
  try {
    Sqlite ??= load("better-sqlite3") as typeof BetterSqlite3;
    const Connection = Sqlite;
    if (seam !== undefined) return seam((file, given) => new Connection(file, given), path, options);
    return new Connection(path, options);
  } catch (cause) {
    throw explainAddon(cause) ?? cause;
  }
}

function explainAddon(cause: unknown): Error | undefined {
  const { code, message } = cause as { code?: string; message?: string };
  const text = message ?? "";
  if (code === "MODULE_NOT_FOUND" && text.includes("better-sqlite3")) {
    return failure(
      "Unavailable",
      { reason: "the package better-sqlite3 is not installed; run: npm install better-sqlite3@13" },
      cause,
    );
  }
  if (
    code === "ERR_DLOPEN_FAILED" ||
    text.includes("NODE_MODULE_VERSION") ||
    text.includes("Could not locate the bindings file")
  ) {
    return failure(
      "Unavailable",
      {
        reason: `better-sqlite3 is not built for this runtime (${process.versions["electron"] === undefined ? `Node ${process.versions.node}` : `Electron ${process.versions["electron"]}`}, ABI ${process.versions.modules}); run: ${
          process.versions["electron"] === undefined
            ? "npm rebuild better-sqlite3"
            : "npx @electron/rebuild -f -w better-sqlite3"
        }`,
      },
      cause,
    );
  }
  return undefined;
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
