import { changeSchema } from "./change-schema.js";
import type { Connection } from "./driver.js";

/**
 * Appends a column to a STRICT table, however many rows that has: call inside of a transaction. `ALTER TABLE` would look at each row to
 * see whether it keeps the rules of the table; a row that has no value for the column reads what `definition` says is the default.
 *
 * @param definition `f_102 INTEGER DEFAULT 7`
 */
export function addColumn(sql: Connection, table: string, definition: string): void {
  const text = sql
    .prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type='table' AND name=?")
    .pluck()
    .get(table);
  if (text === undefined) throw new Error(`no table ${table}`);
  const end = text.lastIndexOf(")");
  changeSchema(sql, () => {
    sql
      .prepare("UPDATE sqlite_schema SET sql=? WHERE type='table' AND name=?")
      .run(`${text.slice(0, end)}, ${definition}${text.slice(end)}`, table);
  });
  // Throws where the schema cannot be read.
  sql.prepare(`SELECT 1 FROM ${table} LIMIT 0`);
}

/** A value as SQL has to write it for a column's default, exactly; no text of a user becomes part of a statement as it is. */
export function defaultLiteral(value: bigint | number | string, column: "INTEGER" | "REAL" | "TEXT"): string {
  if (typeof value === "string") return `(CAST(x'${Buffer.from(value).toString("hex")}' AS TEXT))`;
  return column === "REAL" ? Number(value).toExponential() : String(value);
}
