import { compactInteger } from "../../values/int64.js";
import { keepMembers } from "../../values/json-members.js";
import type { ColumnSchema, StoredColumn, StoredValue } from "../contract/column.js";
import { isVectorType } from "../model/data-type.js";
import { bytesPerVector, DYNAMIC_FIELD, dimensionOf, type FieldSchema } from "../model/schema.js";
import { fieldColumn, META_COLUMN } from "./columns.js";
import type { EntityTable } from "./entity-table.js";
import { type Selection, whereClause } from "./read-rows.js";

/** Which columns of rows are read. */
export interface ColumnSelection {
  /** In schema order. */
  readonly fields: readonly FieldSchema[];
  /** Dynamic keys by name, `all` for every key; undefined: the dynamic field is not read. */
  readonly dynamicKeys: ReadonlySet<string> | "all" | undefined;
}

/** What SQLite gives for one row, in the order of the columns. */
type RawRow = readonly unknown[];

const META_FIELD_ID = 1;
/** Rows that one statement looks up. */
const FETCH_ROWS = 1000;

/** Reads rows of one collection into columns; rows are added in the order in which the result shows them. */
export class ColumnReader {
  readonly #table: EntityTable;
  readonly #columns: readonly GrowingColumn[];
  readonly #list: string;
  readonly #joins: string;
  /** Whether some column may hold integers that a number cannot. */
  readonly #wide: boolean;
  #rowCount = 0;

