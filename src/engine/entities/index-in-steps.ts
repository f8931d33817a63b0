import type { Steps } from "../../values/steps.js";
import { changeSchema } from "../storage/change-schema.js";
import type { Connection } from "../storage/driver.js";
import { LIMIT } from "./bound-limit.js";
import { createIndexText } from "./columns.js";
import { gonePrefix, leave } from "./gone-tables.js";
import { PieceSize } from "./row-pieces.js";

/** Rows of a step at least: SQLite copies each page that a step writes to, and with fewer rows that is one for nearly each of them. */
const LEAST_ROWS = 4096;

/**
 * Indexes of a table made in steps, which SQLite does in one: what they are over is copied into another table that has them already, by the
 * same row ids, and in the end the schema says that they are those of the table. Until then, and should that never be, the other table
 * counts as gone, as what is left of it does afterwards.
 */
export class IndexInSteps {
  readonly #sql: Connection;
  readonly #table: string;
  readonly #other: string;
  readonly #targets: readonly string[];

  /**
   * Call inside a transaction; nobody writes from then on.
   *
   * @param targets what the indexes are over
   */
  constructor(sql: Connection, collectionId: number, table: string, targets: readonly string[]) {
    this.#sql = sql;
    this.#table = table;
    this.#other = `${gonePrefix(sql)}${table}`;
    this.#targets = targets;
    const columns = targets.map((_, i) => `k_${i} ANY`);
    sql.exec(`CREATE TABLE ${this.#other} (row_id INTEGER PRIMARY KEY, ${columns.join(", ")}) STRICT`);
    for (const i of targets.keys()) sql.exec(createIndexText(this.#index(i), this.#other, `k_${i}`));
    leave(sql, collectionId, this.#other);
  }

  *steps(): Steps<void> {
    const values = this.#targets.map((target, i) => `${target} AS k_${i}`).join(",");
    const rows = `SELECT row_id,${values} FROM ${this.#table} WHERE row_id>? ORDER BY row_id ${LIMIT}`;
    // In the order of an index each page of it is written to once in a step.
    const text = `INSERT INTO ${this.#other} SELECT * FROM (${rows}) ORDER BY k_0`;
    const copy = this.#sql.prepare<[number, number]>(text);
    const last = this.#sql.prepare<[], number | null>(`SELECT max(row_id) FROM ${this.#other}`).pluck();
    const size = new PieceSize(1);
    const step = () => copy.run(last.get() ?? -1, Math.max(LEAST_ROWS, size.rows));
    while (size.learn(step).changes > 0) yield;
  }

  /** Call inside a transaction. @param names of the indexes */
  adopt(names: readonly string[]): void {
    const sql = this.#sql;
    changeSchema(sql, () => {
      const move = sql.prepare<[string, string, string, string]>(
        "UPDATE sqlite_schema SET name=?, tbl_name=?, sql=? WHERE type='index' AND name=?",
      );
      for (const [i, target] of this.#targets.entries()) {
        const name = names[i] as string;
        move.run(name, this.#table, createIndexText(name, this.#table, target), this.#index(i));
      }
    });
  }

  #index(i: number): string {
    return `${this.#other}_${i}`;
  }
}
