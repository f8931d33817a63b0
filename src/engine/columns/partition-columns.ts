import { type ColumnSource, type ColumnTest, sourcesOf } from "../../expr/index.js";
import { elapsed } from "../../values/clock.js";
import type { EntityTable } from "../entities/entity-table.js";
import { failpoint } from "../failpoints.js";
import type { RowMask } from "../vector/contract.js";
import { BITS_BYTES, CHUNK_ROWS, CHUNK_WORDS, Column } from "./column.js";
import type { ColumnBudget } from "./column-budget.js";
import { ColumnMemory } from "./column-memory.js";
import { HOW } from "./kernel.js";
import { readRowIds, readValues } from "./read-values.js";
import { Scan } from "./scan.js";

/** So long a filter may wait for values that are missing. Milliseconds. */
const PATIENCE_MS = 3;
/** Row ids that are read at a time. */
const PIECE_IDS = 6000;
const LEAST_CAPACITY = 1024;
/** Where columns had no room: after so long they are read anew, those first that are wanted then. Twice as long each time. Milliseconds. */
const BEGIN_ANEW_MS = 60_000;
/** More columns than one filter can ask for; who asks for ever other JSON paths gets no more. */
const MOST_COLUMNS = 512;
/** Rows that have gone are left in place until they are more than half, and this many. */
const FEW_GONE = 1024;

/** Fills columns behind the calls. */
export interface ColumnFiller {
  /** @param step reads a piece, and says whether there is more */
  later(columns: PartitionColumns): void;
}

/**
 * Columns of one loaded partition that filters have asked for. They only hold what SQLite has committed: row ids and values are
 * read in their order, by the first filter that wants them where there are few, else in slices behind the calls, until when
 * filters are answered by SQL. A row never changes under its id, so what is written later is only read on.
 */
export class PartitionColumns {
  readonly #partitionId: number;
  readonly #budget: ColumnBudget;
  readonly #filler: ColumnFiller;
  /** Those used longest ago first. */
  readonly #columns = new Map<string, Column>();
  #table: EntityTable | undefined;
  #memory: ColumnMemory | undefined;
  #ids: Float64Array = new Float64Array(LEAST_CAPACITY);
  #rows = 0;
  #gone = 0;
  /** There may be rows behind the last one here. */
  #isBehind = true;
  /** A column that was wanted had no room. */
  #isFull = false;
  #anewAt = 0;
  #anewAfter = BEGIN_ANEW_MS;
  /** Where the bits of a scan go. */
  #out = { address: 0, bytes: 0 };

  constructor(partitionId: number, budget: ColumnBudget, filler: ColumnFiller) {
    this.#partitionId = partitionId;
    this.#budget = budget;
    this.#filler = filler;
  }

