import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "../catalog/catalog.js";
import { openCatalog } from "../catalog/sqlite-catalog.js";
import { connectBeside } from "../storage/connect.js";
import { configure } from "../storage/database.js";
import type { Connection } from "../storage/driver.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";

/** One state of a database, whatever is written to it meanwhile. */
export interface OneState {
  readonly sql: Connection;
  readonly catalog: Catalog;
  close(): void;
}

/**
 * The state that a database file has now, over a connection of its own.
 * @param main another one to the same file
 * @throws an error of SQLite
 */
export function stateOfFile(main: Connection, path: string): OneState {
  const sql = connectBeside(main, path, { readonly: true });
  try {
    configure(sql);
    sql.exec("BEGIN");
    // The first read takes hold of the state.
    return { sql, catalog: openCatalog(sql), close: () => void sql.close() };
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** Pages that are copied without a turn of the event loop. */
const PAGES = 64;

/**
 * The state that a database in memory has once it has been copied into a file of the system's folder for such, where it takes no
 * memory: what is written while it is copied goes into the copy as well.
 *
 * @param check throws to end it
 * @throws DiskFull, Unavailable
 */
export async function stateOfMemory(main: Connection, check: () => void): Promise<OneState> {
  let folder: string | undefined;
  const remove = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), `elanus-state-${process.pid}-`));
    const path = join(folder, "state.db");
    await main.backup(path, {
      progress() {
        check();
        return PAGES;
      },
    });
    const state = stateOfFile(main, path);
    const close = () => {
      state.close();
      remove();
    };
    return { ...state, close };
  } catch (error) {
    remove();
    throw storageFailure(wrapSqliteError(error));
  }
}
