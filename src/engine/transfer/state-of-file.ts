import type { Catalog } from "../catalog/catalog.js";
import { openCatalog } from "../catalog/sqlite-catalog.js";
import { connectBeside } from "../storage/connect.js";
import { configure } from "../storage/database.js";
import type { Connection } from "../storage/driver.js";

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
