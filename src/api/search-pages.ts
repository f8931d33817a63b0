/** Searches that are read page by page, best first: each page begins at the score where the one before has ended. */

export { smallerIsNearer } from "../engine/model/types/metrics.js";

type Tuning = Readonly<Record<string, unknown>>;

/** Hits that a page can have. */
export const MAX_PAGE = 16384;

export const MAX_FLOAT = 3.4028234663852886e38;

/**
 * The search parameters of a page: those of a range search, which finds every row. What is better than the start is left out,
 * what the caller leaves out stays out.
 *
 * @param start score of the last hit of the page before, as a float32; undefined: the first page
 * @param ascending whether the smallest score is best
 */
export function pageTuning(tuning: Tuning, start: number | undefined, ascending: boolean): Tuning {
  const { radius = ascending ? MAX_FLOAT : -MAX_FLOAT, range_filter: inner } = tuning;
  if (start === undefined) return { ...tuning, radius };
  const better = ascending ? Math.max : Math.min;
  return { ...tuning, radius, range_filter: typeof inner === "number" ? better(inner, start) : start };
}

/** Name of the template value in the filter of a page; callers have others. */
const CURSOR = "elanus_iterator";

/**
 * The request with another condition beside its filter.
 *
 * @param condition what the value is compared by: `id >`, `id not in`
 */
export function withCondition<T extends { readonly filter?: string; readonly exprParams?: object }>(
  request: T,
  condition: string,
  value: unknown,
): T {
  const { filter = "", exprParams } = request;
  const added = `${condition} {${CURSOR}}`;
  return {
    ...request,
    filter: filter.trim() === "" ? added : `(${filter}) and ${added}`,
    exprParams: { ...exprParams, [CURSOR]: value },
  };
}
