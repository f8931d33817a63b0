import { beginsAsAggregate, parseAggregate } from "../../../engine/contract/aggregate-name.js";
import type { StoredColumn } from "../../../engine/contract/column.js";
import { refuseFutureMessageFields } from "../../../engine/contract/future-fields.js";
import { failure } from "../../../errors.js";
import { iteratorMoment } from "../clock.js";
import { readTemplates } from "../columns/templates.js";
import { writeColumns } from "../columns/write-column.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { consistencyOf } from "./consistency.js";
import { collectionOf } from "./parts.js";
import { checkCollectionId, RequestParams, timesOf, timeZoneOf } from "./request-params.js";

/** Rows by a filter. Without a limit all of them: the 16384 of other forms does not apply. */
export async function query(request: Received<"QueryRequest">, call: RpcCall): Promise<Sent<"QueryResults">> {
  refuseFutureMessageFields("entities/query", request, []);
  const params = new RequestParams(request.query_params);
  const collection = collectionOf(request);
  await checkCollectionId("entities/query", params, collection, call);
  const limit = params.integer("limit");
  const groupByFields = params.list("group_by_fields");
  const orderByFields = params.list("order_by_fields");
  const iterates = params.flag("iterator");
  if (iterates && orderByFields.length > 0) {
    throw failure("InvalidParameter", { text: "ORDER BY with iterator is not supported" });
  }
  const counts =
    groupByFields.length === 0 && request.output_fields.length === 1 && isCount(request.output_fields[0] ?? "");
  if (counts && limit !== undefined) throw failure("CountPagination");
  const aggregates = groupByFields.length > 0 || request.output_fields.some(beginsAsAggregate);
  if (limit === undefined && !aggregates && request.expr.trim() === "") {
    throw failure("InvalidParameter", { text: "empty expression should be used with limit" });
  }
  const offset = limit === undefined ? 0 : (params.integer("offset") ?? 0);
  if (offset < 0) throw outOfWindow("offset", offset, "gte than");
  if (limit !== undefined && limit < 1) throw outOfWindow("limit", limit, "greater than");
  const exprParams = readTemplates(request.expr_template_values);
  const moment = iterates ? iteratorMoment(call.clock, request.guarantee_timestamp) : undefined;
  const asked = {
    ...collection,
    ...consistencyOf(request),
    filter: request.expr,
    outputFields: request.output_fields,
    ...(groupByFields.length > 0 && { groupByFields }),
    ...(orderByFields.length > 0 && { orderByFields }),
    ...timeZoneOf(params),
    partitionNames: request.partition_names,
    limit: limit ?? Number.POSITIVE_INFINITY,
    offset,
    ...(exprParams !== undefined && { exprParams }),
  };
  const { data: rows } = await call.execute("entities/query", asked, moment?.asOf);
  if (iterates && rows.elements !== undefined) {
    throw failure("InvalidParameter", { text: "element_filter is not supported with a query iterator" });
  }
  const key = rows.columns.find((column) => column.primaryKey)?.name ?? "";
  const times = timesOf(params, rows.timeZone);
  return {
    fields_data: writeColumns(ordered(rows.columns, rows.outputFields), times),
    collection_name: request.collection_name,
    output_fields: rows.outputFields,
    primary_field_name: key,
    element_indices: rows.elements?.map((data) => ({ indices: { data } })) ?? [],
    ...(moment !== undefined && { session_ts: moment.session }),
  };
}

function outOfWindow(name: string, value: number, rule: string): Error {
  return failure("QueryWindowPart", { name, value, rule });
}

function isCount(name: string): boolean {
  const aggregate = parseAggregate(name);
  return aggregate?.operator === "count" && aggregate.target === "*";
}

/** The primary key is always there: where it was not asked for, it comes last. */
function ordered(columns: readonly StoredColumn[], asked: readonly string[]): readonly StoredColumn[] {
  const unasked = (column: StoredColumn) => column.primaryKey && !asked.includes(column.name);
  return [...columns.filter((column) => !unasked(column)), ...columns.filter(unasked)];
}
