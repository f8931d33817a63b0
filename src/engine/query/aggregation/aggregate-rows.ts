import { failure } from "../../../errors.js";
import { compactInteger } from "../../../values/int64.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { RecordBatch, StoredValue } from "../../contract/column.js";
import { fieldColumn } from "../../entities/columns.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { type Condition, largestRowId, type Selection, whereClause } from "../../entities/read-rows.js";
import { isVectorType } from "../../model/data-type.js";
import type { FieldSchema } from "../../model/schema.js";
import type { QueryContext } from "../query-context.js";
import { type Aggregate, type AggregateOutput, isAggregate } from "./aggregates.js";

/** Of a query; more groups than that are refused, however few of them are shown. */
const MOST_GROUPS = 100_000;

/** Fewer rows are gone through at once: it takes some milliseconds at most. */
const FEW_ROWS = 20_000;

/**
 * Runs a query that groups or aggregates: one row per group, or one row of all.
 *
 * @param limit most groups that are shown, of those behind the first `offset`; `Infinity` for all
 * @param timeZone of points in time that are shown
 * @returns a promise where there are so many rows that another thread goes through them
 * @throws InvalidParameter for a sum beyond int64 or too many groups, Timeout
 */
export function aggregateRows(
  ctx: QueryContext,
  query: AggregateQuery,
  limits: CallLimits,
): RecordBatch | Promise<RecordBatch> {
  const { table, output } = query;
  const statement = statementOf(query);
  const here = () =>
    summing(() =>
      table
        .statement(statement.text)
        .raw()
        .safeIntegers(true)
        .all(...statement.params),
    );
  const counts = output.columns.every(({ of }) => isAggregate(of) && of.field === undefined);
  const { elsewhere } = ctx;
  if (elsewhere === undefined || counts || largestRowId(table) < FEW_ROWS) return shown(query, here() as unknown[][]);
  return elsewhere.rows(statement.text, statement.params, limits.deadline).then((rows) =>
    ctx.deadline.during(limits.deadline, () => {
      ctx.deadline.check();
      query.still();
      return shown(query, rows ?? (here() as unknown[][]));
    }),
  );
}

/** What a query that groups or aggregates reads. */
export interface AggregateQuery {
  readonly table: EntityTable;
  readonly selection: Selection;
  readonly output: AggregateOutput;
  readonly limit: number;
  readonly offset: number;
  readonly timeZone: string | undefined;
  /** Looked at after a pause. @throws when what the query reads has gone */
  readonly still: () => void;
}

function shown(query: AggregateQuery, rows: readonly (readonly unknown[])[]): RecordBatch {
  const { table, selection, output, limit, offset, timeZone } = query;
  if (rows.length > MOST_GROUPS) throw tooManyGroups(table, selection, output.groups);
  const page = output.groups.length === 0 ? rows : rows.slice(offset, offset + limit);
  const columns = output.columns.map(({ head }, i) => ({ ...head, values: page.map((row) => storedValue(row[i])) }));
  return {
    rowCount: page.length,
    columns,
    outputFields: columns.map(({ name }) => name),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

function statementOf({ table, selection, output }: AggregateQuery): Condition {
  const where = whereClause(selection);
  const list = output.columns.map(({ of }) => (isAggregate(of) ? aggregateSql(table, of) : fieldColumn(of.id)));
  const text = `SELECT ${list.join(",")} FROM ${table.name} AS e${where.text}${groupSql(output)}`;
  return { text, params: where.params };
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
