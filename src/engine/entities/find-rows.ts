import { compactInteger } from "../../values/int64.js";
import type { SqlValue, StoredRow } from "./batch.js";
import type { EntityTable } from "./entity-table.js";
import { selectRowIdsByPartition } from "./read-rows.js";

/** A primary key as callers, columns and SQL bring it. */
export type KeyValue = number | bigint | string;

export interface LocatedRow {
  readonly row_id: number;
  readonly partition_id: number;
}

/** Keys that are looked up one by one; more go in one statement. */
const FEW_KEYS = 16;

/** Rows of the given keys by partition, expired ones among them; unknown keys are left out. */
export function locateKeys(table: EntityTable, keys: readonly KeyValue[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const collect = (row: LocatedRow | undefined) => {
    if (row === undefined) return;
    const group = found.get(row.partition_id);
    if (group === undefined) found.set(row.partition_id, [row.row_id]);
    else group.push(row.row_id);
  };
  if (keys.length > FEW_KEYS && table.key.type === "Int64") {
    const rows = table
      .statement(
        `SELECT row_id, partition_id FROM ${table.name} WHERE ${table.keyColumn} IN (SELECT value FROM json_each(?))`,
      )
      .all(`[${keys.join(",")}]`);
    for (const row of rows as LocatedRow[]) collect(row);
  } else {
    const statement = table.findKey;
    for (const key of new Set(keys)) collect(statement.get(key) as LocatedRow | undefined);
  }
  return found;
}

/** The given rows by partition; those that have gone are left out. */
export function locateRows(table: EntityTable, rowIds: readonly number[]): Map<number, number[]> {
  return selectRowIdsByPartition(table, {
    filter: { text: "row_id IN (SELECT value FROM json_each(?))", params: [JSON.stringify(rowIds)] },
  });
}

/**
 * The stored row of a key, for a partial upsert.
 * @param newerThan rows written at or before this moment have expired and count as absent; undefined without a TTL
 */
export function storedRow(table: EntityTable, key: KeyValue, newerThan: number | undefined): StoredRow | undefined {
  const living = newerThan === undefined ? "" : " AND ts>?";
  const row = table
    .statement(`SELECT row_id, ${table.columns.join(",")} FROM ${table.name} WHERE ${table.keyColumn}=?${living}`)
    .raw()
    .safeIntegers()
    .get(key, ...(newerThan === undefined ? [] : [newerThan])) as SqlValue[] | undefined;
  if (row === undefined) return undefined;
  const vectors = new Map<number, Uint8Array | null>();
  for (const field of table.vectors) {
    const data = table
      .statement(`SELECT data FROM ${table.vectorTable(field)} WHERE row_id=?`)
      .pluck()
      .get(row[0]) as Uint8Array | undefined;
    vectors.set(field.id, data ?? null);
  }
  return { columns: row.slice(1).map((v) => (typeof v === "bigint" ? compactInteger(v) : v)), vectors };
}
