import { type ColumnTest, connectTests } from "../../expr/index.js";
import { atOnce } from "../../values/steps.js";
import type { CompiledFilter } from "../entities/compiled-filter.js";
import { drawnRows } from "../entities/draw-rows.js";
import type { EntityTable } from "../entities/entity-table.js";
import { livingRows, livingTest } from "../entities/expiry.js";
import { type Condition, mostRows, type Selection, selectRowIds } from "../entities/read-rows.js";
import type { LongFilter } from "../entities/row-pieces.js";
import type { Collection, Partition } from "../model/collection.js";
import type { QueryContext } from "./query-context.js";

/**
 * A compiled filter; undefined when the text is absent or blank.
 *
 * @param timeZone of points in time that name none; undefined: that of the collection
 * @throws InvalidExpression, NotAPredicate
 */
export function compileFilter(
  ctx: QueryContext,
  collection: Collection,
  text: string | undefined,
  values: Readonly<Record<string, unknown>> | undefined,
  timeZone?: string,
): CompiledFilter | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  return ctx.filters.compile(collection, text, values, "query", timeZone);
}

/** Rows of the given partitions that a filter lets through and that have not expired. @param asOf milliseconds since the epoch */
export function selectionOf(
  ctx: QueryContext,
  collection: Collection,
  partitions: readonly Partition[],
  filter: CompiledFilter | undefined,
  asOf?: number,
): Selection {
  const living = livingRows(collection, asOf ?? ctx.now());
  if (asOf !== undefined && living !== undefined) ctx.entities.moments.note(asOf);
  const selected = {
    ...(partitions.length === collection.partitions.length ? {} : { partitions: partitions.map((p) => p.id) }),
    partitionsAreBroad: partitions.length * 5 > collection.partitions.length,
    ...(living === undefined ? {} : { living }),
  };
  if (filter === undefined || filter.plan.alwaysTrue) return selected;
  const isShort = isReadAtOnce(ctx, filter);
  return {
    ...selected,
    // Compiled when SQL is asked.
    get filter() {
      return (isShort ? filter.unwatched : filter.condition) as Condition;
    },
  };
}

function isReadAtOnce({ entities }: QueryContext, filter: CompiledFilter): boolean {
  return entities.isReadAtOnce(filter.cost);
}

/** The same rows as tests of columns; undefined where only SQL can say it. */
export function testOf(
  ctx: QueryContext,
  collection: Collection,
  filter: CompiledFilter | undefined,
  asOf?: number,
): ColumnTest | undefined {
  if (filter?.elements !== undefined) return undefined;
  const living = livingTest(collection, asOf ?? ctx.now());
  if (living === undefined) return filter?.test;
  return filter === undefined ? living : connectTests("and", [living, filter.test]);
}

/** What it costs to bring out a row that may be drawn, in plain comparisons. */
const DRAWN_COST = 4;
/** Of fewer rows samples are drawn at once. */
const FEW_ROWS = 10_000;

/** @returns undefined for a filter that is sure to be short */
export function longFilter(
  ctx: QueryContext,
  table: EntityTable,
  selection: Selection,
  filter: CompiledFilter | undefined,
): LongFilter | undefined {
  if (filter === undefined) return undefined;
  const draws = filter.plan.sample !== undefined && mostRows(table, selection) >= FEW_ROWS;
  if (!draws && (filter.plan.alwaysTrue || isReadAtOnce(ctx, filter))) return undefined;
  const cost = draws ? Math.max(filter.cost, DRAWN_COST) : filter.cost;
  if (!filter.isDear) return { cost, among: undefined };
  const { filter: _, ...all } = selection;
  return { cost, among: filter.relaxed === undefined ? all : { ...all, filter: filter.relaxed } };
}

/** `random_sample`: about that share of the selected rows, drawn anew at each call. */
export function sampleRows(table: EntityTable, selection: Selection, share: number, random: () => number): number[] {
  return atOnce(drawnRows(selectRowIds(table, selection), share, random));
}

/** Narrows a selection to rows drawn before. */
export function onlyRows(selection: Selection, rowIds: readonly number[]): Selection {
  const { filter: _, ...all } = selection;
  return {
    ...all,
    rowIds,
    // A long text, which stretches do without.
    get filter() {
      return { text: "row_id IN (SELECT value FROM json_each(?))", params: [JSON.stringify(rowIds)] };
    },
  };
}
