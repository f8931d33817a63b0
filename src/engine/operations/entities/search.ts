import { failure } from "../../../errors.js";
import type { SearchRequest } from "../../contract/entities.js";
import { indexOfField } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { type HybridPlan, runHybrid } from "../../query/hybrid-search.js";
import { planOutput } from "../../query/output.js";
import { planSearch, type VectorSearch } from "../../query/plan-search.js";
import { runSearch } from "../../query/search.js";
import type { SearchPlan } from "../../query/search-plan.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { decodeGrouping } from "./grouping.js";
import { annsField, takeQueryVectors } from "./raw-vectors.js";
import { readRerankFunctions } from "./rerank.js";
import { vectorsOfIds } from "./search-ids.js";
import { decodeSearchParams } from "./search-params.js";
import { decodeQueryVectors, searchedField } from "./search-vectors.js";

/**
 * Finds the `limit` entities nearest to each query vector, or to each row that `ids` names.
 *
 * @returns the hits of all queries, flat, best first per query, with `topks`; scores grow with similarity for IP
 * and COSINE, shrink for L2 (squared). Ties are ordered by primary key.
 * @see the Milvus manual, "Basic Vector Search"
 */
export const searchEntities: Operation<"entities/search"> = {
  path: "entities/search",
  run(ctx, request, limits) {
    const collection = requireCollection(ctx, request);
    checkConsistencyLevel(request.consistencyLevel);
    checkInput(request);
    const { data = [], ids = [], vectors: raw } = request;
    const byKeys = ids.length > 0;
    const field =
      byKeys || raw !== undefined
        ? annsField(collection, request.annsField)
        : searchedField(collection, request.annsField);
    const vectors = byKeys
      ? vectorsOfIds(ctx, collection, field, ids, request.partitionNames)
      : raw === undefined
        ? decodeQueryVectors(collection, field, data)
        : takeQueryVectors(collection, field, raw);
    const { limit, offset } = window(request);
    const output = planOutput(collection, request.outputFields ?? [], false);
    const ranker = readRerankFunctions(request.functionScore?.functions ?? [], collection, 1);
    const index = indexOfField(collection, field.id);
    const params = decodeSearchParams(request.searchParams, index);
    const search: VectorSearch = {
      field,
      index,
      vectors,
      limit,
      offset,
      ef: params.ef,
      radius: params.radius,
      rangeFilter: params.rangeFilter,
      dropRatio: params.dropRatio,
      grouping: decodeGrouping(collection, request, field, params.radius),
      filter: request.filter,
      filterValues: request.exprParams,
      partitionNames: request.partitionNames,
    };
    const { decimals } = params;
    const run = (plan: SearchPlan) => {
      if (ranker === undefined) return runSearch(ctx, plan, output, decimals, limits);
      // A function gives the page that was found another order; it brings in no other hits.
      const page: HybridPlan = { searches: [plan], ranker, limit, offset: 0, output, decimals, groupScorer: "max" };
      return runHybrid(ctx, page, limits);
    };
    const plan = planSearch(ctx, collection, search);
    const hits = plan instanceof Promise ? plan.then(run) : run(plan);
    return hits instanceof Promise ? hits.then((data) => ({ data })) : { data: hits };
  },
};

/** @throws SearchInputMissing, SearchInputTwice */
function checkInput({ data = [], ids = [], vectors }: SearchRequest): void {
  if (vectors !== undefined) return;
  if (ids.length > 0 && data.length > 0) throw failure("SearchInputTwice");
  if (ids.length === 0 && data.length === 0) throw failure("SearchInputMissing");
}

function window(request: SearchRequest): { limit: number; offset: number } {
  const limit = request.limit ?? DEFAULT_LIMIT;
  const offset = request.offset ?? 0;
  const range = (what: string, value: number) => failure("SearchWindow", { what, value, limit: MAX_RESULT_WINDOW });
  if (limit < 1 || limit > MAX_RESULT_WINDOW) throw range("topk", limit);
  if (offset < 0 || offset > MAX_RESULT_WINDOW) throw range("offset", offset);
  if (limit + offset > MAX_RESULT_WINDOW) throw range("offset+topk", limit + offset);
  return { limit, offset };
}
