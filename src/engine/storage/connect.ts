import { betterSqlite3 } from "./better-sqlite3.js";
import type { Connection, ConnectOptions, Driver } from "./driver.js";

let driver: Driver = betterSqlite3;
const keys = new WeakMap<Connection, Uint8Array>();

/**
 * Opens a connection with the driver of this engine.
 * @throws DriverUnusable when the driver cannot be loaded, else an error of SQLite
 */
export function connect(path: string, options: ConnectOptions = {}): Connection {
  const sql = driver.connect(path, options);
  if (options.key !== undefined) keys.set(sql, options.key);
  return sql;
}

/** The same for a file that belongs to another one, which is open: encrypted as that one is. */
export function connectBeside(sql: Connection, path: string, options: ConnectOptions = {}): Connection {
  return connect(path, { ...options, key: keyOf(sql) });
}

/** Lets a connection reach another file, which is encrypted as its own is, under a name. */
export function attach(sql: Connection, path: string, name: string): void {
  const key = keyOf(sql);
  if (key === undefined) sql.prepare<[string]>(`ATTACH ? AS ${name}`).run(path);
  else sql.prepare<[string, Uint8Array]>(`ATTACH ? AS ${name} KEY ?`).run(path, key);
}

export { changeKey } from "./better-sqlite3.js";

/** What the file of a connection is encrypted with. */
export function keyOf(sql: Connection): Uint8Array | undefined {
  return keys.get(sql);
}

/** Opens a database in memory with what `Connection.serialize` gave. @throws as `connect` */
export function connectCopy(bytes: Uint8Array): Connection {
  return driver.restore(bytes);
}

/** Another driver for connections opened from now on; undefined for the usual one. Tests make storage fail with it. */
export function setDriver(replacement: Driver | undefined): void {
  driver = replacement ?? betterSqlite3;
}
