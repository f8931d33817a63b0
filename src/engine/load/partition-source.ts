import { LIMIT } from "../entities/bound-limit.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { FieldSchema } from "../model/schema.js";
import type { VectorSource } from "../vector/contract.js";

/**
 * Reads one partition's vectors of one field out of SQLite, and remembers how far it has come. Rows without a vector are not
 * among its rows.
 */
export class PartitionSource implements VectorSource {
  readonly #table: EntityTable;
  readonly #partitionId: number;
  readonly #vectors: string;
  /** The rows of the table that have a vector. */
  readonly #from: string;
  /** The largest row id handed out so far; later rows are the caller's to add. */
  lastRowId = 0;

  constructor(table: EntityTable, partitionId: number, field: FieldSchema) {
    this.#table = table;
    this.#partitionId = partitionId;
    this.#vectors = table.vectorTable(field);
    // Where every row has a vector, counting and listing them need not look for it.
    const joined = `${table.name} AS e JOIN ${this.#vectors} AS v ON v.row_id=e.row_id`;
    this.#from = field.nullable ? joined : `${table.name} AS e`;
  }

  count(): number {
    return this.#table
      .statement(`SELECT count(*) FROM ${this.#from} WHERE e.partition_id=?`)
      .pluck()
      .get(this.#partitionId) as number;
  }

  rowIds(after: number, limit: number): Float64Array {
    const text = this.#table
      .statement(
        `SELECT json_group_array(row_id) FROM (SELECT e.row_id FROM ${this.#from} WHERE e.partition_id=? AND e.row_id>? ORDER BY e.row_id ${LIMIT})`,
      )
      .pluck()
      .get(this.#partitionId, after, limit) as string;
    return this.#seen(Float64Array.from(JSON.parse(text) as number[]));
  }

  vectorsOf(rowIds: readonly number[]): (Uint8Array | undefined)[] {
    // One statement for all: each takes and leaves the locks of the file. The join keeps the order of the list.
    const rows = this.#table
      .statement(`SELECT v.row_id, v.data FROM json_each(?) AS j CROSS JOIN ${this.#vectors} AS v ON v.row_id=j.value`)
      .raw()
      .all(JSON.stringify(rowIds)) as [number, Uint8Array][];
    let at = 0;
    return rowIds.map((rowId) => (rows[at]?.[0] === rowId ? rows[at++]?.[1] : undefined));
  }

  read(after: number, limit: number): { rowIds: Float64Array; vectors: Uint8Array[] } {
    const rows = this.#table
      .statement(
        `SELECT e.row_id, v.data FROM ${this.#table.name} AS e JOIN ${this.#vectors} AS v ON v.row_id=e.row_id WHERE e.partition_id=? AND e.row_id>? ORDER BY e.row_id ${LIMIT}`,
      )
      .raw()
      .all(this.#partitionId, after, limit) as [number, Uint8Array][];
    return this.#split(rows);
  }

  #split(rows: readonly (readonly [number, Uint8Array])[]): { rowIds: Float64Array; vectors: Uint8Array[] } {
    return {
      rowIds: this.#seen(Float64Array.from(rows, (row) => row[0])),
      vectors: rows.map((row) => row[1]),
    };
  }

  #seen(rowIds: Float64Array): Float64Array {
    const last = rowIds[rowIds.length - 1];
    if (last !== undefined && last > this.lastRowId) this.lastRowId = last;
    return rowIds;
  }
}
