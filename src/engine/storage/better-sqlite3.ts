import type BetterSqlite3 from "better-sqlite3";
import { failure } from "../../errors.js";
import { loadPackage } from "../../runtime/packages.js";
import { copyInOurTurns } from "./backup.js";
import type { Connection, ConnectOptions, Driver } from "./driver.js";
import { codeOf } from "./sqlite-errors.js";

let Sqlite: typeof BetterSqlite3 | undefined;
let Ciphers: typeof BetterSqlite3 | undefined;

/** The driver that comes with the package, and the one beside it that encrypts. The addons are loaded at the first call. */
export const betterSqlite3: Driver = {
  connect: (path, { key, ...options }) => (key === undefined ? open(path, options) : openEncrypted(path, options, key)),
  restore: (bytes) => open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
};

function open(source: string | Buffer, options?: ConnectOptions): Connection {
  try {
    Sqlite ??= loadPackage("better-sqlite3") as typeof BetterSqlite3;
    return copyInOurTurns(new Sqlite(source, options) as Connection);
  } catch (cause) {
    throw explainAddon("better-sqlite3", cause) ?? cause;
  }
}

interface EncryptedConnection extends Connection {
  key(key: Buffer): unknown;
  rekey(key: Buffer): unknown;
}

/** @param key none: it is not encrypted, and may be with the next one */
function openEncrypted(path: string, options: ConnectOptions, key: Uint8Array): Connection {
  let sql: EncryptedConnection | undefined;
  try {
    Ciphers ??= loadPackage("better-sqlite3-multiple-ciphers") as typeof BetterSqlite3;
    sql = copyInOurTurns(new Ciphers(path, options) as unknown as EncryptedConnection);
    if (key.length > 0) sql.key(Buffer.from(key));
    // Whether it is the right one is told by the first page.
    sql.prepare("SELECT 1 FROM sqlite_master").get();
    return sql;
  } catch (cause) {
    sql?.close();
    if (codeOf(cause) === "SQLITE_NOTADB") throw wrongKey(cause);
    throw explainAddon("better-sqlite3-multiple-ciphers", cause) ?? cause;
  }
}

/** Encrypts a file anew that nobody else has open. @param key empty: it is not encrypted any more */
export function changeKey(sql: Connection, key: Uint8Array): void {
  (sql as EncryptedConnection).rekey(Buffer.from(key));
}

/** One text for all that a wrong key may be: SQLite cannot tell them apart. */
export function wrongKey(cause?: unknown): Error {
  const reason = "the key is not that of the file, or the file is damaged, or it is not encrypted";
  return failure("FileDamaged", { reason }, cause);
}

/**
 * An addon that cannot be loaded, in words. What helps depends on who installed or bundled it and for which runtime, so
 * the cause is always told; undefined for any other error.
 */
function explainAddon(name: string, cause: unknown): Error | undefined {
  const { code, message } = cause as { code?: string; message?: string };
  const text = message ?? "";
  const missing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  if (missing && new RegExp(`['"]${name}['"]`).test(text)) {
    const needed = name === "better-sqlite3" ? "" : `the option "key" needs it (npm i ${name}): `;
    return unusable(`${needed}the package ${name} is not installed where elanus looks for it`, cause);
  }
  const foreign =
    code === "ERR_DLOPEN_FAILED" ||
    text.includes("NODE_MODULE_VERSION") ||
    text.includes("Could not locate the bindings file") ||
    (missing && text.includes("better_sqlite3.node"));
  return foreign ? unusable(`the addon of ${name} does not load in ${runtime()}`, cause) : undefined;
}

function unusable(what: string, cause: unknown): Error {
  const [line] = String((cause as Error).message).split("\n");
  return failure("DriverUnusable", { reason: `${what}: ${line}` }, cause);
}

/** The runtime and the platform an addon must be made for: `Node 24.1.0 on linux x64`. */
function runtime(): string {
  const { bun, deno, electron, node } = process.versions as Record<string, string | undefined>;
  const name =
    electron !== undefined
      ? `Electron ${electron}`
      : bun !== undefined
        ? `Bun ${bun}`
        : deno !== undefined
          ? `Deno ${deno}`
          : `Node ${node}`;
  return `${name} on ${process.platform} ${process.arch}`;
}
