import type { CallLimits } from "../contract/call-limits.js";
import type { Selection } from "../entities/read-rows.js";
import type { LongFilter } from "../entities/row-pieces.js";
import { foundInSlices, type Wanted } from "./found-in-slices.js";
import { checkStillLoaded } from "./plan-search.js";
import type { QueryContext } from "./query-context.js";
import { KnownRows, type SearchPlan } from "./search-plan.js";
import { sampleRows } from "./selection.js";

/**
 * Runs searches; the rows of filters that go through a large table are found in slices, samples are drawn.
 *
 * @param run with these plans, or with what is known of them besides
 */
export function slicedSearch<T>(
  ctx: QueryContext,
  limits: CallLimits,
  plans: readonly SearchPlan[],
  run: (plans: readonly SearchPlan[]) => T | Promise<T>,
): T | Promise<T> {
  if (plans.every(({ long, sample }) => long === undefined && sample === undefined)) return run(plans);
  const slow = plans.filter((plan): plan is LongPlan => plan.long !== undefined && !isRemembered(plan));
  return foundInSlices(
    ctx,
    limits,
    slow.map(wantedBy),
    () => run(plans.map((plan) => drawn(ctx, plan))),
    (found) => {
      const known = new Map<SearchPlan, SearchPlan>(slow.map((plan, i) => [plan, withRows(plan, found[i] ?? [])]));
      return run(plans.map((plan) => known.get(plan) ?? drawn(ctx, plan)));
    },
  );
}

/** A plan with a filter that takes long. */
type LongPlan = SearchPlan & { readonly long: LongFilter };

function wantedBy(plan: LongPlan): Wanted {
  return {
    collection: plan.collection,
    table: plan.table,
    selection: plan.selection as Selection,
    filter: plan.long,
    byKey: false,
    most: Number.POSITIVE_INFINITY,
    sample: plan.sample,
    still: () => checkStillLoaded(plan),
  };
}

/** The plan with the rows of its sample, where it wants one. */
function drawn(ctx: QueryContext, plan: SearchPlan): SearchPlan {
  const { table, selection, sample } = plan;
  if (sample === undefined) return plan;
  return { ...plan, known: new KnownRows(sampleRows(table, selection as Selection, sample, ctx.random)) };
}

/** The loaded partitions have the rows of the filter; of a sample they never have. */
function isRemembered({ partitions, selectionKey, dataVersion, sample }: SearchPlan): boolean {
  if (sample !== undefined) return false;
  return partitions.every(({ filters }) => filters.get(selectionKey, dataVersion()) !== undefined);
}

/** The plan with rows that were found: those of a filter the loaded partitions keep for when it comes again. */
function withRows(plan: SearchPlan, rowIds: readonly number[]): SearchPlan {
  const known = new KnownRows(rowIds);
  for (const { segments, filters } of plan.sample === undefined ? plan.partitions : []) {
    const segment = segments.get(plan.fieldId);
    if (segment !== undefined) filters.set(plan.selectionKey, plan.dataVersion(), known.in(segment));
  }
  return { ...plan, known };
}
