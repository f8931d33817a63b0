import type { Collection } from "../model/collection.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import { vectorFields, vectorTable } from "./columns.js";
import type { EntityTable } from "./entity-table.js";

/** Row ids that one entry names: it is written anew whenever some of them are done. */
const ENTRY_ROWS = 1000;

/** Condition on rows whose ids are given as JSON. */
export const OF_ROWS = "row_id IN (SELECT value FROM json_each(?))";

/**
 * Notes rows that are gone, whose vectors are still there. Nobody sees these: whatever reads vectors comes from rows, whose ids
 * are given out once. Call inside the transaction that removes the rows.
 */
export function purgeLater(table: EntityTable, rowIds: readonly number[]): void {
  const insert = table.statement("INSERT INTO purges (collection_id, row_ids) VALUES (?, ?)");
  // Those that lie beside each other go together.
  const ascending = Float64Array.from(rowIds).sort();
  for (let from = 0; from < ascending.length; from += ENTRY_ROWS) {
    insert.run(table.collectionId, `[${ascending.subarray(from, from + ENTRY_ROWS).join(",")}]`);
  }
}

/** The vectors have gone otherwise. */
export function dropPurges(sql: Connection, collectionId: number): void {
  sql.prepare<[number]>("DELETE FROM purges WHERE collection_id=?").run(collectionId);
}

export interface Purges {
  /** Rows whose vectors are still there. */
  readonly pending: number;
  /**
   * Removes vectors of the collection, or of any.
   * @param most rows
   * @returns how many; 0: there are no more
   */
  purge(most: number, collectionId?: number): number;
}

interface Entry {
  readonly id: number;
  readonly collection_id: number;
  readonly row_ids: string;
}

/** What is still to be purged. @param collection by id */
export function openPurges(sql: Connection, collection: (id: number) => Collection | undefined): Purges {
  const count = prepare<[], number>(sql, "SELECT coalesce(sum(json_array_length(row_ids)), 0) FROM purges").pluck();
  const next = prepare<[number | null, number | null], Entry>(
    sql,
    "SELECT id, collection_id, row_ids FROM purges WHERE ? IS NULL OR collection_id = ? ORDER BY id LIMIT 1",
  );
  const keep = prepare<[string, number]>(sql, "UPDATE purges SET row_ids = ? WHERE id = ?");
  const remove = prepare<[number]>(sql, "DELETE FROM purges WHERE id = ?");
  return {
    get pending() {
      return count.get() as number;
    },
    purge(most, collectionId) {
      const entry = next.get(collectionId ?? null, collectionId ?? null);
      if (entry === undefined) return 0;
      const rowIds = JSON.parse(entry.row_ids) as number[];
      const done = JSON.stringify(rowIds.slice(0, most));
      const of = collection(entry.collection_id);
      for (const { id } of of === undefined ? [] : vectorFields(of)) {
        sql.prepare(`DELETE FROM ${vectorTable(entry.collection_id, id)} WHERE ${OF_ROWS}`).run(done);
      }
      if (most < rowIds.length) keep.run(JSON.stringify(rowIds.slice(most)), entry.id);
      else remove.run(entry.id);
      return Math.min(most, rowIds.length);
    },
  };
}
