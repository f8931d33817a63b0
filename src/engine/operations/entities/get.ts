import { fieldColumn } from "../../entities/columns.js";
import type { Condition } from "../../entities/read-rows.js";
import { type FieldSchema, type PrimaryKey, primaryField } from "../../model/schema.js";
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
    const named = namedPartitions(collection, names);
    const partitions = requireLoaded(ctx, collection, named, QUERY_CONTEXT);
    const table = ctx.entities.table(collection);
    const selection = { ...selectionOf(ctx, collection, partitions, undefined), filter: amongKeys(key, keys) };
    const plan = { collection, table, partitions, selection, output, limit: keys.length, offset: 0 };
    return replyWith(readRows(ctx, plan, limits));
  },
};

/** Above this a list in the text of a statement costs more than it saves, and SQLite bounds its parameters. */
const FEW_KEYS = 500;

function amongKeys(key: FieldSchema, keys: readonly PrimaryKey[]): Condition {
  const column = fieldColumn(key.id);
  if (keys.length <= FEW_KEYS) return { text: `${column} IN (${keys.map(() => "?").join(",")})`, params: keys };
  const list = keys.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
  return { text: `${column} IN (SELECT value FROM json_each(?))`, params: [`[${list.join(",")}]`] };
}
