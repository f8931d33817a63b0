import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import { LIMIT } from "./bound-limit.js";

/** Tables with fewer rows are dropped, or emptied, at once. */
const FEW_ROWS = 200;

/** Tables of collections that were dropped or emptied: what is in them is taken away behind, in slices. */
export interface GoneTables {
  /** How many there are. */
  readonly pending: number;
  /**
   * Takes rows out of one, or drops it when it is empty, of the collection, or of any.
   * @returns how many rows, or 1 for what else was done; 0: there are no more
   */
  purge(most: number, collectionId?: number): number;
}

export function openGoneTables(sql: Connection): GoneTables {
  const count = prepare<[], number>(sql, "SELECT count(*) FROM gone_tables").pluck();
  const next = prepare<[number | null, number | null], string>(
    sql,
    "SELECT name FROM gone_tables WHERE ? IS NULL OR collection_id = ? ORDER BY id LIMIT 1",
  ).pluck();
  const forget = prepare<[string]>(sql, "DELETE FROM gone_tables WHERE name = ?");
  return {
    get pending() {
      return count.get() as number;
    },
    purge(most, collectionId) {
      const name = next.get(collectionId ?? null, collectionId ?? null);
      if (name === undefined) return 0;
      // An index would be kept up row by row.
      const [index] = definitions(sql, name, "index");
      if (index !== undefined) {
        sql.exec(`DROP INDEX ${index.name}`);
        return 1;
      }
      const first = `SELECT row_id FROM ${name} ORDER BY row_id ${LIMIT}`;
      const { changes } = sql.prepare<[number]>(`DELETE FROM ${name} WHERE row_id IN (${first})`).run(most);
      if (changes > 0) return changes;
      sql.exec(`DROP TABLE ${name}`);
      forget.run(name);
      return 1;
    },
  };
}

/** Drops tables, those of many rows behind. Call inside a transaction. */
export function dropOrLeave(sql: Connection, collectionId: number, names: readonly string[]): void {
  for (const name of names) {
    if (isLarge(sql, name)) leave(sql, collectionId, name);
    else sql.exec(`DROP TABLE ${name}`);
  }
}

/** Empties tables; those of many rows are put aside, and others of their form take their place. Call inside a transaction. */
export function emptyOrReplace(sql: Connection, collectionId: number, names: readonly string[]): void {
  for (const name of names) {
    if (isLarge(sql, name) && !isWatched(sql, name)) replace(sql, collectionId, name);
    else sql.prepare(`DELETE FROM ${name}`).run();
  }
}

function replace(sql: Connection, collectionId: number, name: string): void {
  const indexes = definitions(sql, name, "index");
  const [table] = definitions(sql, name, "table");
  if (table === undefined) throw new Error(`there is no table ${name}`);
  for (const index of indexes) sql.exec(`DROP INDEX ${index.name}`);
  const gone = `${gonePrefix(sql)}${name}`;
  sql.exec(`ALTER TABLE ${name} RENAME TO ${gone}`);
  for (const { text } of [table, ...indexes]) sql.exec(text);
  leave(sql, collectionId, gone);
}

/** What the name of the next table that is gone begins with. */
export function gonePrefix(sql: Connection): string {
  const id = prepare<[], number>(sql, "SELECT coalesce(max(id), 0) + 1 FROM gone_tables").pluck().get() as number;
  return `gone_${id}_`;
}

/** Notes that a table is gone. Call inside a transaction. */
export function leave(sql: Connection, collectionId: number, name: string): void {
  prepare<[number, string]>(sql, "INSERT INTO gone_tables (collection_id, name) VALUES (?, ?)").run(collectionId, name);
}

function isLarge(sql: Connection, name: string): boolean {
  return prepare<[number], number>(sql, `SELECT 1 FROM ${name} LIMIT 1 OFFSET ?`).pluck().get(FEW_ROWS) !== undefined;
}

/** A copy or a field that is being computed follows the rows of the table. */
function isWatched(sql: Connection, name: string): boolean {
  const text = "SELECT 1 FROM temp.sqlite_schema WHERE type = 'trigger' AND tbl_name = ?";
  return sql.prepare<[string]>(text).get(name) !== undefined;
}

interface Definition {
  readonly name: string;
  readonly text: string;
}

function definitions(sql: Connection, table: string, type: "table" | "index"): readonly Definition[] {
  const text = "SELECT name, sql AS text FROM main.sqlite_schema WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL";
  return prepare<[string, string], Definition>(sql, text).all(table, type);
}