  /**
   * The rows that a test holds for, of those that SQLite shows now. The bits are good until the next test: to keep them, copy them.
   *
   * @returns undefined where columns cannot tell, or not yet
   */
  select(table: EntityTable, test: ColumnTest): RowMask | undefined {
    try {
      this.#use(table);
      const sources = sourcesOf(test);
      for (const source of sources) if (this.#column(source).isUnfit) return undefined;
      return this.#catchUp(table, sources) ? this.#scan(test) : undefined;
    } catch {
      // No memory, or a row that cannot be read: SQL does without columns, and tells what is wrong.
      this.clear();
      return undefined;
    }
  }

  /** Rows have come. */
  grown(): void {
    this.#isBehind = true;
  }

  /** Rows have gone: their places stay for a while. */
  removed(count: number): void {
    this.#gone += count;
    if (this.#gone > FEW_GONE && this.#gone * 2 > this.#rows) this.clear();
  }

  /** Forgets everything; what a filter wants is read anew. */
  clear(): void {
    this.#table = undefined;
    this.#memory?.dropped();
    this.#memory = undefined;
    this.#columns.clear();
    this.#ids = new Float64Array(LEAST_CAPACITY);
    this.#rows = 0;
    this.#gone = 0;
    this.#isBehind = true;
    this.#isFull = false;
    this.#out = { address: 0, bytes: 0 };
    this.#budget.forget(this);
  }

  get memoryBytes(): number {
    if (this.#memory === undefined) return 0;
    let bytes = this.#memory.bytes + this.#ids.byteLength;
    for (const { dictionary } of this.#columns.values()) bytes += dictionary?.memoryBytes ?? 0;
    return bytes;
  }

  /** Reads a piece of what is missing. @returns whether there is more */
  readOn(): boolean {
    const table = this.#table;
    if (table === undefined) return false;
    if (this.#isBehind) {
      this.#readIds(table);
      return true;
    }
    for (const column of this.#columns.values()) {
      if (column.isUnfit || column.rows >= this.#rows) continue;
      this.#readValues(table, column);
      return true;
    }
    return false;
  }

  /** Another schema may give a name another meaning. */
  #use(table: EntityTable): void {
    if (table !== this.#table || this.#shouldBeginAnew()) this.clear();
    this.#table = table;
    this.#budget.use(this);
  }

  /** What filters ask for may have changed, and others may have given up theirs. */
  #shouldBeginAnew(): boolean {
    if (!this.#isFull || elapsed() < this.#anewAt) return false;
    this.#anewAfter *= 2;
    return true;
  }

  #column(source: ColumnSource): Column {
    const known = this.#columns.get(source.key);
    if (known !== undefined) {
      this.#columns.delete(source.key);
      this.#columns.set(source.key, known);
      return known;
    }
    const [oldest] = this.#columns;
    if (oldest !== undefined && this.#columns.size >= MOST_COLUMNS) {
      oldest[1].free();
      this.#columns.delete(oldest[0]);
    }
    this.#memory ??= new ColumnMemory();
    const made = new Column(source, this.#memory);
    this.#columns.set(source.key, made);
    return made;
  }

  /** @returns whether the columns of the sources have all rows */
  #catchUp(table: EntityTable, sources: readonly ColumnSource[]): boolean {
    const end = elapsed() + PATIENCE_MS;
    const isLate = (): boolean => {
      if (elapsed() < end) return false;
      this.#filler.later(this);
      return true;
    };
    while (this.#isBehind) {
      this.#readIds(table);
      if (isLate()) return false;
    }
    for (const { key } of sources) {
      const column = this.#columns.get(key) as Column;
      while (column.rows < this.#rows && !column.isUnfit) {
        this.#readValues(table, column);
        if (column.rows < this.#rows && isLate()) return false;
      }
      if (column.isUnfit) return false;
    }
    return true;
  }

  #readIds(table: EntityTable): void {
    const last = this.#rows === 0 ? 0 : (this.#ids[this.#rows - 1] as number);
    const found = readRowIds(table, this.#partitionId, last, PIECE_IDS);
    const rows = this.#rows + found.length;
    if (rows > this.#ids.length) {
      const larger = new Float64Array(Math.max(rows, this.#ids.length * 2));
      larger.set(this.#ids.subarray(0, this.#rows));
      this.#ids = larger;
    }
    this.#ids.set(found, this.#rows);
    this.#rows = rows;
    this.#isBehind = found.length === PIECE_IDS;
  }

  /** Reads on a piece of a column; rows that have gone since their ids were read have no values. */
  #readValues(table: EntityTable, column: Column): void {
    const from = column.rows;
    const end = Math.min(this.#rows, from + column.pieces.rows);
    if (!this.#makeRoom(column, end)) {
      column.giveUp();
      if (!this.#isFull) this.#anewAt = elapsed() + this.#anewAfter;
      this.#isFull = true;
      return;
    }
    failpoint("fill-column");
    const after = from === 0 ? 0 : (this.#ids[from - 1] as number);
    const to = this.#ids[end - 1] as number;
    const stretch = { after, to, rows: end - from };
    const found = column.pieces.learn(() => readValues(table, this.#partitionId, column.source, stretch));
    let at = 0;
    for (let row = from; row < end; row++) {
      const [rowId, value] = found[at] ?? [];
      const isThere = rowId !== undefined && Number(rowId) === this.#ids[row];
      if (isThere) at++;
      column.push(isThere ? value : null);
    }
  }

  /** Sees to it that a column may have so many rows; others that were used longer ago give way. */
  #makeRoom(column: Column, rows: number): boolean {
    const chunks = Math.ceil(rows / CHUNK_ROWS) - Math.ceil(column.rows / CHUNK_ROWS);
    if (chunks <= 0) return true;
    const bytes = chunks * Column.chunkBytes(column.source.holds);
    return this.#budget.makeRoom(this, bytes);
  }

  #scan(test: ColumnTest): RowMask | undefined {
    this.#memory ??= new ColumnMemory();
    const memory = this.#memory;
    const rows = this.#rows;
    const words = Math.ceil(rows / 32);
    const out = this.#room(memory, Math.ceil(rows / CHUNK_ROWS) * BITS_BYTES);
    if (out === 0) return undefined;
    const scan = new Scan(memory, this.#columns, test);
    try {
      const { step } = scan;
      if (step === undefined) return undefined;
      for (let chunk = 0; chunk * CHUNK_WORDS < words; chunk++) {
        step(chunk, Math.min(CHUNK_WORDS, words - chunk * CHUNK_WORDS), out + chunk * BITS_BYTES, HOW.set);
      }
    } finally {
      scan.end();
    }
    const bits = new Uint32Array(memory.buffer, out, words);
    // Behind the last row there is no row.
    if (rows % 32 !== 0) bits[words - 1] = (bits[words - 1] as number) & ((1 << (rows % 32)) - 1);
    return { rowIds: this.#ids, rows, bits, count: memory.kernel.count(out, words) };
  }

  #room(memory: ColumnMemory, bytes: number): number {
    if (bytes > this.#out.bytes || this.#out.address === 0) {
      if (this.#out.address !== 0) memory.give(this.#out.address, this.#out.bytes);
      const rounded = 2 ** Math.ceil(Math.log2(Math.max(bytes, BITS_BYTES)));
      this.#out = { address: memory.take(rounded), bytes: rounded };
    }
    return this.#out.address;
  }
}
