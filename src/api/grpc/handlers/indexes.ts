import type { IndexFacts } from "../../../engine/contract/facts.js";
import type { IndexDefinition } from "../../../engine/contract/indexes.js";
import { parseJson } from "../../../engine/index.js";
import { failure } from "../../../errors.js";
import { parametersPair } from "../../index-parameters.js";
import { IndexState } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf, oneOf, recordOf } from "./parts.js";

/**
 * Makes an index. Build parameters may stand as pairs and inside of `params`, a JSON text; a pair wins. Without a type it is
 * AUTOINDEX, without a metric the default of the field's type.
 */
export async function createIndex(request: Received<"CreateIndexRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("indexes/create", { ...collectionOf(request), indexParams: [readIndex(request)] });
  return {};
}

/** @throws IndexParamsUnreadable */
export function readIndex({
  field_name: fieldName,
  index_name: indexName,
  extra_params: params,
}: Pick<Received<"CreateIndexRequest">, "field_name" | "index_name" | "extra_params">): IndexDefinition {
  const { index_type: indexType, metric_type: metricType, params: nested, ...flat } = recordOf(params);
  return {
    fieldName,
    params: { ...nestedParams(nested), ...flat },
    ...(indexName !== "" && { indexName }),
    ...(indexType !== undefined && { indexType }),
    ...(metricType !== undefined && { metricType }),
  };
}

/** @throws IndexParamsUnreadable */
function nestedParams(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || text === "") return {};
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw failure("IndexParamsUnreadable", { params: text });
  }
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw failure("IndexParamsUnreadable", { params: text });
  return value as Readonly<Record<string, unknown>>;
}

/** The indexes that a request means: by name, else by field, else all. @throws IndexNotFound, IndexMissing */
async function indexesOf(
  request: {
    readonly db_name: string;
    readonly collection_name: string;
    readonly field_name?: string;
    readonly index_name: string;
  },
  call: RpcCall,
): Promise<readonly IndexFacts[]> {
  const { facts = [] } = await call.execute("indexes/list", collectionOf(request));
  const { index_name: name, field_name: field = "" } = request;
  if (name !== "") {
    const found = facts.filter((index) => index.indexName === name);
    if (found.length === 0) throw failure("IndexNotFound", { index: name });
    return found;
  }
  const found = field === "" ? facts : facts.filter((index) => index.fieldName === field);
  if (found.length === 0) throw failure("IndexMissing", { collection: request.collection_name });
  return found;
}

const STATES: Readonly<Record<string, number>> = {
  InProgress: IndexState.InProgress,
  Finished: IndexState.Finished,
  Failed: IndexState.Failed,
};

function describe(index: IndexFacts): Sent<"IndexDescription"> {
  const { params } = index;
  return {
    index_name: index.indexName,
    indexID: index.id,
    field_name: index.fieldName,
    params: [
      { key: "index_type", value: index.indexType },
      ...(index.metricType === "" ? [] : [{ key: "metric_type", value: index.metricType }]),
      ...params,
      ...parametersPair(params),
    ],
    indexed_rows: index.indexedRows,
    total_rows: index.totalRows,
    pending_index_rows: index.pendingRows,
    state: STATES[index.indexState] ?? IndexState.IndexStateNone,
    index_state_fail_reason: index.failReason,
  };
}

export async function describeIndex(
  request: Received<"DescribeIndexRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeIndexResponse">> {
  return { index_descriptions: (await indexesOf(request, call)).map(describe) };
}

export async function getIndexStatistics(
  request: Received<"GetIndexStatisticsRequest">,
  call: RpcCall,
): Promise<Sent<"GetIndexStatisticsResponse">> {
  return { index_descriptions: (await indexesOf(request, call)).map(describe) };
}

export async function getIndexState(
  request: Received<"GetIndexStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetIndexStateResponse">> {
  const [index] = (await indexesOf(request, call)).map(describe);
  return { state: index?.state, fail_reason: index?.index_state_fail_reason };
}

export async function getIndexBuildProgress(
  request: Received<"GetIndexBuildProgressRequest">,
  call: RpcCall,
): Promise<Sent<"GetIndexBuildProgressResponse">> {
  const indexes = await indexesOf(request, call);
  return {
    indexed_rows: indexes.reduce((sum, index) => sum + index.indexedRows, 0),
    total_rows: indexes.reduce((sum, index) => sum + index.totalRows, 0),
  };
}

/** Drops the index of a name; without one those of the field, without both all. What is missing is dropped already. */
export async function dropIndex(request: Received<"DropIndexRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const collection = collectionOf(request);
  const { index_name: indexName, field_name: fieldName } = request;
  await call.execute("indexes/drop", { ...collection, ...(indexName === "" ? { fieldName } : { indexName }) });
  return {};
}

export async function alterIndex(request: Received<"AlterIndexRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const { extra_params: pairs, delete_keys: propertyKeys } = request;
  oneOf("index", pairs, propertyKeys);
  const index = { ...collectionOf(request), indexName: request.index_name };
  if (pairs.length > 0) await call.execute("indexes/alter_properties", { ...index, properties: recordOf(pairs) });
  else await call.execute("indexes/drop_properties", { ...index, propertyKeys });
  return {};
}
