import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { SearchHits } from "../../contract/column.js";
import type { AnnSearch, HybridSearchRequest } from "../../contract/entities.js";
import type { Reply } from "../../contract/reply.js";
import { type Collection, indexOfField } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { type ExplainedPart, explainedHybrid } from "../../query/explain.js";
import type { GroupScorer } from "../../query/hybrid-groups.js";
import { type HybridPlan, runHybrid } from "../../query/hybrid-search.js";
import { planOutput } from "../../query/output.js";
import { planSearch, type VectorSearch } from "../../query/plan-search.js";
import type { Boosting } from "../../query/rerank/boost.js";
import type { Ranker } from "../../query/rerank/ranker.js";
import { SearchNotes } from "../../query/search-notes.js";
import type { Grouping, SearchPlan } from "../../query/search-plan.js";
import { slicedSearch } from "../../query/sliced-search.js";
import type { EmbeddedTexts } from "../../write/embedded-texts.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { readCollapses } from "./element-scope.js";
import { withEmbeddings } from "./embedding.js";
import { decodeGrouping, groupNames } from "./grouping.js";
import { refuseOfLists } from "./list-search.js";
import { givenQueries } from "./queries.js";
import { checkQueries } from "./rerank/model-params.js";
import { readRankingFunctions, readRerank } from "./rerank/read-rerank.js";
import { analyzerName, decodeSearchParams } from "./search-params.js";
import { readTimeZone } from "./time-zone.js";

const MAX_SEARCHES = 1024;

/**
 * Searches several vector fields, or one in several ways, and ranks what they find together.
 *
 * @returns hits as a search has them; scores are what the ranker makes of them, best first
 * @see the Milvus manual, "Multi-Vector Hybrid Search"
 */
export const hybridSearchEntities: Operation<"entities/hybrid_search"> = {
  path: "entities/hybrid_search",
  run: (ctx, request, limits) =>
    withEmbeddings(ctx, limits, (embedded) => hybridSearch(ctx, request, limits, embedded)),
};

function hybridSearch(
  ctx: EngineContext,
  request: HybridSearchRequest,
  limits: CallLimits,
  embedded: EmbeddedTexts,
): Reply<SearchHits> | Promise<Reply<SearchHits>> {
  const collection = requireCollection(ctx, request);
  checkConsistencyLevel(request.consistencyLevel);
  const parts = request.search;
  if (parts.length === 0) throw failure("InvalidParameter", { text: "hybrid search without searches" });
  if (parts.length > MAX_SEARCHES) {
    throw failure("InvalidParameter", { text: `maximum of ann search requests is ${MAX_SEARCHES}` });
  }
  const { limit, offset } = window(request);
  const output = planOutput(collection, request.outputFields ?? [], false, readTimeZone(request));
  const ranking = readRanking(ctx, collection, request);
  const { ranker } = ranking;
  const searches = parts.map((part) => ({
    ...decodePart(ctx, collection, request, part, ranking.boosting, embedded),
    notes: limits.explain === true ? new SearchNotes(collection) : undefined,
  }));
  checkCounts(searches);
  const collapses = readCollapses(searches.map((search, i) => ({ asked: parts[i] as AnnSearch, search })));
  checkQueries(ranker, searches[0]?.vectors.length ?? 0);
  const run = (plans: readonly SearchPlan[]) => {
    const plan: HybridPlan = {
      searches: plans as unknown as HybridPlan["searches"],
      collapses,
      ranker,
      limit,
      offset,
      output,
      decimals: request.roundDecimal === undefined || request.roundDecimal < 0 ? undefined : request.roundDecimal,
      highlights: [],
      groupScorer: readGroupScorer(request.rankGroupScorer),
    };
    return runHybrid(ctx, plan, limits);
  };
  const plans = planAll(ctx, collection, searches);
  const reply = (planned: readonly SearchPlan[], data: SearchHits): Reply<SearchHits> | Promise<Reply<SearchHits>> => {
    const explained = planned.flatMap((plan, i): readonly ExplainedPart[] => {
      const { field } = searches[i] as VectorSearch;
      return plan.notes === undefined ? [] : [{ annsField: field.name, plan, notes: plan.notes }];
    });
    return explained.length === 0 ? { data } : explainedHybrid(ctx, limits, data, explained);
  };
  const sliced = (planned: readonly SearchPlan[]) => {
    const hits = slicedSearch(ctx, limits, planned, run);
    return hits instanceof Promise ? hits.then((data) => reply(planned, data)) : reply(planned, hits);
  };
  return plans instanceof Promise ? plans.then(sliced) : sliced(plans);
}

