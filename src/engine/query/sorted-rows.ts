import { lookSql } from "../../expr/index.js";
import { Slices } from "../../values/slices.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { StoredValue } from "../contract/column.js";
import { LIMIT } from "../entities/bound-limit.js";
import {
  type Condition,
  inOrder,
  mostRows,
  orderClause,
  type RowOrder,
  type Selection,
  selectInOrder,
  sortsAll,
} from "../entities/read-rows.js";
import { Stretches } from "../entities/stretches.js";
import { compareValues } from "./compare-values.js";
import type { QueryContext } from "./query-context.js";
import type { QueryPlan } from "./query-plan.js";
import { compareKeys } from "./ranked-hits.js";

/** Fewer rows are sorted at once: it takes some milliseconds at most. */
const FEW_ROWS = 20_000;
/** Row ids that one step looks at. */
const STEP_ROWS = 10_000;

/** What looking for a row in the order of an index costs, in plain comparisons. */
const LED_COST = 4;

/**
 * The selection of a query that is sorted, so that it can be given up (`unlessLong`): an index may lead to its rows in their order, and
 * by many that a filter does not let through, or that are equal in what it is over. Undefined: there are few rows, or nothing is sorted.
 */
export function shortSelection({ table, selection, order }: QueryPlan): Selection | undefined {
  if (order.length === 0 || mostRows(table, selection) < FEW_ROWS) return undefined;
  const { text, params } = selection.filter ?? NOTHING;
  const look = lookSql(LED_COST, "row_id");
  return {
    ...selection,
    filter: { text: text === "" ? look.text : `${look.text} AND ${text}`, params: [...look.params, ...params] },
  };
}

/** Whether the rows of a query must all be read and sorted, and are so many that the event loop would feel it. */
export function sortsAtLength(plan: QueryPlan): boolean {
  const { table, selection, order, limit, offset } = plan;
  if (mostRows(table, selection) < FEW_ROWS) return false;
  // Who wants all by their keys has them in that order.
  if (order.length === 0 && (!isListed(plan) || !Number.isFinite(limit))) return false;
  return isListed(plan) || sortsAll(table, inOrder(table, selection, order, limit, offset));
}

/**
 * The row ids of a query that sorts at length: by another thread where there is one, else step by step. All in one state.
 *
 * @param last whether to do it at once: writes have spoilt it before
 * @returns undefined when a write came in between
 * @throws Timeout
 */
export async function sortedRowIds(
  ctx: QueryContext,
  plan: QueryPlan,
  limits: CallLimits,
  last: boolean,
): Promise<readonly number[] | undefined> {
  const { collection, table, selection, order, limit, offset } = plan;
  const version = ctx.entities.version(collection.id);
  const elsewhere = last ? undefined : ctx.elsewhere;
  const { text, params } = elsewhere === undefined ? NOTHING : inOrder(table, selection, order, limit, offset);
  const rows = await elsewhere?.rows(text, params, limits.deadline);
  // What was listed before a write is not what the other thread has seen.
  if (isListed(plan) && ctx.entities.version(collection.id) !== version) return undefined;
  if (rows !== undefined) return rows.map(([rowId]) => Number(rowId));
  ctx.deadline.during(limits.deadline, () => ctx.deadline.check());
  if (last) return ctx.deadline.during(limits.deadline, () => selectInOrder(table, selection, order, limit, offset));
  return inSteps(ctx, plan, limits);
}

const NOTHING: Condition = { text: "", params: [] };

/** Whether its rows were found or drawn before: after a write they are others. */
export function isListed({ selection }: Pick<QueryPlan, "selection">): boolean {
  return selection.rowIds !== undefined;
}

/** A row and what it is sorted by, the primary key last. */
type SortedRow = readonly [rowId: bigint, ...values: unknown[]];

async function inSteps(ctx: QueryContext, plan: QueryPlan, limits: CallLimits): Promise<readonly number[] | undefined> {
  const { collection, table, selection, order, limit, offset } = plan;
  const version = ctx.entities.version(collection.id);
  const most = limit + offset;
  const stretches = new Stretches(table, selection);
  const columns = ["row_id", ...order.map(({ column }) => column), table.keyColumn].join(",");
  const read = table
    .statement(`SELECT ${columns}${stretches.from}${orderClause(table, order)} ${LIMIT}`)
    .raw()
    .safeIntegers(true);
  const slices = new Slices();
  let best: SortedRow[] = [];
  for (let from = 0; from < stretches.end; from += STEP_ROWS) {
    const found = ctx.deadline.during(
      limits.deadline,
      () => read.all(...stretches.params(from, from + STEP_ROWS), most) as SortedRow[],
    );
    best = merged(best, found, order, most);
    if (!slices.over) continue;
    await slices.next();
    ctx.deadline.during(limits.deadline, () => ctx.deadline.check());
    if (ctx.entities.version(collection.id) !== version) return undefined;
  }
  return best.slice(offset).map(([rowId]) => Number(rowId));
}

/** The first rows of two sorted lists. */
function merged(a: readonly SortedRow[], b: readonly SortedRow[], order: RowOrder, most: number): SortedRow[] {
  const all: SortedRow[] = [];
  for (let i = 0, j = 0; all.length < most && (i < a.length || j < b.length); ) {
    const [x, y] = [a[i], b[j]];
    if (y === undefined || (x !== undefined && compareRows(order, x, y) <= 0)) {
      all.push(x as SortedRow);
      i++;
    } else {
      all.push(y);
      j++;
    }
  }
  return all;
}

function compareRows(order: RowOrder, a: SortedRow, b: SortedRow): number {
  for (const [i, item] of order.entries()) {
    const compared = compareValues(item, a[i + 1] as StoredValue, b[i + 1] as StoredValue);
    if (compared !== 0) return compared;
  }
  return compareKeys(a[order.length + 1] as StoredValue & {}, b[order.length + 1] as StoredValue & {});
}
