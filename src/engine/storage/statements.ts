import type { Database, Statement } from "better-sqlite3";

/** Prepares a statement that gives integers as numbers, whatever the connection's default is. */
export function prepare<P extends unknown[], R = unknown>(db: Database, sql: string): Statement<P, R> {
  return db.prepare<P, R>(sql).safeIntegers(false) as Statement<P, R>;
}

/** Reads a column that holds a JSON object of strings. */
export function parseStrings(text: string): Readonly<Record<string, string>> {
  return Object.freeze(JSON.parse(text) as Record<string, string>);
}
