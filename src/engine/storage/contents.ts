import type { Connection } from "./driver.js";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** The tables, indexes and rows of a small database, as SQL that makes them in an empty one. */
export function contentsOf(db: Connection): string {
  const made = db
    .prepare<[], Made>(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' ORDER BY rowid",
    )
    .all();
  const rows = made.filter(({ type }) => type === "table").flatMap(({ name }) => rowsOf(db, name));
  return [...made.map(({ sql }) => sql), ...rows].join(";\n");
}

function rowsOf(db: Connection, table: string): string[] {
  const columns = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
  const row = columns.map((column) => `quote(${column})`).join(" || ',' || ");
  const rows = db.prepare<[], string>(`SELECT '(' || ${row} || ')' FROM ${table}`).pluck().all();
  return rows.length === 0 ? [] : [`INSERT INTO ${table} VALUES ${rows.join(",")}`];
}
