import { elapsed } from "../../values/clock.js";
import { LIMIT } from "./bound-limit.js";
import type { EntityTable } from "./entity-table.js";
import { type Condition, largestRowId, leadsToRanges, type Selection, whereClause } from "./read-rows.js";

/** Rows that any piece looks at, at most. */
const MOST_ROWS = 65_536;
/** What looking at the first piece costs, in plain comparisons. */
const FIRST_COST = 512;
/** Milliseconds that a piece should take. */
const PIECE_MS = 3;
/** What a row costs at most, in plain comparisons, where its place among the row ids may stand for its place in the table. */
const PLAIN_COST = 4;

/** How many rows a piece should look at. */
export class PieceSize {
  #rows: number;

  /** @param cost of a row, in plain comparisons */
  constructor(cost: number) {
    this.#rows = Math.max(1, Math.floor(FIRST_COST / cost));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Does the work of one piece, and learns from how long it took. */
  learn<T>(work: () => T): T {
    const start = elapsed();
    const result = work();
    const taken = elapsed() - start;
    if (taken < PIECE_MS / 2) this.#rows = Math.min(this.#rows * 2, MOST_ROWS);
    else if (taken > PIECE_MS * 2) this.#rows = Math.max(Math.floor((this.#rows * PIECE_MS) / taken), 1);
    return result;
  }
}

/** A filter that may have so much to look at that its rows should be found in slices. */
export interface LongFilter {
  /** What it costs for a row, in plain comparisons. */
  readonly cost: number;
  /** Rows that are found soon, those of the filter among them; undefined: looking at them costs no less than the filter. */
  readonly among: Selection | undefined;
}

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
  /** Behind the last row id, where ranges of these are the pieces. */
  readonly #end: number | undefined;
  readonly #size: PieceSize;
  /** Where the next piece begins; null: behind the last row. */
  #from: unknown;
  #looked = 0;

  /**
   * @param byKey in ascending order of the primary key, instead of as they lie in the table
   * @param cost of looking at a row, in plain comparisons
   */
  constructor(table: EntityTable, selection: Selection, byKey: boolean, cost: number) {
    this.#table = table;
    this.#size = new PieceSize(cost);
    this.#column = byKey ? table.keyColumn : "row_id";
    // Another index must not lead: it would be gone through anew for each piece.
    this.#selection = { ...selection, partitionsAreBroad: true };
    this.#end = byKey || cost > PLAIN_COST ? undefined : largestRowId(table) + 1;
    const where = whereClause(this.#selection);
    const range = { text: `${and(where)}row_id>=? AND row_id<?`, params: [...where.params, 0, 0] };
    const leads = !byKey && leadsToRanges(table, range);
    this.#source = `${table.name} AS e ${byKey ? `INDEXED BY ${table.name}_key` : leads ? "" : "NOT INDEXED"}`;
    this.#from = this.#bound(`SELECT min(${this.#column}) FROM ${table.name}`);
  }

  get ended(): boolean {
    return this.#from === null;
  }

  /** Rows that were looked at, about. */
  get looked(): number {
    return this.#looked;
  }

  /** Row ids of the next piece, at most `limit`; with `limit` reached the rest of the piece is passed over. */
  next(limit: number): number[] {
    this.#looked += this.#size.rows;
    return this.#size.learn(() => {
      const column = this.#column;
      const to = this.#behind();
      const where = whereClause(this.#selection);
      const inside = `${and(where)}${column}>=?${to === null ? "" : ` AND ${column}<?`}`;
      const found = this.#table
        .statement(`SELECT row_id FROM ${this.#source}${inside} ORDER BY ${column} ${LIMIT}`)
        .pluck()
        .all(
          ...where.params,
          this.#from,
          ...(to === null ? [] : [to]),
          Number.isFinite(limit) ? limit : -1,
        ) as number[];
      this.#from = to;
      return found;
    });
  }

  /** Where the piece that comes next ends; null: with the last row. */
  #behind(): unknown {
    const rows = this.#size.rows;
    if (this.#end === undefined) {
      const column = this.#column;
      const text = `SELECT ${column} FROM ${this.#table.name} WHERE ${column}>=? ORDER BY ${column} LIMIT 1 OFFSET ?`;
      return this.#bound(text, this.#from, rows);
    }
    const to = Number(this.#from) + rows;
    // Rows that have come since the beginning belong to the last piece.
    return to < this.#end ? to : null;
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

/** Finds the rows of a selection among listed ones, piece by piece, in their order. */
export class ListPieces {
  readonly #table: EntityTable;
  readonly #selection: Selection;
  readonly #rowIds: readonly number[];
  readonly #size: PieceSize;
  #at = 0;

  /** @param cost of looking at a row, in plain comparisons */
  constructor(table: EntityTable, selection: Selection, rowIds: readonly number[], cost: number) {
    this.#table = table;
    this.#selection = selection;
    this.#rowIds = rowIds;
    this.#size = new PieceSize(cost);
  }

  get ended(): boolean {
    return this.#at >= this.#rowIds.length;
  }

  /** Row ids of the next piece, at most `limit`; with `limit` reached the rest of the piece is passed over. */
  next(limit: number): number[] {
    return this.#size.learn(() => {
      const piece = this.#rowIds.slice(this.#at, this.#at + this.#size.rows);
      this.#at += piece.length;
      const where = whereClause(this.#selection);
      // Another index would lead to all of its rows for each piece.
      const found = new Set(
        this.#table
          .statement(
            `SELECT row_id FROM ${this.#table.name} NOT INDEXED${and(where)}row_id IN (SELECT value FROM json_each(?))`,
          )
          .pluck()
          .all(...where.params, JSON.stringify(piece)) as number[],
      );
      return piece.filter((rowId) => found.has(rowId)).slice(0, limit);
    });
  }
}

/** A WHERE clause that goes on with another condition. */
function and({ text }: Condition): string {
  return text === "" ? " WHERE " : `${text} AND `;
}
