import { compactInteger } from "../../values/int64.js";
import type { PrimaryKey } from "../model/schema.js";
import { LIMIT } from "./bound-limit.js";
import type { EntityTable } from "./entity-table.js";

/** A condition over the columns of an entity table, values bound. */
export interface Condition {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** Which rows: all conditions hold. */
export interface Selection {
  /** Undefined: all partitions. */
  readonly partitions?: readonly number[];
  /** The partitions hold most rows: let another index lead. */
  readonly partitionsAreBroad?: boolean;
  readonly filter?: Condition;
  /** The rows are those, which the filter says in its own way: they were found or drawn before. */
  readonly rowIds?: readonly number[];
  /** Rows that have not expired; undefined: all. */
  readonly living?: Condition | undefined;
}

/** Columns that rows are sorted by, the first one first; rows that are equal in all of them by their primary key. */
export type RowOrder = readonly {
  readonly column: string;
  readonly descending: boolean;
  /** Absent: the column has no nulls. */
  readonly nullsFirst?: boolean;
}[];

/** The ORDER BY clause, with a leading space. @param prefix of the columns, with its dot */
export function orderClause(table: EntityTable, order: RowOrder, prefix = ""): string {
  const terms = order.map(({ column, descending, nullsFirst }) => {
    const nulls = nullsFirst === undefined ? "" : nullsFirst ? " NULLS FIRST" : " NULLS LAST";
    return `${prefix}${column}${descending ? " DESC" : ""}${nulls},`;
  });
  return ` ORDER BY ${terms.join("")}${prefix}${table.keyColumn}`;
}

/** The WHERE clause of a selection, with a leading space, or nothing. */
export function whereClause(selection: Selection): Condition {
  const parts: string[] = [];
  const params: unknown[] = [];
  if (selection.filter !== undefined) {
    parts.push(`(${selection.filter.text})`);
    params.push(...selection.filter.params);
  }
  if (selection.partitions !== undefined) {
    const column = selection.partitionsAreBroad === true ? "+partition_id" : "partition_id";
    const marks = selection.partitions.map(() => "?").join(",");
    parts.push(selection.partitions.length === 1 ? `${column}=?` : `${column} IN (${marks})`);
    params.push(...selection.partitions);
  }
  if (selection.living !== undefined) {
    parts.push(selection.living.text);
    params.push(...selection.living.params);
  }
  return { text: parts.length === 0 ? "" : ` WHERE ${parts.join(" AND ")}`, params };
}

export function countSelected(table: EntityTable, selection: Selection): number {
  const where = whereClause(selection);
  return table
    .statement(`SELECT count(*) FROM ${table.name}${where.text}`)
    .pluck()
    .get(...where.params) as number;
}

/**
 * Row ids of a selection, in no particular order; at most `limit`.
 * One JSON text is the fastest way to bring many integers out of SQLite.
 */
export function selectRowIds(table: EntityTable, selection: Selection, limit?: number): number[] {
  const where = whereClause(selection);
  const text =
    limit === undefined
      ? `SELECT json_group_array(row_id) FROM ${table.name}${where.text}`
      : `SELECT json_group_array(row_id) FROM (SELECT row_id FROM ${table.name}${where.text} ${LIMIT})`;
  const params = limit === undefined ? where.params : [...where.params, limit];
  return JSON.parse(
    table
      .statement(text)
      .pluck()
      .get(...params) as string,
  ) as number[];
}

/** A statement and its parameters: row ids of a selection in an order (strings by UTF-8 bytes). */
export function inOrder(
  table: EntityTable,
  selection: Selection,
  order: RowOrder,
  limit: number,
  offset: number,
): Condition {
  const where = whereClause(selection);
  return {
    text: `SELECT row_id FROM ${table.name}${where.text}${orderClause(table, order)} ${LIMIT} OFFSET ?`,
    params: [...where.params, Number.isFinite(limit) ? limit : -1, offset],
  };
}

export function selectInOrder(
  table: EntityTable,
  selection: Selection,
  order: RowOrder,
  limit: number,
  offset: number,
): number[] {
  const { text, params } = inOrder(table, selection, order, limit, offset);
  return table
    .statement(text)
    .pluck()
    .all(...params) as number[];
}

/** So many rows are looked at, at most. */
export function mostRows(table: EntityTable, { rowIds }: Selection): number {
  return rowIds?.length ?? largestRowId(table);
}

/** The largest row id, which is at least the number of rows. */
export function largestRowId(table: EntityTable): number {
  return (table.statement(`SELECT max(row_id) FROM ${table.name}`).pluck().get() as number | null) ?? 0;
}

/** Whether a statement sorts all that it reads, for want of an index that has the rows in its order. */
export function sortsAll(table: EntityTable, { text, params }: Condition): boolean {
  const steps = table.statement(`EXPLAIN QUERY PLAN ${text}`).all(...params) as { readonly detail: string }[];
  return steps.some(({ detail }) => detail === "USE TEMP B-TREE FOR ORDER BY");
}

/**
 * Whether an index may lead where the rows of a range of row ids are wanted, as those of single values may, which have their rows in the
 * order of these: another would be gone through anew for each range.
 *
 * @param where a WHERE clause with such a range
 */
export function leadsToRanges(table: EntityTable, { text, params }: Condition): boolean {
  const steps = table.statement(`EXPLAIN QUERY PLAN SELECT row_id FROM ${table.name} AS e${text}`).all(...params) as {
    readonly detail: string;
  }[];
  return steps.every(({ detail }) => !/^S\w+ e USING (COVERING )?INDEX/.test(detail) || detail.includes("rowid>?"));
}

/** Of `candidates`, those in the selection. */
export function verifyRowIds(table: EntityTable, selection: Selection, candidates: readonly number[]): Set<number> {
  const where = whereClause(selection);
  const text =
    candidates.length <= 64
      ? `row_id IN (${candidates.map(() => "?").join(",")})`
      : "row_id IN (SELECT value FROM json_each(?))";
  const params = candidates.length <= 64 ? candidates : [JSON.stringify(candidates)];
  const rows = table
    .statement(`SELECT row_id FROM ${table.name}${where.text === "" ? " WHERE " : `${where.text} AND `}${text}`)
    .pluck()
    .all(...where.params, ...params) as number[];
  return new Set(rows);
}

/** Row ids of a selection by partition. */
export function selectRowIdsByPartition(table: EntityTable, selection: Selection, limit = -1): Map<number, number[]> {
  const where = whereClause(selection);
  const found = `SELECT partition_id, row_id FROM ${table.name}${where.text}${limit < 0 ? "" : ` LIMIT ${limit}`}`;
  const rows = table
    .statement(`SELECT partition_id, json_group_array(row_id) FROM (${found}) GROUP BY partition_id`)
    .raw()
    .all(...where.params) as [number, string][];
  return new Map(rows.map(([partition, ids]) => [partition, JSON.parse(ids) as number[]]));
}

/** Primary keys of rows by row id; number where that is exact. */
export function fetchKeys(table: EntityTable, rowIds: readonly number[]): Map<number, number | bigint | string> {
  const rows = table
    .statement(`SELECT row_id, ${table.keyColumn} FROM ${table.name} WHERE row_id IN (SELECT value FROM json_each(?))`)
    .raw()
    .safeIntegers()
    .all(JSON.stringify(rowIds)) as [bigint, PrimaryKey][];
  return new Map(rows.map(([rowId, key]) => [Number(rowId), typeof key === "bigint" ? compactInteger(key) : key]));
}
