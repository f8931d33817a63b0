import type { Steps } from "../../values/steps.js";
import { changeSchema } from "../storage/change-schema.js";
import type { Connection } from "../storage/driver.js";
import { createIndexText } from "./columns.js";
import { type Definition, definitions, gonePrefix, leave } from "./gone-tables.js";
import { PieceSize } from "./row-pieces.js";

/**
 * Indexes of a table made in steps, which SQLite does in one: the rows are copied into another table that has the indexes already, and in
 * the end the two change their places. Until then, and should that never be, the other table counts as gone.
 */
export class RebuiltTable {
  readonly #sql: Connection;
  readonly #table: string;
  readonly #other: string;
  readonly #prefix: string;
  /** Those that the table has already. */
  readonly #indexes: readonly Definition[];
  readonly #targets: readonly string[];

  /**
   * Call inside a transaction; nobody writes from then on.
   *
   * @param targets what the new indexes are over
   */
  constructor(sql: Connection, collectionId: number, table: string, targets: readonly string[]) {
    this.#sql = sql;
    this.#table = table;
    this.#prefix = gonePrefix(sql);
    this.#other = `${this.#prefix}${table}`;
    this.#indexes = definitions(sql, table, "index");
    this.#targets = targets;
    const [whole] = definitions(sql, table, "table");
    sql.exec(renamed(whole?.text ?? "", `TABLE ${table} `, `TABLE ${this.#other} `));
    for (const { name, text } of this.#indexes) {
      sql.exec(renamed(text, `INDEX ${name} ON ${table} `, `INDEX ${this.#prefix}${name} ON ${this.#other} `));
    }
    for (const [i, target] of targets.entries()) sql.exec(createIndexText(this.#newName(i), this.#other, target));
    leave(sql, collectionId, this.#other);
  }

  /** Copies the rows. */
  *steps(): Steps<void> {
    const copy = this.#sql.prepare<[number, number]>(
      `INSERT INTO ${this.#other} SELECT * FROM ${this.#table} WHERE row_id>? ORDER BY row_id LIMIT ?`,
    );
    const last = this.#sql.prepare<[], number | null>(`SELECT max(row_id) FROM ${this.#other}`).pluck();
    const size = new PieceSize(1 + this.#indexes.length + this.#targets.length);
    while (size.learn(() => copy.run(last.get() ?? -1, size.rows)).changes > 0) yield;
  }

  /** Puts the copy in the place of the table. Call inside a transaction. @param names of the indexes that are new */
  adopt(names: readonly string[]): void {
    const sql = this.#sql;
    changeSchema(sql, () => {
      const rootOf = sql.prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name=?").pluck();
      const setRoot = sql.prepare<[number | undefined, string]>("UPDATE sqlite_schema SET rootpage=? WHERE name=?");
      const rename = sql.prepare<[string, string, string, string]>(
        "UPDATE sqlite_schema SET name=?, tbl_name=?, sql=? WHERE name=?",
      );
      for (const name of [this.#table, ...this.#indexes.map((index) => index.name)]) {
        const other = `${this.#prefix}${name}`;
        const [here, there] = [rootOf.get(name), rootOf.get(other)];
        setRoot.run(there, name);
        setRoot.run(here, other);
      }
      for (const [i, target] of this.#targets.entries()) {
        const name = names[i] as string;
        rename.run(name, this.#table, createIndexText(name, this.#table, target), this.#newName(i));
      }
    });
  }

  #newName(i: number): string {
    return `${this.#prefix}new_${i}`;
  }
}

/** @throws where the text is not of the form that we give to it */
function renamed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`not one of our tables: ${text}`);
  return text.replace(from, to);
}
