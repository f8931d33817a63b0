import type { HighlightedTexts, SearchHits, StoredColumn } from "../../../engine/contract/column.js";
import { refuseFutureMessageFields } from "../../../engine/contract/future-fields.js";
import type { RequestOf } from "../../../engine/contract/table.js";
import { failure } from "../../../errors.js";
import { withCondition } from "../../search-pages.js";
import { iteratorMoment } from "../clock.js";
import { readIds, writeIds } from "../columns/ids.js";
import { readTemplates } from "../columns/templates.js";
import type { Times } from "../columns/times.js";
import { writeColumns } from "../columns/write-column.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { readFunction } from "../schema/read-schema.js";
import { consistencyOf } from "./consistency.js";
import { functionChainOf } from "./function-chains.js";
import { collectionOf, recordOf } from "./parts.js";
import { readPlaceholders } from "./placeholders.js";
import { checkCollectionId, RequestParams, refuseParams, timesOf, timeZoneOf } from "./request-params.js";
import { aggregationOf, refuseBesideAggregation, writeAggregated } from "./search-aggregation.js";
import { type IteratorPage, isPaged, iteratorPage, ofElements } from "./search-iterator.js";

/** Parameters that do not tune the search itself. */
export const OWN_PARAMS: ReadonlySet<string> = new Set([
  "anns_field",
  "topk",
  "limit",
  "offset",
  "params",
  "group_by_field",
  "group_size",
  "strict_group_size",
  "json_path",
  "order_by_fields",
  "strict_cast",
  "iterator",
  "search_iter_v2",
  "search_iter_batch_size",
  "search_iter_last_bound",
  "search_iter_id",
  "collection_id",
  "timezone",
  "time_fields",
  "ignore_growing",
  "hints",
  "cluster_id",
  "page_retain_order",
  "forTuning",
]);

type SearchOf = RequestOf<"entities/search">;

/** What would change the answer and is not done. */
export const REFUSED_PARAMS = ["json_type"];

const MAX_WINDOW = 16384;

export async function search(request: Received<"SearchRequest">, call: RpcCall): Promise<Sent<"SearchResults">> {
  refuseFeatures(request);
  const params = new RequestParams(request.search_params);
  refuseParams(params, REFUSED_PARAMS);
  const collection = collectionOf(request);
  const checked = checkCollectionId("entities/search", params, collection, call);
  if (checked !== undefined) await checked;
  const { input, queries } = inputOf(request);
  refuseIterator(params, input.vectors?.lists === true);
  const page = isPaged(params) ? await iteratorPage(params, collection, queries, call) : undefined;
  if (page !== undefined && hasBoost(request)) {
    throw failure("InvalidParameter", {
      text: "failed to create query plan: don't support use segment scorer with group_by or search_iterator",
    });
  }
  if (page !== undefined && (request.function_chains.length > 0 || request.function_score !== undefined)) {
    throw failure("InvalidParameter", { text: "function rerank is not supported with search iterator v2" });
  }
  const { search_aggregation: aggregation } = request;
  if (aggregation !== undefined) refuseBesideAggregation(request, params);
  const grouping = groupingOf(params);
  const groupByFields = params.text("group_by_fields");
  const orderByFields = params.list("order_by_fields");
  if (orderByFields.length > 0 && params.flag("iterator")) {
    throw failure("InvalidParameter", { text: "order_by is not supported when using search iterator" });
  }
  const exprParams = readTemplates(request.expr_template_values);
  const asked: SearchOf = {
    ...collection,
    ...input,
    annsField: params.text("anns_field") ?? "",
    ...consistencyOf(request),
    filter: request.dsl,
    limit: page?.limit ?? limitOf(params),
    offset: page === undefined ? (params.integer("offset") ?? 0) : 0,
    outputFields: request.output_fields,
    ...timeZoneOf(params),
    partitionNames: request.partition_names,
    searchParams: page === undefined ? params.tuning(OWN_PARAMS) : page.narrowed(params.tuning(OWN_PARAMS)),
    ...((grouping ?? groupByFields) !== undefined && groupSizeOf(params)),
    ...(grouping !== undefined && { groupingField: grouping }),
    ...(orderByFields.length > 0 && { orderByFields }),
    ...(exprParams !== undefined && { exprParams }),
    ...(aggregation !== undefined && { searchAggregation: aggregationOf(aggregation) }),
    ...(request.highlighter !== undefined && { highlighter: highlighterOf(request.highlighter) }),
    ...(request.function_score !== undefined && { functionScore: functionScoreOf(request.function_score) }),
    ...(request.function_chains.length > 0 && { functionChains: request.function_chains.map(functionChainOf) }),
  };
  const moment = params.flag("iterator") ? iteratorMoment(call.clock, request.guarantee_timestamp) : undefined;
  const narrowed = page === undefined ? asked : await withoutExcluded(asked, page, call);
  const { data: hits } = await call.execute("entities/search", narrowed, moment?.asOf);
  const times = timesOf(params, hits.fields.timeZone);
  return {
    results: page === undefined ? resultsOf(hits, times, groupByFields !== undefined) : pageOf(page, hits, times),
    collection_name: request.collection_name,
    ...(moment !== undefined && { session_ts: moment.session }),
  };
}

