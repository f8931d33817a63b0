import { type CopiedTable, PARTITION_COLUMN } from "../entities/copied-tables.js";
import { inRowSlices, ownTurn } from "../entities/row-slices.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

/** Copies the rows of a table whose ids are above `after`, up to `upTo`. @returns how many there were */
export type Copier = (table: CopiedTable, after: number, upTo: number) => number;

export interface CopyPlan {
  readonly tables: readonly CopiedTable[];
  readonly lastRowId: number;
  readonly copier: Copier;
  /** Runs a slice of the work. */
  readonly slice: <T>(work: () => T) => T;
  /** Awaited after each slice; default: a turn of the event loop. */
  readonly turn?: () => Promise<void>;
  /** Called after each slice and the turn behind it, with the part of the work that is done. @throws to end the copy */
  readonly done: (part: number) => void;
}

/** Copies tables in slices, between which the event loop runs. @returns the rows, without what belongs to them */
export async function copyRows({ tables, lastRowId, copier, slice, turn = ownTurn, done }: CopyPlan): Promise<number> {
  let rows = 0;
  for (const [position, table] of tables.entries()) {
    await inRowSlices(
      lastRowId,
      (after, upTo) => {
        const copied = slice(() => copier(table, after, upTo));
        if (table.owner === undefined) rows += copied;
      },
      async (upTo) => {
        await turn();
        done((position + upTo / lastRowId) / tables.length);
      },
    );
  }
  return rows;
}

/** New ids of partitions by old ones; undefined where ids stay. */
export type PartitionIds = ReadonlyMap<number, number> | undefined;

/** Within one connection: from the tables of an attached database. */
export function attachedCopier(sql: Connection, schema: string, partitions?: PartitionIds): Copier {
  const statements = new Map<CopiedTable, (after: number, upTo: number) => number>();
  rememberPartitions(sql, partitions);
  return (table, after, upTo) => {
    let run = statements.get(table);
    if (run === undefined) {
      const { from, to, columns, owner } = table;
      // The sign keeps the condition from leading.
      const living = owner === undefined ? "" : `AND +row_id IN (SELECT row_id FROM main.${owner})`;
      const statement = prepare<[number, number]>(
        sql,
        `INSERT INTO main.${to} (${columns.join(",")}) SELECT ${valuesOf(columns, partitions)} FROM ${schema}.${from} ${RANGE} ${living} ${BY_ROW}`,
      );
      run = (first, last) => statement.run(first, last).changes;
      statements.set(table, run);
    }
    return run(after, upTo);
  };
}

/** From one connection to another. Rows that are there already stay. */
export function connectionCopier(from: Connection, to: Connection, partitions?: PartitionIds): Copier {
  rememberPartitions(from, partitions);
  return (table, after, upTo) => {
    const { columns, owner } = table;
    const read = from
      .prepare<[number, number], unknown[]>(
        `SELECT ${valuesOf(columns, partitions)} FROM ${table.from} ${RANGE} ${BY_ROW}`,
      )
      .raw()
      .safeIntegers(true);
    const values = columns.map(() => "?").join(",");
    const living = owner === undefined ? "" : ` WHERE EXISTS (SELECT 1 FROM ${owner} WHERE row_id=?)`;
    const write = to.prepare(`INSERT OR IGNORE INTO ${table.to} (${columns.join(",")}) SELECT ${values}${living}`);
    let rows = 0;
    for (const row of read.all(after, upTo)) {
      const [rowId] = row;
      rows += write.run(...row, ...(owner === undefined ? [] : [rowId])).changes;
    }
    return rows;
  };
}

const RANGE = "WHERE row_id > ? AND row_id <= ?";
const BY_ROW = "ORDER BY row_id";
const PARTITIONS = "temp.copied_partitions";

function valuesOf(columns: readonly string[], partitions: PartitionIds): string {
  if (partitions === undefined) return columns.join(",");
  const moved = `(SELECT new_id FROM ${PARTITIONS} WHERE old_id = ${PARTITION_COLUMN})`;
  return columns.map((column) => (column === PARTITION_COLUMN ? moved : column)).join(",");
}

/** One copy at a time needs the table. */
function rememberPartitions(sql: Connection, partitions: PartitionIds): void {
  if (partitions === undefined) return;
  sql.exec(`DROP TABLE IF EXISTS ${PARTITIONS}`);
  sql.exec(`CREATE TABLE ${PARTITIONS} (old_id INTEGER PRIMARY KEY, new_id INTEGER NOT NULL)`);
  const add = sql.prepare<[number, number]>(`INSERT INTO ${PARTITIONS} VALUES (?, ?)`);
  for (const [old, fresh] of partitions) add.run(old, fresh);
}
