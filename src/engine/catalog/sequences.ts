import { now } from "../../values/clock.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import type { BoundStatement } from "../storage/write-job.js";

/** Numbers that are given once and never again. All are persisted: call inside `ctx.transaction`. */
export interface Sequences {
  /** A new id for a collection, partition or index: unique in the file. */
  nextId(): number;
  /** The first of `count` consecutive ones for a transaction of another connection: the id, and the statement that takes them there. */
  idsElsewhere(count: number): { readonly first: number; readonly statement: BoundStatement };
  /** The first of `count` consecutive row ids of a collection (1 and up). */
  reserveRowIds(collectionId: number, count: number): number;
  /** The same for a transaction of another connection: the id, and the statement that reserves it there. */
  rowIdsElsewhere(collectionId: number, count: number): { readonly first: number; readonly statement: BoundStatement };
  /**
   * The first of `count` consecutive primary keys: unique in the file and increasing, in the manner of Milvus
   * milliseconds since the epoch shifted by 18 bits.
   */
  reserveAutoIds(count: number): bigint;
  /** Later ids and generated keys are larger than these. */
  goBeyond(id: number, autoId: bigint): void;
  /** The same, taken by a transaction of another connection. */
  over(sql: Connection): Sequences;
}

const TIMESTAMP_SHIFT = 18n;
/** Half of all ids; the year 2527. */
const MAX_STAMP = 1n << 62n;

/** @param clock milliseconds since the epoch */
export function openSequences(db: Connection, clock: () => number = now): Sequences {
  const takeId = prepare<[], number>(
    db,
    "UPDATE counters SET value = value + 1 WHERE name = 'id' RETURNING value",
  ).pluck();
  const lastId = prepare<[], number>(db, "SELECT value FROM counters WHERE name = 'id'").pluck();
  const takingRows = "UPDATE collections SET next_row_id = next_row_id + ? WHERE id = ?";
  const takeRows = prepare<[number, number], number>(db, `${takingRows} RETURNING next_row_id`).pluck();
  const nextRow = prepare<[number], number>(db, "SELECT next_row_id FROM collections WHERE id = ?").pluck();
  // Above 2^53: read and bound as bigint.
  const lastAuto = prepare<[], bigint>(db, "SELECT value FROM counters WHERE name = 'auto_id'")
    .safeIntegers(true)
    .pluck();
  const setAuto = prepare<[bigint]>(db, "UPDATE counters SET value = ? WHERE name = 'auto_id'");
  const raise = prepare<[bigint, string]>(db, "UPDATE counters SET value = max(value, ?) WHERE name = ?");

  function taken(value: number | undefined, collectionId: number): number {
    if (value === undefined) throw new Error(`no collection with id ${collectionId}`);
    return value;
  }

  return {
    nextId: () => takeId.get() as number,
    idsElsewhere: (count) => ({
      first: (lastId.get() as number) + 1,
      statement: { text: "UPDATE counters SET value = value + ? WHERE name = 'id'", params: [count] },
    }),
    reserveRowIds: (collectionId, count) => taken(takeRows.get(count, collectionId), collectionId) - count,
    rowIdsElsewhere: (collectionId, count) => ({
      first: taken(nextRow.get(collectionId), collectionId),
      statement: { text: takingRows, params: [count, collectionId] },
    }),
    reserveAutoIds(count) {
      const next = (lastAuto.get() as bigint) + 1n;
      const stamp = BigInt(Math.floor(clock())) << TIMESTAMP_SHIFT;
      // A clock that is set back must not give an id twice, one that is set far ahead must not use all of them up.
      const first = stamp > next && stamp < MAX_STAMP ? stamp : next;
      setAuto.run(first + BigInt(count) - 1n);
      return first;
    },
    goBeyond(id, autoId) {
      raise.run(BigInt(id), "id");
      raise.run(autoId, "auto_id");
    },
    over: (sql) => openSequences(sql, clock),
  };
}
