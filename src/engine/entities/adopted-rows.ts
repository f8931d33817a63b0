import type { Collection } from "../model/collection.js";
import type { Connection } from "../storage/driver.js";
import { entityTable } from "./columns.js";
import { tablesToCopy } from "./copied-tables.js";
import type { EntityTable } from "./entity-table.js";

/** Under this name a database with rows that lie ready is attached. */
export const READY = "ready";

/** Rows of a collection whose keys are among those of the rows that lie ready, by partition. */
export function replacedRows(sql: Connection, { name, keyColumn }: EntityTable): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  if (sql.prepare(`SELECT 1 FROM main.${name} LIMIT 1`).get() === undefined) return found;
  const rows = sql
    .prepare(
      `SELECT partition_id, json_group_array(row_id) FROM main.${name} WHERE ${keyColumn} IN (SELECT ${keyColumn} FROM ${READY}.${name}) GROUP BY partition_id`,
    )
    .raw()
    .all() as [number, string][];
  for (const [partitionId, ids] of rows) found.set(partitionId, JSON.parse(ids) as number[]);
  return found;
}

/** Copies the rows that lie ready into the tables of their collection, under ids from `firstRowId` on. */
export function adoptRows(sql: Connection, collection: Collection, firstRowId: number): void {
  for (const text of adoptions(collection)) sql.prepare<[number]>(text).run(firstRowId - 1);
}

/** The statements for it; each takes the number by which row ids grow. */
export function adoptions(collection: Collection): readonly string[] {
  const table = entityTable(collection.id);
  const fillers = collection.leftovers.filter(({ filler }) => filler !== undefined);
  return tablesToCopy(collection, collection.id).map(({ from, to, columns }) => {
    const more = from === table ? fillers : [];
    const values = [
      ...columns.map((column) => (column === "row_id" ? "row_id + ?" : column)),
      ...more.map(({ filler }) => filler),
    ];
    const names = [...columns, ...more.map(({ name }) => name)];
    return `INSERT INTO main.${to} (${names.join(",")}) SELECT ${values.join(",")} FROM ${READY}.${from} ORDER BY row_id`;
  });
}

/** Finds a row if the collection has keys of the rows that lie ready. */
export function anyReplaced({ name, keyColumn }: EntityTable): string {
  return `SELECT 1 FROM main.${name} WHERE ${keyColumn} IN (SELECT ${keyColumn} FROM ${READY}.${name}) LIMIT 1`;
}
