import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { RecordBatch } from "../../contract/column.js";
import type { QueryRequest } from "../../contract/entities.js";
import { countSelected, type Selection } from "../../entities/read-rows.js";
import type { Collection } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { columnReader, type Output, planOutput, recordBatch } from "../../query/output.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import {
  checkConsistencyLevel,
  compileFilter,
  namedPartitions,
  onlyRows,
  requireLoaded,
  sampleRows,
  selectionOf,
} from "./shared.js";

/** Entities that a filter selects, in ascending order of the primary key. */
export const queryEntities: Operation<"entities/query"> = {
  path: "entities/query",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    checkConsistencyLevel(request.consistencyLevel);
    const names =
      request.outputFields === undefined || request.outputFields.length === 0 ? ["*"] : request.outputFields;
    const counts = names.some(isCount);
    if (counts && names.length > 1) throw failure("OutputFieldNotFound", { field: "count(*)" });
    const output = counts ? undefined : planOutput(collection, names, true);
    const { limit, offset } = window(request, counts);
    const filter = compileFilter(ctx, collection, request.filter, request.exprParams, "query");
    const named = namedPartitions(collection, request.partitionNames);
    const partitions = requireLoaded(ctx, collection, named, "failed to query");
    const table = ctx.entities.table(collection);
    let selection: Selection = selectionOf(ctx, collection, partitions, filter);
    if (filter?.plan.sample !== undefined) {
      selection = onlyRows(selection, sampleRows(table, selection, filter.plan.sample));
    }
    if (output === undefined) return { data: countBatch(countSelected(table, selection)), cost: 0 };
    return { data: readRows(ctx, collection, selection, output, limit, offset), cost: 0 };
  },
};

function isCount(name: string): boolean {
  return name.replaceAll(" ", "").toLowerCase() === "count(*)";
}

function window(request: QueryRequest, counts: boolean): { limit: number; offset: number } {
  const given = request.limit ?? DEFAULT_LIMIT;
  const offset = Math.max(0, request.offset ?? 0);
  const empty = request.filter === undefined || request.filter.trim() === "";
  if (given <= 0 && empty && !counts) throw failure("EmptyExpression");
  const limit = given <= 0 ? Math.max(0, MAX_RESULT_WINDOW - offset) : given;
  if (limit + offset > MAX_RESULT_WINDOW) {
    throw failure("QueryWindow", { value: limit + offset, limit: MAX_RESULT_WINDOW });
  }
  return { limit, offset };
}

/** The rows of a selection in ascending order of the primary key. */
export function readRows(
  ctx: EngineContext,
  collection: Collection,
  selection: Selection,
  output: Output,
  limit: number,
  offset: number,
): RecordBatch {
  const reader = columnReader(ctx.entities.table(collection), output);
  reader.addSelected(selection, limit, offset);
  return recordBatch(reader, output);
}

/** One row with the number of entities in it. */
function countBatch(count: number): RecordBatch {
  const name = "count(*)";
  return {
    rowCount: 1,
    columns: [{ name, type: "Int64", fieldId: 0, primaryKey: false, values: [count] }],
    outputFields: [name],
  };
}
