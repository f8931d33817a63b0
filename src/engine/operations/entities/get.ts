import { amongKeys } from "../../entities/values-by-key.js";
import { primaryField } from "../../model/schema.js";
import { planOutput } from "../../query/output.js";
import { QUERY_CONTEXT, readRows } from "../../query/query-rows.js";
import { namedPartitions, requireLoaded } from "../../query/read-partitions.js";
import { selectionOf } from "../../query/selection.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { checkConsistencyLevel } from "./consistency-level.js";
import { decodeIds } from "./ids.js";
import { ALL_FIELDS, replyWith } from "./query.js";

/** Entities by primary key, in ascending order; unknown keys are absent. */
export const getEntities: Operation<"entities/get"> = {
  path: "entities/get",
  run(ctx, request, limits) {
    const collection = requireCollection(ctx, request);
    checkConsistencyLevel(request.consistencyLevel);
    const key = primaryField(collection.schema);
    const keys = [...new Set(decodeIds(key, request.id))];
    const output = planOutput(collection, request.outputFields ?? ALL_FIELDS, true);
    const { partitionName } = request;
    const names = [...(request.partitionNames ?? []), ...(partitionName ? [partitionName] : [])];
    const named = namedPartitions(collection, names, "PartitionKeyQueryNames");
    const partitions = requireLoaded(ctx, collection, named, QUERY_CONTEXT);
    const table = ctx.entities.table(collection);
    const selection = { ...selectionOf(ctx, collection, partitions, undefined), filter: amongKeys(table, keys) };
    const window = { limit: keys.length, offset: 0 };
    const plan = { collection, table, partitions, selection, output, order: [], ...window, mayPause: true };
    return replyWith(readRows(ctx, plan, limits));
  },
};
