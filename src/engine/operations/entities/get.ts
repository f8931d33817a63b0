import { fieldColumn } from "../../entities/columns.js";
import { primaryField } from "../../model/schema.js";
import { planOutput } from "../../query/output.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { decodeIds } from "./ids.js";
import { readRows } from "./query.js";
import { checkConsistencyLevel, namedPartitions, requireLoaded, selectionOf } from "./shared.js";

/** Entities by primary key, in ascending order; unknown keys are absent. */
export const getEntities: Operation<"entities/get"> = {
  path: "entities/get",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    checkConsistencyLevel(request.consistencyLevel);
    const key = primaryField(collection.schema);
    const keys = [...new Set(decodeIds(key, request.id))];
    const names =
      request.outputFields === undefined || request.outputFields.length === 0 ? ["*"] : request.outputFields;
    const output = planOutput(collection, names, true);
    const named = namedPartitions(collection, request.partitionNames, request.partitionName);
    const partitions = requireLoaded(ctx, collection, named, "failed to query");
    const column = fieldColumn(key.id);
    const few = keys.length <= 500;
    const condition = few
      ? { text: `${column} IN (${keys.map(() => "?").join(",")})`, params: keys }
      : { text: `${column} IN (SELECT value FROM json_each(?))`, params: [keyList(keys)] };
    const selection = { ...selectionOf(ctx, collection, partitions, undefined), filter: condition };
    return { data: readRows(ctx, collection, selection, output, keys.length, 0), cost: 0 };
  },
};

function keyList(keys: readonly (bigint | string)[]): string {
  return `[${keys.map((k) => (typeof k === "bigint" ? String(k) : JSON.stringify(k))).join(",")}]`;
}
