import type { StoredColumn } from "../contract/column.js";
import { isVectorType } from "../model/data-type.js";
import { bytesPerVector, type FieldSchema } from "../model/schema.js";
import { LIMIT } from "./bound-limit.js";
import { fieldColumn, META_COLUMN } from "./columns.js";
import type { EntityTable } from "./entity-table.js";
import {
  columnHead,
  type GrowingColumn,
  META_HEAD,
  ScalarColumn,
  SparseColumn,
  VectorColumn,
} from "./growing-column.js";
import { orderClause, type RowOrder, type Selection, whereClause } from "./read-rows.js";

/** Which columns of rows are read. The same object again costs less: what is worked out for it is kept. */
export interface ColumnSelection {
  /** In schema order. */
  readonly fields: readonly FieldSchema[];
  /** Dynamic keys by name, `all` for every key; undefined: the dynamic field is not read. */
  readonly dynamicKeys: ReadonlySet<string> | "all" | undefined;
}

/** What SQLite gives for one row, in the order of the columns. */
type RawRow = readonly unknown[];

/** Rows that one statement looks up. */
const FETCH_ROWS = 1000;

/** Reads rows of one collection into columns; rows are added in the order in which the result shows them. */
export class ColumnReader {
  readonly #table: EntityTable;
  readonly #texts: SelectTexts;
  readonly #columns: readonly GrowingColumn[];
  #rowCount = 0;

  constructor(table: EntityTable, selection: ColumnSelection) {
    this.#table = table;
    this.#texts = textsOf(table, selection);
    const columns: GrowingColumn[] = [];
    for (const field of selection.fields) columns.push(growing(field));
    if (selection.dynamicKeys !== undefined) columns.push(new ScalarColumn(META_HEAD, selection.dynamicKeys));
    this.#columns = columns;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** Bytes that the values read so far take at least. */
  get sizeBytes(): number {
    let sum = 0;
    for (const column of this.#columns) sum += column.sizeBytes;
    return sum;
  }

  /** Adds the rows of a selection in an order (strings by UTF-8 bytes). */
  addSelected(selection: Selection, order: RowOrder, limit: number, offset: number): void {
    const where = whereClause(selection);
    const rows = this.#all(this.#texts.selected(where.text, order), [...where.params, limit, offset]);
    for (const raw of rows) this.#add(raw, 0);
  }

  /**
   * Adds rows by row id, in the order given.
   * @returns positions of ids that are gone; undefined when none is
   */
  addByRowId(rowIds: ArrayLike<number>): ReadonlySet<number> | undefined {
    let gone: Set<number> | undefined;
    for (const column of this.#columns) column.reserve(rowIds.length);
    for (let from = 0; from < rowIds.length; from += FETCH_ROWS) {
      const to = Math.min(from + FETCH_ROWS, rowIds.length);
      const found = this.#fetch(rowIds, from, to);
      for (let i = from; i < to; i++) {
        const raw = found.get(rowIds[i] as number);
        if (raw !== undefined) this.#add(raw, 1);
        else {
          gone ??= new Set();
          gone.add(i);
        }
      }
    }
    return gone;
  }

  /** The columns of all rows added; the reader is used up. */
  columns(): StoredColumn[] {
    return this.#columns.map((column) => column.finish());
  }

  #fetch(rowIds: ArrayLike<number>, from: number, to: number): Map<number, RawRow> {
    const count = to - from;
    // A few fixed widths keep the number of prepared statements small; a repeated id does no harm.
    const width = count <= 16 ? count : count <= 128 ? 128 : FETCH_ROWS;
    const ids = new Array<number>(width);
    for (let i = 0; i < width; i++) ids[i] = rowIds[i < count ? from + i : from] as number;
    const found = new Map<number, RawRow>();
    for (const raw of this.#all(this.#texts.byRowId(width), ids)) found.set(Number(raw[0]), raw);
    return found;
  }

  #add(raw: RawRow, from: number): void {
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) (columns[i] as GrowingColumn).push(raw[from + i]);
    this.#rowCount++;
  }

  /** Integers come as numbers, which is fast, unless one of them would be rounded: then all rows come anew as bigint. */
  #all(text: string, params: readonly unknown[]): RawRow[] {
    const statement = this.#table.statement(text).raw();
    const rows = statement.safeIntegers(false).all(...params) as RawRow[];
    if (!this.#texts.wide || !rows.some(isRounded)) return rows;
    return statement.safeIntegers(true).all(...params) as RawRow[];
  }
}

function growing(field: FieldSchema): GrowingColumn {
  if (!isVectorType(field.type)) return new ScalarColumn(columnHead(field));
  return bytesPerVector(field) > 0 ? new VectorColumn(field) : new SparseColumn(field);
}

function isRounded(raw: RawRow): boolean {
  for (const value of raw) if (Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
  return false;
}

/** The statements that read some columns of a table. */
class SelectTexts {
  /** Whether some column may hold integers that a number cannot. */
  readonly wide: boolean;
  readonly #table: EntityTable;
  readonly #list: string;
  readonly #joins: string;
  readonly #byRowId = new Map<number, string>();

  constructor(table: EntityTable, { fields, dynamicKeys }: ColumnSelection) {
    const list: string[] = [];
    let joins = "";
    for (const field of fields) {
      if (isVectorType(field.type)) {
        const alias = `v${field.id}`;
        list.push(`${alias}.data`);
        joins += ` LEFT JOIN ${table.vectorTable(field)} AS ${alias} ON ${alias}.row_id=e.row_id`;
      } else list.push(`e.${fieldColumn(field.id)}`);
    }
    if (dynamicKeys !== undefined) list.push(`e.${META_COLUMN}`);
    this.wide = fields.some((field) => field.type === "Int64" || field.type === "Timestamptz");
    this.#table = table;
    this.#list = list.join(",");
    this.#joins = joins;
  }

  selected(where: string, order: RowOrder): string {
    const ordered = orderClause(this.#table, order, "e.");
    // Vectors are joined to the rows that are left.
    if (this.#joins === "")
      return `SELECT ${this.#list} FROM ${this.#table.name} AS e${where}${ordered} ${LIMIT} OFFSET ?`;
    const inner = `SELECT * FROM ${this.#table.name}${where}${orderClause(this.#table, order)} ${LIMIT} OFFSET ?`;
    return `SELECT ${this.#list} FROM (${inner}) AS e${this.#joins}${ordered}`;
  }

  /** The row id in front of each row. */
  byRowId(count: number): string {
    let text = this.#byRowId.get(count);
    if (text === undefined) {
      text = `SELECT e.row_id,${this.#list} FROM ${this.#table.name} AS e${this.#joins} WHERE e.row_id IN (${"?,".repeat(count - 1)}?)`;
      this.#byRowId.set(count, text);
    }
    return text;
  }
}

const known = new WeakMap<ColumnSelection, { readonly table: EntityTable; readonly texts: SelectTexts }>();

function textsOf(table: EntityTable, selection: ColumnSelection): SelectTexts {
  const before = known.get(selection);
  if (before?.table === table) return before.texts;
  const texts = new SelectTexts(table, selection);
  known.set(selection, { table, texts });
  return texts;
}
