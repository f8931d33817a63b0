import { compactInteger } from "../../../values/int64.js";
import { Outdated } from "../../../values/outdated.js";
import { SLICE_MS } from "../../../values/slices.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { RecordBatch, StoredValue } from "../../contract/column.js";
import { fieldColumn } from "../../entities/columns.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { type Condition, mostRows, type Selection, selectRowIds, whereClause } from "../../entities/read-rows.js";
import { isScan } from "../../entities/row-pieces.js";
import { bytesOfValue, readWithin } from "../../model/answer-size.js";
import { checkReplyBytes } from "../check-limits.js";
import type { QueryContext } from "../query-context.js";
import { type Aggregate, type AggregateOutput, isAggregate } from "./aggregates.js";
import { groupOrder, MOST_GROUPS, refuseGroups } from "./group-order.js";
import { type AggregateQuery, groupsInSlices } from "./groups-in-slices.js";
import { countSql, summing, withinFloat64 } from "./partial-aggregates.js";

/** Fewer rows are gone through at once: it takes some milliseconds at most. */
const FEW_ROWS = 20_000;

/** After so many starts that a write has spoilt it is done in one stretch, however long. */
const MOST_STARTS = 3;

/**
 * Runs a query that groups or aggregates: one row per group, or one row of all.
 *
 * @returns a promise where there are so many rows that another thread goes through them, or this one in slices
 * @throws InvalidParameter for a sum beyond int64 or too many groups, ReplyTooLarge, Timeout, Outdated when its rows were listed
 * before a write that came meanwhile
 */
export function aggregateRows(
  ctx: QueryContext,
  query: AggregateQuery,
  limits: CallLimits,
): RecordBatch | Promise<RecordBatch> {
  const { selection, output } = query;
  const counts = output.groups.length === 0 && output.values.every((of) => isAggregate(of) && of.field === undefined);
  // SQLite counts all rows in no time.
  const counted = counts && selection.rowIds === undefined && isWhole(selection);
  const here = !query.mayPause || counted || hasFewRows(query) || (query.led && ctx.elsewhere === undefined);
  if (!query.dear && here) return shown(query, atOnce(query), limits);
  if (!query.dear && counts && isLed(query)) {
    const rows = ctx.deadline.unlessLong(SLICE_MS, () => atOnce(query));
    if (rows !== undefined) return shown(query, rows, limits);
  }
  return manyRows(ctx, query, limits).then((rows) => shown(query, rows, limits));
}

type Rows = readonly (readonly unknown[])[];

async function manyRows(ctx: QueryContext, query: AggregateQuery, limits: CallLimits): Promise<Rows> {
  const elsewhere = query.mayPause && !hasFewRows(query) ? await readElsewhere(ctx, query, limits) : undefined;
  if (elsewhere !== undefined) return elsewhere;
  const inSlices = query.mayPause && !isLedToFewRows(ctx, query);
  for (let start = 1; inSlices && start < MOST_STARTS; start++) {
    const rows = await groupsInSlices(ctx, query, limits);
    if (rows !== undefined) return rows;
    if (query.selection.rowIds !== undefined) throw new Outdated();
  }
  return ctx.deadline.during(limits.deadline, () => atOnce(query));
}

async function readElsewhere(
  ctx: QueryContext,
  query: AggregateQuery,
  { deadline }: CallLimits,
): Promise<Rows | undefined> {
  if (ctx.elsewhere === undefined) return undefined;
  const { text, params } = statementOf(query);
  const version = ctx.entities.version(query.collection.id);
  const rows = await ctx.elsewhere.rows(text, params, deadline);
  // What was listed before a write is not what the other thread has seen.
  if (query.selection.rowIds !== undefined && ctx.entities.version(query.collection.id) !== version)
    throw new Outdated();
  ctx.deadline.during(deadline, () => ctx.deadline.check());
  query.still();
  return rows;
}

function isWhole(selection: Selection): boolean {
  return whereClause(selection).text === "";
}

function hasFewRows({ table, selection }: AggregateQuery): boolean {
  return mostRows(table, selection) < FEW_ROWS;
}

/** Whether an index leads to the rows. */
function isLed({ table, selection }: AggregateQuery): boolean {
  return selection.rowIds === undefined && !isScan(table, selection);
}

/** Whether these are few; a dear filter is not asked how many, since it would look at each. */
function isLedToFewRows({ deadline }: QueryContext, query: AggregateQuery): boolean {
  const { table, selection, dear, led } = query;
  if (led) return true;
  if (dear || !isLed(query)) return false;
  const rows = deadline.unlessLong(SLICE_MS, () => selectRowIds(table, selection, FEW_ROWS));
  return rows !== undefined && rows.length < FEW_ROWS;
}

function atOnce(query: AggregateQuery): Rows {
  const { text, params } = statementOf(query);
  const statement = query.table.statement(text).raw().safeIntegers(true);
  return summing(() => readWithin(statement.iterate(...params) as Iterable<readonly unknown[]>));
}

function shown({ output, limit, offset, timeZone }: AggregateQuery, rows: Rows, limits: CallLimits): RecordBatch {
  refuseGroups(rows.length);
  const page = output.groups.length === 0 ? rows : rows.slice(offset, offset + limit);
  let bytes = 0;
  const columns = output.columns.map(({ head, at }) => {
    for (const row of page) bytes += bytesOfValue(row[at]);
    checkReplyBytes(bytes, limits);
    const of = output.values[at];
    const stored = of !== undefined && isAggregate(of) ? aggregated(of.operator) : storedValue;
    return { ...head, values: page.map((row) => stored(row[at])) };
  });
  return {
    rowCount: page.length,
    columns,
    outputFields: columns.map(({ name }) => name),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

function statementOf({ table, selection, output }: AggregateQuery): Condition {
  const where = whereClause(selection);
  const list = output.values.map((of) => (isAggregate(of) ? aggregateSql(table, of) : fieldColumn(of.id)));
  const text = `SELECT ${list.join(",")} FROM ${table.name} AS e${where.text}${groupSql(output)}`;
  return { text, params: where.params };
}

/** A value that SQLite gave, with integers as bigint, in stored form. */
function storedValue(value: unknown): StoredValue {
  return typeof value === "bigint" ? compactInteger(value) : (value as StoredValue);
}

/** @throws InvalidParameter for a value beyond doubles */
function aggregated(operator: Aggregate["operator"]): (value: unknown) => StoredValue {
  return (value) => (typeof value === "number" ? withinFloat64(operator, value) : storedValue(value));
}

function groupSql(output: AggregateOutput): string {
  const { groups } = output;
  if (groups.length === 0) return "";
  const columns = groups.map(({ id }) => fieldColumn(id));
  const terms = groupOrder(output).map(({ at, descending, nullsFirst }) => {
    const nulls = groups[at]?.nullable === true ? ` NULLS ${nullsFirst ? "FIRST" : "LAST"}` : "";
    return `${columns[at]}${descending ? " DESC" : ""}${nulls}`;
  });
  return ` GROUP BY ${columns.join(",")} ORDER BY ${terms.join(",")} LIMIT ${MOST_GROUPS + 1}`;
}

function aggregateSql(table: EntityTable, { operator, field }: Aggregate): string {
  return field === undefined || operator === "count" ? countSql(table, field) : `${operator}(${fieldColumn(field.id)})`;
}
