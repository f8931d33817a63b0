import { connectBeside } from "../storage/connect.js";
import { configure } from "../storage/database.js";
import type { Connection } from "../storage/driver.js";
import type { ReadingThread } from "../storage/reading-thread.js";

export interface VacuumScope {
  readonly sql: Connection;
  readonly databasePath: string | undefined;
  /** Another thread that reads the file. */
  readonly elsewhere: ReadingThread | undefined;
}

const VACUUM = "VACUUM INTO ?";

/**
 * Copies a database as it is now into a file that is not there, encrypted with the same key: what SQLite's own way to copy pages
 * cannot do. On another thread, if there is one.
 */
export async function vacuumInto({ sql, databasePath, elsewhere }: VacuumScope, path: string): Promise<void> {
  if ((await elsewhere?.rows(VACUUM, [path], undefined)) !== undefined || databasePath === undefined) return;
  // That thread does not know all functions that indexes may call.
  const here = connectBeside(sql, databasePath, { readonly: true });
  try {
    configure(here);
    here.prepare<[string]>(VACUUM).run(path);
  } finally {
    here.close();
  }
}
