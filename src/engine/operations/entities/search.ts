import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { SearchHits } from "../../contract/column.js";
import type { SearchRequest } from "../../contract/entities.js";
import type { Reply } from "../../contract/reply.js";
import { type Collection, indexOfField, type MetricType } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import { breadthOf } from "../../query/aggregation/search-aggregation.js";
import { explainedSearch } from "../../query/explain.js";
import { type HybridPlan, runHybrid } from "../../query/hybrid-search.js";
import { planOutput } from "../../query/output.js";
import { planSearch, type VectorSearch } from "../../query/plan-search.js";
import { runSearch } from "../../query/search.js";
import { SearchNotes } from "../../query/search-notes.js";
import type { SearchPlan } from "../../query/search-plan.js";
import { slicedSearch } from "../../query/sliced-search.js";
import type { EmbeddedTexts } from "../../write/embedded-texts.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { readAggregation } from "./aggregation/read-aggregation.js";
import { readChains } from "./chain/read-chains.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { refuseScope } from "./element-scope.js";
import { withEmbeddings } from "./embedding.js";
import { decodeGrouping, groupingFor, groupNames } from "./grouping.js";
import { readHighlighter } from "./highlighter.js";
import { readHitOrder } from "./hit-order.js";
import { refuseListsByIds, refuseOfLists } from "./list-search.js";
import { givenQueries, type Queries } from "./queries.js";
import { annsField } from "./raw-vectors.js";
import { checkQueries } from "./rerank/model-params.js";
import { readRankingFunctions } from "./rerank/read-rerank.js";
import { vectorsOfIds } from "./search-ids.js";
import { analyzerName, decodeSearchParams } from "./search-params.js";
import { readTimeZone } from "./time-zone.js";

/**
 * Finds the `limit` entities nearest to each query vector, or to each row that `ids` names.
 *
 * @returns the hits of all queries, flat, best first per query, with `topks`; scores grow with similarity for IP
 * and COSINE, shrink for L2 (squared). Ties are ordered by primary key.
 * @see the Milvus manual, "Basic Vector Search"
 */
export const searchEntities: Operation<"entities/search"> = {
  path: "entities/search",
  run: (ctx, request, limits) => withEmbeddings(ctx, limits, (embedded) => search(ctx, request, limits, embedded)),
};

function search(
  ctx: EngineContext,
  request: SearchRequest,
  limits: CallLimits,
  embedded: EmbeddedTexts,
): Reply<SearchHits> | Promise<Reply<SearchHits>> {
  const collection = requireCollection(ctx, request);
  checkConsistencyLevel(request.consistencyLevel);
  const { field, vectors } = queriesOf(ctx, collection, request, embedded);
  const { limit, offset } = window(request);
  const timeZone = readTimeZone(request);
  const output = planOutput(collection, request.outputFields ?? [], false, timeZone);
  const index = indexOfField(collection, field.id);
  const params = decodeSearchParams(request.searchParams, index);
  refuseScope(request.searchParams);
  const besides = { server: ctx.server, radius: params.radius, groupNames: groupNames(request) };
  refuseOfLists(collection, field, index, besides);
  const larger = !smallerIsNearer((index?.metricType ?? "") as MetricType);
  const aggregation = readAggregation(collection, request, vectors.length, larger);
  const grouping =
    aggregation === undefined
      ? decodeGrouping(collection, request, field, params.radius)
      : groupingFor(aggregation, field, params.radius);
  const { ranker, boosting } = readRankingFunctions(request.functionScore, {
    ctx,
    collection,
    exprParams: request.exprParams,
    timeZone,
    searches: 1,
    reranks: ctx.functions.has("rerank"),
    grouped: grouping !== undefined,
  });
  checkQueries(ranker, vectors.length);
  const search: VectorSearch = {
    field,
    index,
    vectors,
    limit: aggregation === undefined ? limit : breadthOf(aggregation).groups,
    offset,
    tuning: params,
    grouping,
    aggregation,
    boosting,
    order: readHitOrder(collection, request, grouping),
    chains: readChains(collection.schema, request),
    filter: request.filter,
    filterValues: request.exprParams,
    timeZone,
    partitionNames: request.partitionNames,
    asOf: limits.asOf,
    notes: limits.explain === true ? new SearchNotes(collection) : undefined,
  };
  const metric = index?.metricType ?? "";
  const highlights = readHighlighter(request.highlighter, { collection, field, metric, request });
  const shown = { decimals: params.decimals, highlights };
  const run = (plan: SearchPlan) => {
    if (ranker === undefined) return runSearch(ctx, plan, output, shown, limits);
    // A function gives the page that was found another order; it brings in no other hits.
    const page: HybridPlan = {
      ...shown,
      searches: [plan],
      collapses: [],
      ranker,
      limit,
      offset: 0,
      output,
      groupScorer: "max",
    };
    return runHybrid(ctx, page, limits);
  };
  const reply = (plan: SearchPlan, data: SearchHits): Reply<SearchHits> | Promise<Reply<SearchHits>> =>
    search.notes === undefined ? { data } : explainedSearch(ctx, limits, data, plan, search.notes);
  const sliced = (planned: SearchPlan) => {
    const hits = slicedSearch(ctx, limits, [planned], ([plan]) => run(plan as SearchPlan));
    return hits instanceof Promise ? hits.then((found) => reply(planned, found)) : reply(planned, hits);
  };
  const plan = planSearch(ctx, collection, search);
  return plan instanceof Promise ? plan.then(sliced) : sliced(plan);
}

/**
 * The vector field and the queries, in whichever form they were sent.
 *
 * @throws SearchInputMissing, SearchInputTwice
 */
function queriesOf(
  ctx: EngineContext,
  collection: Collection,
  request: SearchRequest,
  embedded: EmbeddedTexts,
): Queries {
  const { data = [], ids = [], vectors: raw } = request;
  const texts = { embedded, analyzerName: analyzerName(request.searchParams) };
  if (raw === undefined && ids.length === 0 && data.length === 0) throw failure("SearchInputMissing");
  if (ids.length === 0) return givenQueries(collection, request, texts);
  if (raw === undefined && data.length > 0) throw failure("SearchInputTwice");
  const field = annsField(collection, request.annsField);
  refuseListsByIds(field);
  return { field, vectors: vectorsOfIds(ctx, collection, field, ids, request.partitionNames) };
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
