import { compactInteger } from "../../values/int64.js";
import { failpoint } from "../failpoints.js";
import type { Collection } from "../model/collection.js";
import { bytesPerVector, type PrimaryKey } from "../model/schema.js";
import type { EncodedBatch, SqlValue, StoredRow } from "./encode-batch.js";
import type { EntityTable } from "./entity-table.js";

/** What a committed write changed; loaded segments follow it after commit. */
export interface WriteEffect {
  /** Row ids that are gone, by partition. */
  readonly removed: ReadonlyMap<number, readonly number[]>;
  /** New rows by partition: ascending row ids, and the rows' positions in the batch. */
  readonly added: ReadonlyMap<number, { readonly rowIds: readonly number[]; readonly positions: readonly number[] }>;
}

interface Located {
  readonly row_id: number;
  readonly partition_id: number;
}

/**
 * Writes a batch; a key that is there already is overwritten wherever its row lies, and within the batch the last row wins.
 * Call inside a transaction.
 * @param firstRowId reserved for this batch, one id per row
 * @param partitionOf partition id of the row at a position of the batch
 */
export function writeRows(
  table: EntityTable,
  batch: EncodedBatch,
  firstRowId: number,
  now: number,
  partitionOf: (position: number) => number,
): WriteEffect {
  const insertRow = table.insertRow;
  const vectorInserts = table.dense.map((field) => ({
    statement: table.insertVector(field),
    size: bytesPerVector(field),
    data: batch.vectors.get(field.id) as Uint8Array,
  }));
  const removed = new Map<number, number[]>();
  const overwritten = new Set<number>();
  const parameters: SqlValue[] = [];
  for (let position = 0; position < batch.count; position++) {
    const columns = batch.columns[position] as SqlValue[];
    const rowId = firstRowId + position;
    if (position > 0) failpoint("mid-write");
    parameters[0] = rowId;
    parameters[1] = partitionOf(position);
    parameters[2] = now;
    for (let i = 0; i < columns.length; i++) parameters[i + 3] = columns[i] as SqlValue;
    if (insertRow.run(parameters).changes === 0) {
      const old = table.findKey.get(columns[table.keyIndex]) as Located;
      removeRow(table, old.row_id);
      if (old.row_id >= firstRowId) overwritten.add(old.row_id);
      else push(removed, old.partition_id, old.row_id);
      insertRow.run(parameters);
    }
    for (const { statement, size, data } of vectorInserts) {
      statement.run(rowId, Buffer.from(data.buffer, data.byteOffset + position * size, size));
    }
  }
  const added = new Map<number, { rowIds: number[]; positions: number[] }>();
  for (let position = 0; position < batch.count; position++) {
    const rowId = firstRowId + position;
    if (overwritten.size > 0 && overwritten.has(rowId)) continue;
    const partition = partitionOf(position);
    let group = added.get(partition);
    if (group === undefined) {
      group = { rowIds: [], positions: [] };
      added.set(partition, group);
    }
    group.rowIds.push(rowId);
    group.positions.push(position);
  }
  return { removed, added };
}

function push(groups: Map<number, number[]>, key: number, value: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

function removeRow(table: EntityTable, rowId: number): void {
  table.statement(`DELETE FROM ${table.name} WHERE row_id=?`).run(rowId);
  for (const field of table.dense) table.statement(`DELETE FROM ${table.vectorTable(field)} WHERE row_id=?`).run(rowId);
}

/**
 * Deletes rows by id, entity and vectors. Call inside a transaction.
 * @returns how many there were
 */
export function deleteRows(table: EntityTable, rowIds: readonly number[]): number {
  if (rowIds.length === 0) return 0;
  const list = JSON.stringify(rowIds);
  const these = "WHERE row_id IN (SELECT value FROM json_each(?))";
  for (const field of table.dense) table.statement(`DELETE FROM ${table.vectorTable(field)} ${these}`).run(list);
  return table.statement(`DELETE FROM ${table.name} ${these}`).run(list).changes;
}

/**
 * Rows of the given keys by partition; unknown keys are left out.
 * @param newerThan rows written at or before this moment have expired and are left out too; undefined without a TTL
 */
export function locateKeys(
  table: EntityTable,
  keys: readonly PrimaryKey[],
  newerThan: number | undefined,
): Map<number, number[]> {
  const living = newerThan === undefined ? "" : " AND ts>?";
  const moment = newerThan === undefined ? [] : [newerThan];
  const found = new Map<number, number[]>();
  const collect = (row: Located | undefined) => {
    if (row !== undefined) push(found, row.partition_id, row.row_id);
  };
  if (keys.length > 16 && typeof keys[0] === "bigint") {
    const rows = table
      .statement(
        `SELECT row_id, partition_id FROM ${table.name} WHERE ${table.keyColumn} IN (SELECT value FROM json_each(?))${living}`,
      )
      .all(`[${keys.join(",")}]`, ...moment) as Located[];
    for (const row of rows) collect(row);
  } else {
    const find = table.statement(`SELECT row_id, partition_id FROM ${table.name} WHERE ${table.keyColumn}=?${living}`);
    for (const key of new Set(keys)) collect(find.get(key, ...moment) as Located | undefined);
  }
  return found;
}

/**
 * The stored row of a key, for a partial upsert.
 * @param newerThan as in `locateKeys`
 */
export function storedRow(table: EntityTable, key: PrimaryKey, newerThan: number | undefined): StoredRow | undefined {
  const living = newerThan === undefined ? "" : " AND ts>?";
  const row = table
    .statement(`SELECT row_id, ${table.columns.join(",")} FROM ${table.name} WHERE ${table.keyColumn}=?${living}`)
    .raw()
    .safeIntegers()
    .get(key, ...(newerThan === undefined ? [] : [newerThan])) as SqlValue[] | undefined;
  if (row === undefined) return undefined;
  const vectors = new Map<number, Uint8Array>();
  for (const field of table.dense) {
    const data = table
      .statement(`SELECT data FROM ${table.vectorTable(field)} WHERE row_id=?`)
      .pluck()
      .get(row[0]) as Uint8Array;
    vectors.set(field.id, data);
  }
  return { columns: row.slice(1).map((v) => (typeof v === "bigint" ? compactInteger(v) : v)), vectors };
}

/** The partition of a partition-key value: a stable hash (FNV-1a of its text) over the partitions. */
export function routeByKey(collection: Collection, value: SqlValue): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(String(value))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (collection.partitions[hash % collection.partitions.length] as { id: number }).id;
}
