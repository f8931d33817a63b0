import { failure } from "../../../errors.js";
import { compactInteger } from "../../../values/int64.js";
import type { RecordBatch, StoredValue } from "../../contract/column.js";
import { fieldColumn } from "../../entities/columns.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { type Selection, whereClause } from "../../entities/read-rows.js";
import { isVectorType } from "../../model/data-type.js";
import type { FieldSchema } from "../../model/schema.js";
import { type Aggregate, type AggregateOutput, isAggregate } from "./aggregates.js";

/** Of a query; more groups than that are refused, however few of them are shown. */
const MOST_GROUPS = 100_000;

/**
 * Runs a query that groups or aggregates: one row per group, or one row of all.
 *
 * @param limit most groups that are shown, of those behind the first `offset`; `Infinity` for all
 * @param timeZone of points in time that are shown
 * @throws InvalidParameter for a sum beyond int64 or too many groups
 */
export function aggregateRows(
  table: EntityTable,
  selection: Selection,
  output: AggregateOutput,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  timeZone: string | undefined,
): RecordBatch {
  const groups = rowsOf(table, selection, output);
  const shown = output.groups.length === 0 ? groups : groups.slice(offset, offset + limit);
  const columns = output.columns.map(({ head }, i) => ({ ...head, values: shown.map((row) => row[i] as StoredValue) }));
  return {
    rowCount: shown.length,
    columns,
    outputFields: columns.map(({ name }) => name),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

function rowsOf(table: EntityTable, selection: Selection, output: AggregateOutput): StoredValue[][] {
  const where = whereClause(selection);
  const from = ` FROM ${table.name} AS e${where.text}`;
  const list = output.columns.map(({ of }) => (isAggregate(of) ? aggregateSql(table, of) : fieldColumn(of.id)));
  const statement = table
    .statement(`SELECT ${list.join(",")}${from}${groupSql(output)}`)
    .raw()
    .safeIntegers(true);
  const rows = summing(() => statement.all(...where.params)) as unknown[][];
  if (rows.length > MOST_GROUPS) throw tooManyGroups(table, selection, output.groups);
  return rows.map((row) => row.map(storedValue));
}

/** A value that SQLite gave, with integers as bigint, in stored form. */
function storedValue(value: unknown): StoredValue {
  return typeof value === "bigint" ? compactInteger(value) : (value as StoredValue);
}

/** Groups and their order: as asked for, then by what else they are grouped by. */
function groupSql({ groups, order }: AggregateOutput): string {
  if (groups.length === 0) return "";
  const columns = groups.map((field) => fieldColumn(field.id)).join(",");
  const asked = order.map((item) => ({ ...item, field: groups.find(({ name }) => name === item.spec) as FieldSchema }));
  const rest = groups
    .filter((field) => !asked.some((item) => item.field === field))
    .map((field) => ({ field, descending: false, nullsFirst: false }));
  const terms = [...asked, ...rest].map(({ field, descending, nullsFirst }) => {
    const nulls = field.nullable ? ` NULLS ${nullsFirst ? "FIRST" : "LAST"}` : "";
    return `${fieldColumn(field.id)}${descending ? " DESC" : ""}${nulls}`;
  });
  return ` GROUP BY ${columns} ORDER BY ${terms.join(",")} LIMIT ${MOST_GROUPS + 1}`;
}

function aggregateSql(table: EntityTable, { operator, field }: Aggregate): string {
  if (field === undefined) return "count(*)";
  if (!isVectorType(field.type)) return `${operator}(${fieldColumn(field.id)})`;
  if (!field.nullable) return "count(*)";
  // A row without a vector has none in the table of vectors.
  const held = `SELECT 1 FROM ${table.vectorTable(field)} AS v WHERE v.row_id=e.row_id`;
  return `count(CASE WHEN EXISTS (${held}) THEN 1 END)`;
}

/** SQLite refuses a sum of integers that does not fit, where a server would wrap it round. */
function summing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "integer overflow") throw error;
    throw failure("InvalidParameter", { text: "sum overflows int64" }, error);
  }
}

function tooManyGroups(table: EntityTable, selection: Selection, groups: readonly FieldSchema[]): Error {
  const where = whereClause(selection);
  const columns = groups.map((field) => fieldColumn(field.id)).join(",");
  const count = table
    .statement(`SELECT count(*) FROM (SELECT 1 FROM ${table.name}${where.text} GROUP BY ${columns})`)
    .pluck()
    .get(...where.params) as number;
  return failure("InvalidParameter", {
    text: `GROUP BY produced too many groups (${count}). Add filters or increase common.groupBy.maxGroups (current: ${MOST_GROUPS})`,
  });
}
