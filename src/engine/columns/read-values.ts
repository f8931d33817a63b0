import type { ColumnSource } from "../../expr/index.js";
import { LIMIT } from "../entities/bound-limit.js";
import type { EntityTable } from "../entities/entity-table.js";

/** Row ids of a partition above one, ascending, at most `limit`. */
export function readRowIds(table: EntityTable, partitionId: number, after: number, limit: number): number[] {
  const text = table
    .statement(
      `SELECT json_group_array(row_id) FROM (SELECT row_id FROM ${table.name} WHERE partition_id=? AND row_id>? ORDER BY row_id ${LIMIT})`,
    )
    .pluck()
    .get(partitionId, after, limit) as string;
  return JSON.parse(text) as number[];
}

/** One row in this many that belongs to the partition: its index leads to the rows; else they are read on. */
const DENSE = 3;

/** Row ids and values of the rows of a partition in a stretch of row ids, ascending; integers beyond 2^53 as bigint. */
export function readValues(
  table: EntityTable,
  partitionId: number,
  source: ColumnSource,
  stretch: { readonly after: number; readonly to: number; readonly rows: number },
): (readonly [rowId: number | bigint, value: unknown])[] {
  const { after, to, rows } = stretch;
  const partition = to - after < rows * DENSE ? "+partition_id" : "partition_id";
  const statement = table
    .statement(
      `SELECT row_id, ${source.sql.text} FROM ${table.name} WHERE ${partition}=? AND row_id>? AND row_id<=? ORDER BY row_id`,
    )
    .raw();
  const params = [...source.sql.params, partitionId, after, to];
  const found = statement.safeIntegers(false).all(...params) as [number, unknown][];
  if (!mayBeRounded(source) || !found.some(([, value]) => isRounded(value))) return found;
  const exact = statement.safeIntegers(true).all(...params) as [bigint, unknown][];
  return exact.map(([rowId, value]) => [rowId, compact(value)]);
}

function mayBeRounded({ holds }: ColumnSource): boolean {
  return holds === "int64" || holds === "float64";
}

/** A number that may have been an integer beyond 2^53. */
function isRounded(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
}

function compact(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
