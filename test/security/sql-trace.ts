import BetterSqlite3 from "better-sqlite3";
import { setDriver } from "../../src/engine/storage/connect.js";
import type { Connection } from "../../src/engine/storage/driver.js";
import { migrate } from "../../src/engine/storage/format.js";

/** Everything that SQLite was given: texts to prepare or execute, and statements as they ran, values filled in. */
export class SqlTrace {
  readonly sources: string[] = [];
  readonly executed: string[] = [];

  /** Connections opened from now on are traced. */
  install(): void {
    const open = (source: string | Buffer, options: object = {}): Connection => {
      const database = new BetterSqlite3(source, {
        ...options,
        verbose: (text) => void this.executed.push(String(text)),
      }) as Connection;
      return new Proxy(database, {
        get: (target, name) => {
          const value = Reflect.get(target, name, target) as unknown;
          if (typeof value !== "function") return value;
          if (name !== "prepare" && name !== "exec") return value.bind(target) as unknown;
          return (text: string, ...rest: unknown[]) => {
            this.sources.push(text);
            return (value as (...given: unknown[]) => unknown).call(target, text, ...rest);
          };
        },
      });
    };
    setDriver({ connect: open, restore: (bytes) => open(Buffer.from(bytes)) });
  }

  uninstall(): void {
    setDriver(undefined);
  }

  clear(): void {
    this.sources.length = 0;
    this.executed.length = 0;
  }
}

/** A statement without what stands in quotes: what is left is code. */
export function codeOf(sql: string): string {
  // SQLite shortens long values where it tells what it ran.
  return sql.replace(/'(?:[^']|'')*'(?:\/\*\+\d+ bytes\*\/)?/g, "''");
}

const OWN = String.raw`(?:e_\d+|v_\d+_\d+)`;
/** What is in a database in which nothing was made. */
export const CATALOGUE_OBJECTS: readonly string[] = (() => {
  const database = new BetterSqlite3(":memory:");
  migrate(database as Connection);
  const names = database.prepare("SELECT name FROM sqlite_master").pluck().all() as string[];
  database.close();
  return names;
})();
const CATALOGUE = `(?:${CATALOGUE_OBJECTS.join("|")})`;
const TABLE = `(?:${OWN}|${CATALOGUE})`;

/** The shapes of all statements of the engine. */
const SHAPES: readonly RegExp[] = [
  /^(?:EXPLAIN QUERY PLAN )?SELECT\b/,
  new RegExp(`^INSERT (?:OR REPLACE )?INTO ${TABLE}\\b`),
  new RegExp(`^UPDATE ${TABLE}\\s+SET\\b`),
  new RegExp(`^DELETE FROM ${TABLE}(?:\\s|$)`),
  new RegExp(`^CREATE TABLE ${OWN} \\(`),
  /^CREATE (?:UNIQUE )?INDEX (?:e_\d+_(?:key|partition)|i_\d+_\d+) ON e_\d+ \(/,
  new RegExp(`^DROP TABLE (?:IF EXISTS )?${OWN}$`),
  /^DROP INDEX IF EXISTS i_\d+_\d+$/,
  /^UPDATE sqlite_schema SET sql=(?:\?|'') WHERE type='' AND name=(?:\?|'')$/,
  /^(?:BEGIN IMMEDIATE|COMMIT|ROLLBACK)$/,
  /^PRAGMA (?:data_version|wal_checkpoint|cache_size|integrity_check|foreign_key_check|table_info|index_list|application_id|user_version|page_count|schema_version|writable_schema)\b/,
];

/** Whether a statement is one that the engine makes. */
export function isOurs(sql: string): boolean {
  return SHAPES.some((shape) => shape.test(sql.trim()));
}

/** What is wrong with the text of a statement, in words; undefined for one of ours. */
export function strangeness(sql: string): string | undefined {
  const code = codeOf(sql).trim();
  if (!isOurs(code)) return `no statement of ours: ${sql}`;
  if (/;|--|\/\*|"|`|\[/.test(code)) return `more than a statement: ${sql}`;
  return undefined;
}
