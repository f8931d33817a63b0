import { failure } from "../../../errors.js";
import type { RecordBatch } from "../../contract/column.js";
import type { QueryRequest } from "../../contract/entities.js";
import type { Selection } from "../../entities/read-rows.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { planOutput } from "../../query/output.js";
import { countRows, QUERY_CONTEXT, readRows } from "../../query/query-rows.js";
import { namedPartitions, requireLoaded } from "../../query/read-partitions.js";
import { compileFilter, onlyRows, sampleRows, selectionOf } from "../../query/selection.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { readTimeZone } from "./time-zone.js";

/** Entities that a filter selects, in ascending order of the primary key. */
export const queryEntities: Operation<"entities/query"> = {
  path: "entities/query",
  run(ctx, request, limits) {
    const collection = requireCollection(ctx, request);
    checkConsistencyLevel(request.consistencyLevel);
    const names = request.outputFields ?? ALL_FIELDS;
    const counts = names.some(isCount);
    if (counts && names.length > 1) throw failure("OutputFieldNotFound", { field: "count(*)" });
    const timeZone = readTimeZone(request);
    const output = counts ? undefined : planOutput(collection, names, true, timeZone);
    const { limit, offset } = window(request, counts);
    const filter = compileFilter(ctx, collection, request.filter, request.exprParams, timeZone);
    const named = namedPartitions(collection, request.partitionNames, "PartitionKeyQueryNames");
    const partitions = requireLoaded(ctx, collection, named, QUERY_CONTEXT);
    const table = ctx.entities.table(collection);
    let selection: Selection = selectionOf(ctx, collection, partitions, filter);
    if (filter?.plan.sample !== undefined) {
      selection = onlyRows(selection, sampleRows(table, selection, filter.plan.sample));
    }
    if (output === undefined) return { data: countRows({ table, selection }) };
    return replyWith(readRows(ctx, { collection, table, partitions, selection, output, limit, offset }, limits));
  },
};

/** What query and get show when nobody asks for anything else. */
export const ALL_FIELDS: readonly string[] = ["*"];

export function replyWith(
  rows: RecordBatch | Promise<RecordBatch>,
): { data: RecordBatch } | Promise<{ data: RecordBatch }> {
  return rows instanceof Promise ? rows.then((data) => ({ data })) : { data: rows };
}

function isCount(name: string): boolean {
  return name.replaceAll(" ", "").toLowerCase() === "count(*)";
}

function window(request: QueryRequest, counts: boolean): { limit: number; offset: number } {
  const given = request.limit ?? DEFAULT_LIMIT;
  const all = given === Number.POSITIVE_INFINITY;
  const empty = request.filter === undefined || request.filter.trim() === "";
  if ((all || given <= 0) && empty && !counts) throw failure("EmptyExpression");
  if (all) return { limit: given, offset: 0 };
  const offset = Math.max(0, request.offset ?? 0);
  const limit = given <= 0 ? Math.max(0, MAX_RESULT_WINDOW - offset) : given;
  if (limit + offset > MAX_RESULT_WINDOW) {
    throw failure("QueryWindow", { value: limit + offset, limit: MAX_RESULT_WINDOW });
  }
  return { limit, offset };
}