  constructor(table: EntityTable, selection: ColumnSelection) {
    this.#table = table;
    const list: string[] = [];
    const joins: string[] = [];
    const columns: GrowingColumn[] = [];
    for (const field of selection.fields) {
      if (isVectorType(field.type)) {
        const alias = `v${field.id}`;
        list.push(`${alias}.data`);
        joins.push(` LEFT JOIN ${table.vectorTable(field)} AS ${alias} ON ${alias}.row_id=e.row_id`);
        columns.push(bytesPerVector(field) > 0 ? new VectorColumn(field) : new SparseColumn(field));
      } else {
        list.push(`e.${fieldColumn(field.id)}`);
        columns.push(new ScalarColumn(columnHead(field)));
      }
    }
    if (selection.dynamicKeys !== undefined) {
      list.push(`e.${META_COLUMN}`);
      columns.push(new ScalarColumn(META_HEAD, selection.dynamicKeys));
    }
    this.#columns = columns;
    this.#list = list.join(",");
    this.#joins = joins.join("");
    this.#wide = selection.fields.some((f) => f.type === "Int64" || f.type === "Timestamptz");
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

  /** Adds the rows of a selection in ascending order of the primary key (strings by UTF-8 bytes). */
  addSelected(selection: Selection, limit: number, offset: number): void {
    const { name, keyColumn } = this.#table;
    const where = whereClause(selection);
    const text = `SELECT ${this.#list} FROM (SELECT * FROM ${name}${where.text} ORDER BY ${keyColumn} LIMIT ? OFFSET ?) AS e${this.#joins} ORDER BY e.${keyColumn}`;
    for (const raw of this.#all(text, [...where.params, limit, offset])) this.#add(raw, 0);
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
    const width = count <= 16 ? 16 : count <= 128 ? 128 : FETCH_ROWS;
    const ids = new Array<number>(width);
    for (let i = 0; i < width; i++) ids[i] = rowIds[i < count ? from + i : from] as number;
    const text = `SELECT e.row_id,${this.#list} FROM ${this.#table.name} AS e${this.#joins} WHERE e.row_id IN (${"?,".repeat(width - 1)}?)`;
    const found = new Map<number, RawRow>();
    for (const raw of this.#all(text, ids)) found.set(Number(raw[0]), raw);
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
    if (!this.#wide || !rows.some(isRounded)) return rows;
    return statement.safeIntegers(true).all(...params) as RawRow[];
  }
}

function isRounded(raw: RawRow): boolean {
  for (const value of raw) if (Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
  return false;
}

/** A column being read, value by value. */
interface GrowingColumn {
  readonly sizeBytes: number;
  /** Makes room for that many more rows. */
  reserve(rows: number): void;
  push(stored: unknown): void;
  finish(): StoredColumn;
}

type ColumnHead = Omit<StoredColumn, "values" | "valid">;

const META_HEAD: ColumnHead = {
  name: DYNAMIC_FIELD,
  type: "JSON",
  dynamic: true,
  fieldId: META_FIELD_ID,
  primaryKey: false,
};

/** What a field's column is called and made of. */
export function columnSchema(field: FieldSchema): ColumnSchema {
  return {
    name: field.name,
    type: field.type,
    ...(field.elementType === undefined ? {} : { elementType: field.elementType }),
    ...(field.params["dim"] === undefined ? {} : { dimension: dimensionOf(field) }),
    ...(field.nullable ? { nullable: true } : {}),
  };
}

/** The same, and which field it is. */
export function columnHead(field: FieldSchema): ColumnHead {
  return { ...columnSchema(field), fieldId: field.id, primaryKey: field.primaryKey };
}

class ScalarColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #keys: ReadonlySet<string> | undefined;
  readonly #values: StoredValue[] = [];
  #sizeBytes = 0;

  /** @param keys of a dynamic field: those that are kept */
  constructor(head: ColumnHead, keys: ReadonlySet<string> | "all" = "all") {
    this.#head = head;
    this.#keys = keys === "all" ? undefined : keys;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  reserve(): void {}

  push(stored: unknown): void {
    let value = stored as StoredValue;
    if (typeof value === "bigint") value = compactInteger(value);
    else if (typeof value === "string") {
      const keys = this.#keys;
      if (keys !== undefined && value !== "{}") value = keepMembers(value, keys);
      this.#sizeBytes += value.length;
    }
    this.#sizeBytes += 8;
    this.#values.push(value);
  }

  finish(): StoredColumn {
    return { ...this.#head, values: this.#values };
  }
}

/** Vectors of a fixed width, one after the other. */
class VectorColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #width: number;
  #bytes = new Uint8Array(0);
  #rows = 0;
  #absent: number[] | undefined;

  constructor(field: FieldSchema) {
    this.#head = columnHead(field);
    this.#width = bytesPerVector(field);
  }

  get sizeBytes(): number {
    return this.#rows * this.#width;
  }

  reserve(rows: number): void {
    const needed = (this.#rows + rows) * this.#width;
    if (needed <= this.#bytes.length) return;
    // Doubled, unless that much is asked for at once.
    const larger = new Uint8Array(this.#rows === 0 ? needed : Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#rows * this.#width));
    this.#bytes = larger;
  }

  push(stored: unknown): void {
    this.reserve(1);
    if (stored instanceof Uint8Array) this.#bytes.set(stored, this.#rows * this.#width);
    else {
      this.#absent ??= [];
      this.#absent.push(this.#rows);
    }
    this.#rows++;
  }

  finish(): StoredColumn {
    const used = this.#rows * this.#width;
    const values = used === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, used);
    if (this.#absent === undefined) return { ...this.#head, values };
    const valid = new Uint8Array(this.#rows).fill(1);
    for (const row of this.#absent) valid[row] = 0;
    return { ...this.#head, values, valid };
  }
}

/** Vectors that differ in length. */
class SparseColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #rows: (Uint8Array | null)[] = [];
  #sizeBytes = 0;

  constructor(field: FieldSchema) {
    this.#head = columnHead(field);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  reserve(): void {}

  push(stored: unknown): void {
    const bytes = stored instanceof Uint8Array ? stored : null;
    this.#sizeBytes += 8 + (bytes?.length ?? 0);
    this.#rows.push(bytes);
  }

  finish(): StoredColumn {
    return { ...this.#head, values: this.#rows };
  }
}
