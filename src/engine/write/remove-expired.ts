import { expiredRows } from "../entities/expiry.js";
import { selectRowIdsByPartition } from "../entities/read-rows.js";
import type { Collection } from "../model/collection.js";
import type { WriteScope } from "./change.js";
import { remove } from "./write-path.js";

/** Rows that one slice takes away. */
const SLICE_ROWS = 1000;

/** Takes some of the expired rows away, but for those that an iterator goes on to show. @returns whether there may be more */
export function removeExpired(scope: WriteScope, collection: Collection): boolean {
  const filter = expiredRows(collection, scope.entities.moments.earliest());
  if (filter === undefined) return false;
  const table = scope.entities.table(collection);
  const removed = remove(scope, collection, () => selectRowIdsByPartition(table, { filter }, SLICE_ROWS));
  return removed === SLICE_ROWS;
}
