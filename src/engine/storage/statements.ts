import type { Connection, Statement } from "./driver.js";

/**
 * A statement that gives integers as numbers, whatever the connection's default is. It is prepared when it is first used: of the
 * hundred that an open database may need, most programs need a few.
 */
export function prepare<P extends unknown[], R = unknown>(db: Connection, sql: string): Statement<P, R> {
  return new LateStatement<P, R>(db, sql);
}

class LateStatement<P extends unknown[], R> implements Statement<P, R> {
  readonly #sql: Connection;
  readonly #text: string;
  #rows: "plucked" | "raw" | undefined;
  #bigints = false;
  #prepared: Statement<P, R> | undefined;

  constructor(sql: Connection, text: string) {
    this.#sql = sql;
    this.#text = text;
  }

  get reader(): boolean {
    return this.#statement.reader;
  }

  run(...parameters: P): { readonly changes: number } {
    return this.#statement.run(...parameters);
  }

  get(...parameters: P): R | undefined {
    return this.#statement.get(...parameters);
  }

  all(...parameters: P): R[] {
    return this.#statement.all(...parameters);
  }

  iterate(...parameters: P): IterableIterator<R> {
    return this.#statement.iterate(...parameters);
  }

  pluck(): this {
    this.#rows = "plucked";
    this.#prepared?.pluck();
    return this;
  }

  raw(): this {
    this.#rows = "raw";
    this.#prepared?.raw();
    return this;
  }

  safeIntegers(on = true): this {
    this.#bigints = on;
    this.#prepared?.safeIntegers(on);
    return this;
  }

  get #statement(): Statement<P, R> {
    this.#prepared ??= this.#prepare();
    return this.#prepared;
  }

  #prepare(): Statement<P, R> {
    const prepared = this.#sql.prepare<P, R>(this.#text).safeIntegers(this.#bigints);
    if (this.#rows === "plucked") prepared.pluck();
    if (this.#rows === "raw") prepared.raw();
    return prepared;
  }
}

/** The number that a setting of SQLite has (`user_version`). */
export function readPragma(db: Connection, name: string): number {
  return prepare<[], number>(db, `PRAGMA ${name}`).pluck().get() as number;
}

/** Reads a column that holds a JSON object of strings. */
export function parseStrings(text: string): Readonly<Record<string, string>> {
  return Object.freeze(JSON.parse(text) as Record<string, string>);
}
