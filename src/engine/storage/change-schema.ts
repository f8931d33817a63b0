import type { Connection } from "./driver.js";
import { readPragma } from "./statements.js";

/** Changes what the schema says of tables that are there, by statements on `sqlite_schema`. Call inside of a transaction. */
export function changeSchema(sql: Connection, change: () => void): void {
  const version = readPragma(sql, "schema_version");
  sql.unsafeMode(true);
  try {
    sql.exec("PRAGMA writable_schema=ON");
    change();
    sql.exec("PRAGMA writable_schema=RESET");
    // Tells every connection that what it has prepared is outdated, and this one that a rollback changes the schema again.
    sql.exec(`PRAGMA schema_version=${version + 1}`);
  } finally {
    sql.exec("PRAGMA writable_schema=OFF");
    sql.unsafeMode(false);
  }
}
