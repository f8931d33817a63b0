import { refuseFutureMessageFields } from "../../../engine/contract/future-fields.js";
import type { RequestOf } from "../../../engine/contract/table.js";
import { failure } from "../../../errors.js";
import { readTemplates } from "../columns/templates.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { consistencyOf } from "./consistency.js";
import { collectionOf } from "./parts.js";
import { readPlaceholders } from "./placeholders.js";
import { jsonObject, RequestParams, refuseParams, timesOf, timeZoneOf } from "./request-params.js";
import {
  functionScoreOf,
  groupingOf,
  groupSizeOf,
  OWN_PARAMS,
  REFUSED_PARAMS,
  refuseFeatures,
  resultsOf,
} from "./search.js";

type HybridRequest = RequestOf<"entities/hybrid_search">;
type AnnSearch = HybridRequest["search"][number];

/** Several searches, ranked together. */
export async function hybridSearch(
  request: Received<"HybridSearchRequest">,
  call: RpcCall,
): Promise<Sent<"SearchResults">> {
  refuseFutureMessageFields("entities/hybrid_search", request, ["group_by_fields"]);
  const params = new RequestParams(request.rank_params);
  refuseParams(params, REFUSED_PARAMS);
  if (params.list("order_by_fields").length > 0) {
    throw failure("InvalidParameter", { text: "order_by is not supported for hybrid search" });
  }
  if (request.function_chains.length > 0 || request.requests.some((part) => part.function_chains.length > 0)) {
    throw failure("InvalidParameter", { text: "function_chains is not supported for hybrid search yet" });
  }
  const limit = params.integer("limit");
  if (limit === undefined) throw failure("InvalidParameter", { text: "limit not found in rank_params" });
  const offset = params.integer("offset") ?? 0;
  const grouping = groupingOf(params);
  const strategy = params.text("strategy");
  const score = request.function_score;
  // pymilvus says the zone of all parts, and of what is shown, in each part.
  const times = new RequestParams([...request.requests.flatMap((part) => part.search_params), ...request.rank_params]);
  await refuseHighlighters(request, call);
  const { data: hits } = await call.execute("entities/hybrid_search", {
    ...collectionOf(request),
    ...consistencyOf(request),
    search: request.requests.map((part) => annSearchOf(part, limit + offset)),
    limit,
    offset,
    outputFields: request.output_fields,
    ...timeZoneOf(times),
    partitionNames: request.partition_names,
    roundDecimal: params.integer("round_decimal") ?? -1,
    rankGroupScorer: params.text("rank_group_scorer") ?? "",
    rerank: { ...(strategy !== undefined && { strategy }), params: jsonObject("params", params.text("params")) },
    ...(score !== undefined && { functionScore: functionScoreOf(score) }),
    ...(grouping !== undefined && { groupingField: grouping, ...groupSizeOf(params) }),
  });
  return { results: resultsOf(hits, timesOf(times, hits.fields.timeZone)), collection_name: request.collection_name };
}

/** @throws InvalidParameter naming the searched field by its id */
async function refuseHighlighters(request: Received<"HybridSearchRequest">, call: RpcCall): Promise<void> {
  const part = request.requests.find(({ highlighter }) => highlighter !== undefined);
  if (part === undefined) return;
  const name = new RequestParams(part.search_params).text("anns_field");
  const { data } = await call.look("entities/hybrid_search", "collections/describe", collectionOf(request));
  const id = data.fields.find((field) => field.name === name)?.id ?? 0;
  throw failure("InvalidParameter", { text: `not support hybrid search with highlight now. fieldID: ${id}` });
}

/** @param candidates how many are looked for where the part does not say */
function annSearchOf(request: Received<"SearchRequest">, candidates: number): AnnSearch {
  refuseFeatures(request, ["group_by_fields"]);
  const params = new RequestParams(request.search_params);
  refuseParams(params, REFUSED_PARAMS);
  if (request.search_aggregation !== undefined) {
    throw failure("InvalidParameter", { text: "search_aggregation is not supported for hybrid search" });
  }
  if (request.ids !== undefined) {
    throw failure("Unsupported", { what: "ids of a part of a hybrid search are not supported by the embedded engine" });
  }
  if (request.placeholder_group === undefined) {
    throw failure("PlaceholdersUnreadable", { detail: "there are no query vectors" });
  }
  const exprParams = readTemplates(request.expr_template_values);
  return {
    vectors: readPlaceholders(request.placeholder_group, Number(request.nq)),
    annsField: params.text("anns_field") ?? "",
    filter: request.dsl,
    limit: params.integer("topk") ?? params.integer("limit") ?? candidates,
    params: params.tuning(OWN_PARAMS),
    ...(exprParams !== undefined && { exprParams }),
  };
}
