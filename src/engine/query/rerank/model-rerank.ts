import type { CallLimits } from "../../contract/call-limits.js";
import type { QueryHits } from "../collect-hits.js";
import { fieldValues } from "../field-values.js";
import type { QueryContext } from "../query-context.js";
import { compareKeys, type HitKey, pickHits, type RankedHits } from "../ranked-hits.js";
import type { SearchPlan } from "../search-plan.js";
import type { ModelRanker } from "./ranker.js";

/**
 * Orders what searches have found for one query by what the application's model says of their texts.
 *
 * @param lists of the searches; a row that several have found counts once
 * @throws FunctionFailed, FunctionResult, Timeout
 */
export async function rankedByModel(
  ctx: QueryContext,
  plan: SearchPlan,
  ranker: ModelRanker,
  query: number,
  lists: readonly RankedHits[],
  window: { readonly limit: number; readonly offset: number },
  limits: CallLimits,
): Promise<QueryHits> {
  const found = union(lists);
  const texts = fieldValues(plan.table, ranker.field, found.rowIds).map((text) => String(text ?? ""));
  const facts = { collectionName: plan.collection.name, params: ranker.params };
  const given = await ctx.functions.rerank(ranker.queries[query] as string, texts, facts, limits);
  const scores = given.map(Math.fround);
  const order = Array.from(scores.keys()).sort(
    (a, b) =>
      (scores[b] as number) - (scores[a] as number) || compareKeys(found.keys[a] as HitKey, found.keys[b] as HitKey),
  );
  const shown = order.slice(window.offset, window.offset + window.limit);
  return { hits: pickHits({ ...found, scores }, shown), groups: undefined };
}

/** All rows of the lists, each once. */
function union(lists: readonly RankedHits[]): RankedHits {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const keys = new Map<number, HitKey>();
  for (const { rowIds, keys: own } of lists) {
    for (const [i, rowId] of rowIds.entries()) keys.set(rowId, own[i] as HitKey);
  }
  return { rowIds: [...keys.keys()], keys: [...keys.values()], scores: [] };
}
