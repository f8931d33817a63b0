import { betterSqlite3 } from "./better-sqlite3.js";
import type { Connection, ConnectOptions, Driver } from "./driver.js";

let driver: Driver = betterSqlite3;

/**
 * Opens a connection with the driver of this engine.
 * @throws DriverUnusable when the driver cannot be loaded, else an error of SQLite
 */
export function connect(path: string, options: ConnectOptions = {}): Connection {
  return driver.connect(path, options);
}

/** Opens a database in memory with what `Connection.serialize` gave. @throws as `connect` */
export function connectCopy(bytes: Uint8Array): Connection {
  return driver.restore(bytes);
}

/** Another driver for connections opened from now on; undefined for the usual one. Tests make storage fail with it. */
export function setDriver(replacement: Driver | undefined): void {
  driver = replacement ?? betterSqlite3;
}
