import type { Connection, Statement } from "./driver.js";

/** Prepares a statement that gives integers as numbers, whatever the connection's default is. */
export function prepare<P extends unknown[], R = unknown>(db: Connection, sql: string): Statement<P, R> {
  return db.prepare<P, R>(sql).safeIntegers(false) as Statement<P, R>;
}

/** The number that a setting of SQLite has (`user_version`). */
export function readPragma(db: Connection, name: string): number {
  return prepare<[], number>(db, `PRAGMA ${name}`).pluck().get() as number;
}

/** Reads a column that holds a JSON object of strings. */
export function parseStrings(text: string): Readonly<Record<string, string>> {
  return Object.freeze(JSON.parse(text) as Record<string, string>);
}
