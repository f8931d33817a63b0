import type BetterSqlite3 from "better-sqlite3";
import { failure } from "../../errors.js";
import { loadPackage } from "../../runtime/packages.js";
import type { Connection, ConnectOptions, Driver } from "./driver.js";

let Sqlite: typeof BetterSqlite3 | undefined;

/** The driver that comes with the package. The addon is loaded at the first call. */
export const betterSqlite3: Driver = {
  connect: (path, options) => open(path, options),
  restore: (bytes) => open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
};

function open(source: string | Buffer, options?: ConnectOptions): Connection {
  try {
    Sqlite ??= loadPackage("better-sqlite3") as typeof BetterSqlite3;
    return new Sqlite(source, options) as Connection;
  } catch (cause) {
    throw explainAddon(cause) ?? cause;
  }
}

/**
 * An addon that cannot be loaded, in words. What helps depends on who installed or bundled it and for which runtime, so
 * the cause is always told; undefined for any other error.
 */
function explainAddon(cause: unknown): Error | undefined {
  const { code, message } = cause as { code?: string; message?: string };
  const text = message ?? "";
  const missing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  if (missing && /['"]better-sqlite3['"]/.test(text)) {
    return unusable("the package better-sqlite3 is not installed where elanus looks for it", cause);
  }
  const foreign =
    code === "ERR_DLOPEN_FAILED" ||
    text.includes("NODE_MODULE_VERSION") ||
    text.includes("Could not locate the bindings file") ||
    (missing && text.includes("better_sqlite3.node"));
  return foreign ? unusable(`the addon of better-sqlite3 does not load in ${runtime()}`, cause) : undefined;
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
