import { failure } from "../../../errors.js";
import { begunAnew } from "../../../values/outdated.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { RecordBatch } from "../../contract/column.js";
import type { QueryRequest } from "../../contract/entities.js";
import type { Explanation } from "../../contract/explanation.js";
import type { Reply } from "../../contract/reply.js";
import type { Selection } from "../../entities/read-rows.js";
import { isScan, type LongFilter } from "../../entities/row-pieces.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { aggregateRows } from "../../query/aggregation/aggregate-rows.js";
import { type AggregateOutput, readAggregateOutput } from "../../query/aggregation/aggregates.js";
import { explainQuery } from "../../query/explain.js";
import { foundInSlices, type Wanted } from "../../query/found-in-slices.js";
import { type Output, planOutput } from "../../query/output.js";
import { countOfElements, readElements } from "../../query/query-elements.js";
import { readQueryOrder } from "../../query/query-order.js";
import { checkStillThere, partitionsToRead, readRows } from "../../query/query-rows.js";
import { namedPartitions } from "../../query/read-partitions.js";
import { compileFilter, longFilter, onlyRows, sampleRows, selectionOf } from "../../query/selection.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { readTimeZone } from "./time-zone.js";

/** Entities that a filter selects, in ascending order of the primary key or as asked; or what they come to, by group. */
export const queryEntities: Operation<"entities/query"> = {
  path: "entities/query",
  run: (ctx, request, limits) => begunAnew((mayPause) => run(ctx, request, limits, mayPause)),
};

/** @param mayPause false: the rows are read without letting the event loop run, once they are found */
function run(
  ctx: EngineContext,
  request: QueryRequest,
  limits: CallLimits,
  mayPause: boolean,
): Reply<RecordBatch> | Promise<Reply<RecordBatch>> {
  const collection = requireCollection(ctx, request);
  const { schema } = collection;
  checkConsistencyLevel(request.consistencyLevel);
  const names = request.outputFields ?? ALL_FIELDS;
  const timeZone = readTimeZone(request);
  const aggregates = readAggregateOutput(schema, request.outputFields, request.groupByFields, request.orderByFields);
  const order = aggregates === undefined ? readQueryOrder(schema, request.orderByFields) : [];
  const output = aggregates === undefined ? planOutput(collection, names, true, timeZone) : undefined;
  const shown = window(request, aggregates, order.length > 0);
  const filter = compileFilter(ctx, collection, request.filter, request.exprParams, timeZone);
  const named = namedPartitions(collection, request.partitionNames, "PartitionKeyQueryNames");
  const partitions = partitionsToRead(ctx, collection, named, limits);
  const table = ctx.entities.table(collection);
  const whole = selectionOf(ctx, collection, partitions, filter, limits.asOf);
  const sample = filter?.plan.sample;
  const elements = filter?.elements;
  const still = () => checkStillThere(ctx, { collection, partitions }, limits);
  const long = longFilter(ctx, table, whole, filter);
  const dear = (long?.cost ?? 0) >= DEAR;
  const led = aggregates !== undefined && dear && !isScan(table, whole);
  // What groups or aggregates rows as they are sees to its slices itself, but where an index leads to rows with a dear filter.
  const slicesItself = aggregates !== undefined && elements === undefined && sample === undefined && !led;
  const answer = (among: Selection) => {
    const draws = sample !== undefined && among === whole;
    const selection = draws ? onlyRows(whole, sampleRows(table, whole, sample, ctx.random)) : among;
    if (aggregates !== undefined && elements !== undefined) {
      return { data: countOfElements(table, selection, elements, aggregates) };
    }
    if (aggregates !== undefined) {
      const zone = timeZone ?? collection.properties["timezone"];
      const how = { led: led && selection === whole, dear: slicesItself && dear, mayPause };
      const query = { collection, table, selection, ...how, output: aggregates, ...shown, timeZone: zone, still };
      return replyWith(aggregateRows(ctx, query, limits));
    }
    const plan = { collection, table, partitions, selection, output: output as Output, order, ...shown, mayPause };
    const told =
      limits.explain === true ? explainQuery(collection, { ...plan, selection: whole }, among !== whole) : undefined;
    return elements === undefined
      ? replyWith(readRows(ctx, plan, limits), told)
      : replyWith(readElements(plan, elements, limits), told);
  };
  const byKey = aggregates === undefined && order.length === 0;
  const wanted = (filter: LongFilter): Wanted => ({
    collection,
    table,
    selection: whole,
    filter,
    byKey,
    most: byKey ? shown.limit + shown.offset : Number.POSITIVE_INFINITY,
    sample,
    still,
  });
  return foundInSlices(
    ctx,
    limits,
    long !== undefined && !slicesItself && (byKey || dear || sample !== undefined) ? [wanted(long)] : [],
    () => answer(whole),
    ([rowIds = []]) => answer(onlyRows(whole, rowIds)),
  );
}

/** Rows that a cheaper filter lets through are sorted or counted sooner than they are brought out and put in again. */
const DEAR = 4;

/** What query and get show when nobody asks for anything else. */
export const ALL_FIELDS: readonly string[] = ["*"];

export function replyWith(
  rows: RecordBatch | Promise<RecordBatch>,
  told?: Explanation,
): Reply<RecordBatch> | Promise<Reply<RecordBatch>> {
  const reply = (data: RecordBatch): Reply<RecordBatch> => ({ data, ...(told !== undefined && { explanation: told }) });
  return rows instanceof Promise ? rows.then(reply) : reply(rows);
}

/** @param sorted rows come in an order that was asked for */
function window(
  request: QueryRequest,
  aggregates: AggregateOutput | undefined,
  sorted: boolean,
): { limit: number; offset: number } {
  const given = request.limit ?? DEFAULT_LIMIT;
  const all = given === Number.POSITIVE_INFINITY;
  if (sorted && (all || given <= 0)) {
    throw failure("InvalidParameter", { text: "ORDER BY requires explicit limit" });
  }
  const empty = request.filter === undefined || request.filter.trim() === "";
  if ((all || given <= 0) && empty && aggregates === undefined) throw failure("EmptyExpression");
  if (all) return { limit: given, offset: 0 };
  const offset = Math.max(0, request.offset ?? 0);
  const limit = given <= 0 ? Math.max(0, MAX_RESULT_WINDOW - offset) : given;
  if (limit + offset > MAX_RESULT_WINDOW) {
    throw failure("QueryWindow", { value: limit + offset, limit: MAX_RESULT_WINDOW });
  }
  return { limit, offset };
}
