import { isStep, type Steps } from "../../values/steps.js";
import { failpoint } from "../failpoints.js";
import { type EncodedBatch, type SqlValue, vectorAt } from "./batch.js";
import type { EntityTable } from "./entity-table.js";
import type { LocatedRow } from "./find-rows.js";
import { OF_ROWS, purgeLater } from "./purges.js";
import { selectRowIds } from "./read-rows.js";

/** Vectors that go with their rows; those of more are purged behind, since they take far longer than the rows. */
const FEW_VECTORS = 64;

/** Rows that one statement takes away. */
const REMOVED_AT_ONCE = 512;

/** New rows of one partition: ascending row ids, and the rows' positions in the batch. */
export interface AddedRows {
  readonly rowIds: readonly number[];
  readonly positions: readonly number[];
}

/**
 * The rows that one transaction takes away and brings, in the tables and by name: all that goes passes through here.
 * Make one per transaction, and use it inside.
 */
export class RowChanges {
  readonly #table: EntityTable;
  readonly #removed = new Map<number, number[]>();
  readonly #added = new Map<number, { rowIds: number[]; positions: number[] }>();
  readonly #cleared = new Set<number>();
  #isAllCleared = false;
  #leavesVectors = false;
  #hasTakenOver = false;
  #batch: EncodedBatch | undefined;

  constructor(table: EntityTable) {
    this.#table = table;
  }

  /** Row ids that are gone, by partition. */
  get removed(): ReadonlyMap<number, readonly number[]> {
    return this.#removed;
  }

  /** What was written, by partition. */
  get added(): ReadonlyMap<number, AddedRows> {
    return this.#added;
  }

  /** The rows of `added`. */
  get batch(): EncodedBatch | undefined {
    return this.#batch;
  }

  get removedCount(): number {
    let count = 0;
    for (const rowIds of this.#removed.values()) count += rowIds.length;
    return count;
  }

  get isEmpty(): boolean {
    return this.#removed.size === 0 && this.#added.size === 0 && this.#cleared.size === 0 && !this.#hasTakenOver;
  }

  /** Partitions that have lost all their rows; their row ids are not named. */
  get cleared(): ReadonlySet<number> {
    return this.#cleared;
  }

  /** Every row of the collection is gone. */
  get isAllCleared(): boolean {
    return this.#isAllCleared;
  }

  /** Vectors of rows that are gone are still to be purged. */
  get leavesVectors(): boolean {
    return this.#leavesVectors;
  }

  /** Rows have come that are not named here. */
  tookOver(): void {
    this.#hasTakenOver = true;
  }

  /** Takes away rows that are there, by partition. */
  *remove(rows: ReadonlyMap<number, readonly number[]>): Steps<void> {
    const gone: (readonly number[])[] = [];
    for (const [partitionId, rowIds] of rows) {
      if (rowIds.length === 0) continue;
      for (let from = 0; from < rowIds.length; from += REMOVED_AT_ONCE) {
        this.#delete(this.#table.name, rowIds.slice(from, from + REMOVED_AT_ONCE));
        yield;
      }
      const before = this.#removed.get(partitionId);
      this.#removed.set(partitionId, before === undefined ? [...rowIds] : before.concat(rowIds));
      gone.push(rowIds);
    }
    this.#dropVectors(gone.flat());
  }

  /** Takes away all rows of a partition. */
  clearPartition(partitionId: number): void {
    const table = this.#table;
    this.#dropVectors(selectRowIds(table, { partitions: [partitionId] }));
    table.statement(`DELETE FROM ${table.name} WHERE partition_id=?`).run(partitionId);
    this.#cleared.add(partitionId);
  }

  /** All rows were taken away; `partitionIds` are all partitions. */
  clear(partitionIds: readonly number[]): void {
    for (const partitionId of partitionIds) this.#cleared.add(partitionId);
    this.#isAllCleared = true;
  }

  /**
   * Writes a batch; a key that is there already is overwritten wherever its row lies, and within the batch the last row
   * wins. Once per transaction.
   *
   * @param firstRowId reserved for this batch, one id per row
   * @param partitionOf partition id of the row at a position of the batch
   */
  *write(batch: EncodedBatch, firstRowId: number, now: number, partitionOf: (position: number) => number): Steps<void> {
    const table = this.#table;
    const { columns, keys } = batch;
    const insertRow = table.insertRow;
    const vectorInserts = table.vectors.flatMap((field) => {
      const vectors = batch.vectors.get(field.id);
      return vectors === undefined ? [] : { statement: table.insertVector(field), vectors };
    });
    const overwritten = new Set<number>();
    const gone: number[] = [];
    const parameters: SqlValue[] = [];
    for (let position = 0; position < batch.count; position++) {
      const rowId = firstRowId + position;
      if (position > 0) failpoint("mid-write");
      if (isStep(position)) yield;
      parameters[0] = rowId;
      parameters[1] = partitionOf(position);
      parameters[2] = now;
      for (let i = 0; i < columns.length; i++) parameters[i + 3] = (columns[i] as SqlValue[])[position] as SqlValue;
      if (insertRow.run(parameters).changes === 0) {
        const old = table.findKey.get(keys[position]) as LocatedRow;
        this.#delete(table.name, [old.row_id]);
        gone.push(old.row_id);
        if (old.row_id < firstRowId) this.#note(old.partition_id, old.row_id);
        else overwritten.add(old.row_id);
        insertRow.run(parameters);
      }
      for (const { statement, vectors } of vectorInserts) {
        const vector = vectorAt(vectors, position);
        if (vector !== null) statement.run(rowId, vector);
      }
    }
    this.#dropVectors(gone);
    this.#batch = batch;
    for (let position = 0; position < batch.count; position++) {
      const rowId = firstRowId + position;
      if (overwritten.size > 0 && overwritten.has(rowId)) continue;
      const partition = partitionOf(position);
      let group = this.#added.get(partition);
      if (group === undefined) {
        group = { rowIds: [], positions: [] };
        this.#added.set(partition, group);
      }
      group.rowIds.push(rowId);
      group.positions.push(position);
    }
  }

  #note(partitionId: number, rowId: number): void {
    const group = this.#removed.get(partitionId);
    if (group === undefined) this.#removed.set(partitionId, [rowId]);
    else group.push(rowId);
  }

  #dropVectors(rowIds: readonly number[]): void {
    const table = this.#table;
    if (rowIds.length === 0 || table.vectors.length === 0) return;
    if (rowIds.length <= FEW_VECTORS) {
      for (const field of table.vectors) this.#delete(table.vectorTable(field), rowIds);
      return;
    }
    purgeLater(table, rowIds);
    this.#leavesVectors = true;
  }

  #delete(from: string, rowIds: readonly number[]): void {
    const [only] = rowIds;
    if (rowIds.length === 1) this.#table.statement(`DELETE FROM ${from} WHERE row_id=?`).run(only);
    else this.#table.statement(`DELETE FROM ${from} WHERE ${OF_ROWS}`).run(JSON.stringify(rowIds));
  }
}
