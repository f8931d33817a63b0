import { compactInteger } from "../../values/int64.js";
import { parseJsonText } from "../../values/json-text.js";
import { isVectorType } from "../model/data-type.js";
import type { FieldSchema, PrimaryKey } from "../model/schema.js";
import type { StoredScalar } from "../model/types/field-type.js";
import { denseCodec, scalarType } from "../model/types/table.js";
import { fieldColumn, META_COLUMN } from "./columns.js";
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
  /** Rows written later than this live (TTL). */
  readonly newerThan?: number;
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
  if (selection.newerThan !== undefined) {
    parts.push("ts>?");
    params.push(selection.newerThan);
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
      : `SELECT json_group_array(row_id) FROM (SELECT row_id FROM ${table.name}${where.text} LIMIT ?)`;
  const params = limit === undefined ? where.params : [...where.params, limit];
  return JSON.parse(
    table
      .statement(text)
      .pluck()
      .get(...params) as string,
  ) as number[];
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
export function selectRowIdsByPartition(table: EntityTable, selection: Selection): Map<number, number[]> {
  const where = whereClause(selection);
  const rows = table
    .statement(`SELECT partition_id, json_group_array(row_id) FROM ${table.name}${where.text} GROUP BY partition_id`)
    .raw()
    .all(...where.params) as [number, string][];
  return new Map(rows.map(([partition, ids]) => [partition, JSON.parse(ids) as number[]]));
}

/** What a result row shows. */
export interface OutputColumns {
  readonly fields: readonly FieldSchema[];
  /** Dynamic keys by name; `all` for every key. */
  readonly dynamicKeys: readonly string[] | "all";
  readonly timeZone: string | undefined;
}

export type OutputRow = Record<string, unknown>;

interface RowReader {
  readonly columns: string;
  readonly joins: string;
  /** @param at position of the first column of this reader in the raw row */
  read(raw: readonly unknown[], at: number): OutputRow;
}

/** Column list and decoder for rows of `table AS e`. */
function rowReader(table: EntityTable, output: OutputColumns): RowReader {
  const columns: string[] = [];
  const joins: string[] = [];
  for (const field of output.fields) {
    if (isVectorType(field.type)) {
      const alias = `v${field.id}`;
      columns.push(`${alias}.data`);
      joins.push(` LEFT JOIN ${table.vectorTable(field)} AS ${alias} ON ${alias}.row_id=e.row_id`);
    } else columns.push(`e.${fieldColumn(field.id)}`);
  }
  const wantsMeta = output.dynamicKeys === "all" || output.dynamicKeys.length > 0;
  if (wantsMeta) columns.push(`e.${META_COLUMN}`);
  return {
    columns: columns.join(","),
    joins: joins.join(""),
    read(raw, at) {
      const row: OutputRow = {};
      for (let i = 0; i < output.fields.length; i++) {
        const field = output.fields[i] as FieldSchema;
        const stored = raw[at + i];
        const value =
          stored instanceof Uint8Array
            ? denseCodec(field.type).decode(stored)
            : stored === null
              ? null
              : scalarType(field.type).decode(stored as StoredScalar, {
                  elementType: field.elementType,
                  timeZone: output.timeZone,
                });
        define(row, field.name, value);
      }
      if (wantsMeta) {
        // Last, so that a declared field of the same name wins.
        const meta = parseJsonText(raw[at + output.fields.length] as string) as Record<string, unknown>;
        const keys = output.dynamicKeys === "all" ? Object.keys(meta) : output.dynamicKeys;
        for (const key of keys) {
          if (Object.hasOwn(meta, key) && !Object.hasOwn(row, key)) define(row, key, meta[key]);
        }
      }
      return row;
    },
  };
}

/** Plain assignment, but `__proto__` is a key like any other. */
function define(row: OutputRow, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
  else row[key] = value;
}

/** Rows of a selection in ascending order of the primary key (strings by UTF-8 bytes). */
export function selectRows(
  table: EntityTable,
  selection: Selection,
  output: OutputColumns,
  limit: number,
  offset: number,
): OutputRow[] {
  const reader = rowReader(table, output);
  const where = whereClause(selection);
  const rows = table
    .statement(
      `SELECT ${reader.columns} FROM (SELECT * FROM ${table.name}${where.text} ORDER BY ${table.keyColumn} LIMIT ? OFFSET ?) AS e${reader.joins} ORDER BY e.${table.keyColumn}`,
    )
    .raw()
    .safeIntegers()
    .all(...where.params, limit, offset) as unknown[][];
  return rows.map((raw) => reader.read(raw, 0));
}

/** Output columns of rows by row id; ids that are gone are absent. */
export function fetchRows(
  table: EntityTable,
  rowIds: readonly number[],
  output: OutputColumns,
): Map<number, OutputRow> {
  const reader = rowReader(table, output);
  const found = new Map<number, OutputRow>();
  for (let from = 0; from < rowIds.length; from += 1000) {
    const chunk = rowIds.slice(from, from + 1000);
    // A few fixed widths keep the number of prepared statements small; a repeated id does no harm.
    const width = chunk.length <= 16 ? 16 : chunk.length <= 128 ? 128 : 1000;
    while (chunk.length < width) chunk.push(chunk[0] as number);
    const rows = table
      .statement(
        `SELECT e.row_id,${reader.columns} FROM ${table.name} AS e${reader.joins} WHERE e.row_id IN (${"?,".repeat(width - 1)}?)`,
      )
      .raw()
      .safeIntegers()
      .all(...chunk) as unknown[][];
    for (const raw of rows) found.set(Number(raw[0]), reader.read(raw, 1));
  }
  return found;
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