/** @throws InvalidParameter: lists cannot be paged through, and elements only in the newer form */
function refuseIterator(params: RequestParams, lists: boolean): void {
  if (!params.flag("iterator")) return;
  if (lists) {
    throw failure("InvalidParameter", {
      text: "search iterator is not supported for multi-search-multi on embedding list fields",
    });
  }
  if (ofElements(params) && !params.flag("search_iter_v2")) {
    throw failure("InvalidParameter", {
      text: "legacy search iterator is not supported for element-level search; use search iterator v2",
    });
  }
}

/** The request of a page without the rows that it must leave out. */
async function withoutExcluded(asked: SearchOf, page: IteratorPage, call: RpcCall): Promise<SearchOf> {
  if (page.excluded.length === 0) return asked;
  const { dbName, collectionName } = asked;
  const { data } = await call.look("entities/search", "collections/describe", {
    ...(dbName !== undefined && { dbName }),
    collectionName,
  });
  const key = data.fields.find((field) => field.primaryKey)?.name ?? "";
  return withCondition(asked, `${key} not in`, page.excluded);
}

/** How many hits a group has. */
export function groupSizeOf(params: RequestParams): Pick<SearchOf, "groupSize" | "strictGroupSize"> {
  return { groupSize: params.integer("group_size") ?? 0, strictGroupSize: params.flag("strict_group_size") };
}

/** The field whose values are the groups, or a path in it. */
export function groupingOf(params: RequestParams): string | undefined {
  const field = params.text("group_by_field");
  const path = params.text("json_path");
  if (field === undefined || path === undefined) return field;
  if (!path.startsWith("/")) return path;
  return `${field}${path
    .slice(1)
    .split("/")
    .map((step) => `[${JSON.stringify(step)}]`)
    .join("")}`;
}

/** What is searched for: vectors, or keys of rows that have them. */
function inputOf(request: Received<"SearchRequest">): {
  readonly input: Pick<SearchOf, "ids" | "vectors">;
  readonly queries: number;
} {
  const ids = readIds(request.ids);
  if (ids.length > 0) return { input: { ids }, queries: ids.length };
  if (request.placeholder_group === undefined) {
    throw failure("PlaceholdersUnreadable", { detail: "there are no query vectors" });
  }
  const vectors = readPlaceholders(request.placeholder_group, Number(request.nq));
  return { input: { vectors }, queries: vectors.values.length };
}

function hasBoost({ function_score: score }: Received<"SearchRequest">): boolean {
  return score?.functions.some(({ params }) => /^boost$/i.test(recordOf(params)["reranker"] ?? "")) === true;
}

function highlighterOf({ type, params }: Received<"Highlighter">): NonNullable<SearchOf["highlighter"]> {
  return { type, params: recordOf(params) };
}

/** The functions that rank. */
export function functionScoreOf(score: Received<"FunctionScore">): NonNullable<SearchOf["functionScore"]> {
  return { functions: score.functions.map(readFunction), params: recordOf(score.params) };
}

/** @throws TopkMissing */
function limitOf(params: RequestParams): number {
  const limit = params.integer("topk") ?? params.integer("limit");
  if (limit === undefined) throw failure("TopkMissing");
  // The first form of iterators asks for all there is.
  return params.flag("iterator") ? Math.min(limit, MAX_WINDOW) : limit;
}

/** What would change the answer and is not done is refused, never passed over. @param parameters that are not done there */
export function refuseFeatures(request: Received<"SearchRequest">, parameters: readonly string[] = []): void {
  refuseFutureMessageFields("entities/search", request, parameters);
  if (request.sub_reqs.length > 0) {
    throw failure("Unsupported", { what: "a search of several parts is not supported by the embedded engine" });
  }
}

function pageOf(page: IteratorPage, found: SearchHits, times: Times): Sent<"SearchResultData"> {
  const { hits, bound } = page.take(found);
  return { ...resultsOf(hits, times), search_iterator_v2_results: { token: page.token, last_bound: bound } };
}

/**
 * Hits as clients read them: columns of all queries one after the other, the primary key among them only where it was asked
 * for, and last.
 *
 * @param severalFields whether the request names what groups are made by in the form of several fields
 */
export function resultsOf(hits: SearchHits, times: Times, severalFields = false): Sent<"SearchResultData"> {
  const { topks, fields, primaryKey, groups, highlights, aggregated, elements } = hits;
  if (aggregated !== undefined) return writeAggregated(hits, aggregated);
  const columns = (all: readonly StoredColumn[]) => writeColumns(all, times);
  return {
    num_queries: topks.length,
    top_k: Math.max(0, ...topks),
    topks,
    scores: Float32Array.from(hits.scores),
    ids: writeIds(hits.ids),
    fields_data: columns(keyLast(fields.columns)),
    output_fields: nameLast(fields.outputFields, primaryKey.name),
    primary_field_name: primaryKey.name,
    ...(elements !== undefined && { element_indices: { data: elements } }),
    ...(highlights !== undefined && { highlight_results: highlights.map(writeHighlights) }),
    ...(groups !== undefined && !severalFields && { group_by_field_value: columns(groups)[0] }),
    ...(groups !== undefined && severalFields && { group_by_field_values: columns(groups) }),
  };
}

function writeHighlights({ name, fragments }: HighlightedTexts): Sent<"HighlightResult"> {
  return { field_name: name, datas: fragments.map((each) => ({ fragments: each })) };
}

function keyLast(columns: readonly StoredColumn[]): readonly StoredColumn[] {
  return [...columns.filter((column) => !column.primaryKey), ...columns.filter((column) => column.primaryKey)];
}

function nameLast(names: readonly string[], last: string): readonly string[] {
  return names.includes(last) ? [...names.filter((name) => name !== last), last] : names;
}