/** The same under its older name. */
export const advancedSearchEntities: Operation<"entities/advanced_search"> = {
  path: "entities/advanced_search",
  run: (ctx, request, limits) => hybridSearchEntities.run(ctx, request, limits),
};

function planAll(
  ctx: EngineContext,
  collection: Collection,
  searches: readonly VectorSearch[],
): readonly SearchPlan[] | Promise<readonly SearchPlan[]> {
  const plans = searches.map((search) => planSearch(ctx, collection, search));
  return plans.some((plan) => plan instanceof Promise) ? Promise.all(plans) : (plans as SearchPlan[]);
}

/** @throws InvalidParameter for boosts alone: they weigh what each search finds, and say nothing of all together */
function readRanking(
  ctx: EngineContext,
  collection: Collection,
  request: HybridSearchRequest,
): { readonly ranker: Ranker; readonly boosting: Boosting | undefined } {
  const searches = request.search.length;
  const { ranker, boosting } = readRankingFunctions(request.functionScore, {
    ctx,
    collection,
    exprParams: undefined,
    timeZone: readTimeZone(request),
    searches,
    reranks: ctx.functions.has("rerank"),
    grouped: (request.groupingField ?? "") !== "",
  });
  if (ranker !== undefined) return { ranker, boosting };
  if (boosting === undefined) return { ranker: readRerank(request.rerank, searches), boosting };
  throw failure("InvalidParameter", { text: "hybrid search needs a rerank function besides boost" });
}

function decodePart(
  ctx: EngineContext,
  collection: Collection,
  request: HybridSearchRequest,
  part: AnnSearch,
  boosting: Boosting | undefined,
  embedded: EmbeddedTexts,
): VectorSearch {
  const limit = part.limit ?? 0;
  if (limit < 1 || limit > MAX_RESULT_WINDOW) {
    throw failure("SearchWindow", { what: "topk", value: limit, limit: MAX_RESULT_WINDOW });
  }
  const texts = { embedded, analyzerName: analyzerName(part.params) };
  const { field, vectors } = givenQueries(collection, part, texts);
  const index = indexOfField(collection, field.id);
  const params = decodeSearchParams(part.params, index);
  const besides = { server: ctx.server, radius: params.radius, groupNames: groupNames(request) };
  refuseOfLists(collection, field, index, besides);
  const grouping: Grouping | undefined = decodeGrouping(collection, request, field, params.radius);
  return {
    field,
    index,
    vectors,
    limit,
    // As on a server, only the offset of the whole counts.
    offset: 0,
    tuning: params,
    grouping,
    boosting,
    order: undefined,
    chains: undefined,
    aggregation: undefined,
    filter: part.filter,
    filterValues: part.exprParams,
    timeZone: readTimeZone(request),
    partitionNames: request.partitionNames,
    asOf: undefined,
  };
}

function checkCounts(searches: readonly VectorSearch[]): void {
  const expected = searches[0]?.vectors.length;
  const other = searches.find(({ vectors }) => vectors.length !== expected);
  if (other !== undefined) {
    throw failure("ParameterMismatch", {
      text: "sub search request nq should be the same",
      expected: String(expected),
      actual: String(other.vectors.length),
    });
  }
}

function window(request: HybridSearchRequest): { limit: number; offset: number } {
  const limit = request.limit ?? DEFAULT_LIMIT;
  const offset = request.offset ?? 0;
  if (offset < 0) throw failure("SearchWindow", { what: "offset", value: offset, limit: MAX_RESULT_WINDOW });
  if (limit < 1 || limit + offset > MAX_RESULT_WINDOW) {
    throw failure("QueryWindow", { value: limit + offset, limit: MAX_RESULT_WINDOW });
  }
  return { limit, offset };
}

function readGroupScorer(name: string | undefined): GroupScorer {
  if (name === undefined || name === "") return "max";
  if (name === "max" || name === "sum" || name === "avg") return name;
  throw failure("InvalidParameter", { text: `input group scorer type:${name} is invalid` });
}
