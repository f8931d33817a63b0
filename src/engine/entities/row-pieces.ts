import { elapsed } from "../../values/clock.js";
import type { EntityTable } from "./entity-table.js";
import { type Selection, whereClause } from "./read-rows.js";

/** Rows that the first piece looks at, and most that any does. */
const FIRST_ROWS = 512;
const MOST_ROWS = 65_536;
/** Milliseconds that a piece should take. */
const PIECE_MS = 3;

/** Whether SQLite goes through the whole table to find the rows of a selection. */
export function isScan(table: EntityTable, selection: Selection): boolean {
  const where = whereClause(selection);
  const [step] = table
    .statement(`EXPLAIN QUERY PLAN SELECT row_id FROM ${table.name}${where.text}`)
    .all(...where.params) as { readonly detail: string }[];
  return step?.detail.startsWith("SCAN") === true;
}

/**
 * Finds the rows of a selection piece by piece: each looks at as many rows of the table as can be looked at in a few
 * milliseconds. Rows that come or go meanwhile may be seen or not.
 */
export class RowPieces {
  readonly #table: EntityTable;
  readonly #selection: Selection;
  readonly #column: string;
  readonly #source: string;
  #rows = FIRST_ROWS;
  /** Where the next piece begins; null: behind the last row. */
  #from: unknown;

  /** @param byKey in ascending order of the primary key, instead of as they lie in the table */
  constructor(table: EntityTable, selection: Selection, byKey: boolean) {
    this.#table = table;
    this.#column = byKey ? table.keyColumn : "row_id";
    this.#source = `${table.name} ${byKey ? `INDEXED BY ${table.name}_key` : "NOT INDEXED"}`;
    // Another index must not lead: it would be gone through anew for each piece.
    this.#selection = { ...selection, partitionsAreBroad: true };
    this.#from = this.#bound(`SELECT min(${this.#column}) FROM ${table.name}`);
  }

  get ended(): boolean {
    return this.#from === null;
  }

  /** Row ids of the next piece, at most `limit`; with `limit` reached the rest of the piece is passed over. */
  next(limit: number): number[] {
    const column = this.#column;
    const start = elapsed();
    const to = this.#bound(
      `SELECT ${column} FROM ${this.#table.name} WHERE ${column}>=? ORDER BY ${column} LIMIT 1 OFFSET ?`,
      this.#from,
      this.#rows,
    );
    const where = whereClause(this.#selection);
    const inside = `${where.text === "" ? " WHERE " : `${where.text} AND `}${column}>=?${to === null ? "" : ` AND ${column}<?`}`;
    const found = this.#table
      .statement(`SELECT row_id FROM ${this.#source}${inside} ORDER BY ${column} LIMIT ?`)
      .pluck()
      .all(...where.params, this.#from, ...(to === null ? [] : [to]), Number.isFinite(limit) ? limit : -1) as number[];
    this.#from = to;
    const taken = elapsed() - start;
    if (taken < PIECE_MS / 2) this.#rows = Math.min(this.#rows * 2, MOST_ROWS);
    else if (taken > PIECE_MS * 2) this.#rows = Math.max(Math.floor(this.#rows / 2), 1);
    return found;
  }

  /** A value of the column; null where there is no row. */
  #bound(text: string, ...params: readonly unknown[]): unknown {
    return (
      this.#table
        .statement(text)
        .pluck()
        .safeIntegers()
        .get(...params) ?? null
    );
  }
}
