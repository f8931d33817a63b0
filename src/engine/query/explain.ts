import type { CallLimits } from "../contract/call-limits.js";
import type { SearchHits } from "../contract/column.js";
import type { Explanation } from "../contract/explanation.js";
import type { Reply } from "../contract/reply.js";
import { scalarIndexName } from "../entities/columns.js";
import { countSelected, inOrder } from "../entities/read-rows.js";
import type { Collection } from "../model/collection.js";
import { measuredInSlices } from "./measured-in-slices.js";
import { checkStillLoaded } from "./plan-search.js";
import type { QueryContext } from "./query-context.js";
import type { QueryPlan } from "./query-plan.js";
import type { SearchNotes } from "./search-notes.js";
import { liveRows, type SearchPlan } from "./search-plan.js";

/** Rows that are compared once more for the recall, at most; the first query always is. */
const MOST_COMPARED = 2_000_000;

/** The hits of a search with what is told of how it was done. */
export function explainedSearch(
  ctx: QueryContext,
  limits: CallLimits,
  data: SearchHits,
  plan: SearchPlan,
  notes: SearchNotes,
): Reply<SearchHits> | Promise<Reply<SearchHits>> {
  return explained(ctx, limits, data, [plan], () => explainSearch(ctx, plan, notes));
}

/** The same of several searches whose hits were ranked together. */
export function explainedHybrid(
  ctx: QueryContext,
  limits: CallLimits,
  data: SearchHits,
  searches: readonly ExplainedPart[],
): Reply<SearchHits> | Promise<Reply<SearchHits>> {
  const plans = searches.map(({ plan }) => plan);
  return explained(ctx, limits, data, plans, () => explainHybrid(ctx, searches));
}

/** What is measured for it takes as long as an exact search: in slices, where that is long. */
function explained(
  ctx: QueryContext,
  limits: CallLimits,
  data: SearchHits,
  plans: readonly SearchPlan[],
  explain: () => Explanation,
): Reply<SearchHits> | Promise<Reply<SearchHits>> {
  const explanation = measuredInSlices(explain, (work) =>
    ctx.deadline.during(limits.deadline, () => {
      ctx.deadline.check();
      plans.forEach(checkStillLoaded);
      return work();
    }),
  );
  return explanation instanceof Promise
    ? explanation.then((told) => ({ data, explanation: told }))
    : { data, explanation };
}

function explainSearch(ctx: QueryContext, plan: SearchPlan, notes: SearchNotes): Explanation {
  const { filter, vectors } = notes;
  const rows = liveRows(plan);
  const walked = vectors?.some(({ way }) => way === "graph") === true;
  const recall = walked ? recallOf(ctx, plan, notes, rows) : 1;
  return {
    rows,
    ...(filter !== undefined && { filter }),
    ...(vectors !== undefined && { vectors }),
    ...(recall !== undefined && { recall }),
  };
}

function explainHybrid(ctx: QueryContext, searches: readonly ExplainedPart[]): Explanation {
  const parts = searches.map(({ annsField, plan, notes }) => ({ annsField, ...explainSearch(ctx, plan, notes) }));
  return { rows: Math.max(...parts.map(({ rows }) => rows)), searches: parts };
}

export interface ExplainedPart {
  readonly annsField: string;
  readonly plan: SearchPlan;
  readonly notes: SearchNotes;
}

/** Share of the true nearest rows among what was found, of the first queries. */
function recallOf(ctx: QueryContext, plan: SearchPlan, { found }: SearchNotes, rows: number): number | undefined {
  let right = 0;
  let wanted = 0;
  let compared = 0;
  for (const [vector, rowIds] of found) {
    if (compared > 0 && compared + rows > MOST_COMPARED) break;
    compared += rows;
    const truth = ctx.search.run({ ...plan, exact: true, notes: undefined, ahead: undefined }, vector, rowIds.length);
    const known = new Set(rowIds);
    wanted += truth.rowIds.length;
    right += truth.rowIds.filter((rowId) => known.has(rowId)).length;
  }
  return wanted === 0 ? undefined : right / wanted;
}

/** Of many bound values each is a subquery of its own, which says nothing about how rows are found. */
const OF_A_VALUE = /^(?:SCALAR SUBQUERY \d+|SCAN CONSTANT ROW)$/;

/** What is told of a query. @param inPieces its filter took long, so that its rows were found piece by piece */
export function explainQuery(collection: Collection, plan: QueryPlan, inPieces: boolean): Explanation {
  const { table, selection, order, limit, offset } = plan;
  const { text, params } = inOrder(table, selection, order, limit, offset);
  const told = table.statement(`EXPLAIN QUERY PLAN ${text}`).all(...params) as { readonly detail: string }[];
  const found = told.filter(({ detail }) => !OF_A_VALUE.test(detail));
  const steps = found.map(({ detail }) => readable(collection, table.name, detail));
  const led = found.map(({ detail }) => detail).find((detail) => detail.startsWith("SEARCH "));
  const index = collection.indexes.find(({ id }) => led?.includes(` ${scalarIndexName(collection.id, id)} `) === true);
  const byKey = led?.includes(`${table.name}_key (`) === true;
  const way = inPieces ? "pieces" : index !== undefined ? "index" : byKey ? "key" : "scan";
  const { filter: _, ...all } = selection;
  return {
    rows: countSelected(table, all),
    ...(selection.filter !== undefined && {
      filter: { way, selected: countSelected(table, selection), ...(index !== undefined && { index: index.name }) },
    }),
    steps,
  };
}

/** A step of SQLite's plan with the collection's names in place of those in the file. */
function readable(collection: Collection, table: string, detail: string): string {
  let text = detail.replaceAll(`${table}_key`, "the primary key").replaceAll(`${table}_partition`, "the partitions");
  for (const { id, name } of collection.indexes) text = text.replaceAll(scalarIndexName(collection.id, id), name);
  for (const { id, name } of collection.schema.fields) text = text.replaceAll(new RegExp(`\\bf_${id}\\b`, "g"), name);
  return text.replaceAll(new RegExp(`\\b${table}\\b`, "g"), collection.name);
}
