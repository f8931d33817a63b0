import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { DeleteResult } from "../../contract/entities.js";
import { locateKeys } from "../../entities/find-rows.js";
import { type Selection, selectRowIds, selectRowIdsByPartition } from "../../entities/read-rows.js";
import { type Collection, hasPartitionKey, type Partition } from "../../model/collection.js";
import { type PrimaryKey, primaryField } from "../../model/schema.js";
import { requireLoaded } from "../../query/read-partitions.js";
import { onlyRows, sampleRows, selectionOf } from "../../query/selection.js";
import { remove } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { requireCollection, requirePartition } from "../resolve.js";
import { decodeIds } from "./ids.js";

/**
 * Deletes entities by filter or by id. Pure key filters and ids work on a released collection too.
 *
 * @throws ParameterMismatch without filter and id: an empty filter never deletes everything
 */
export const deleteEntities: Operation<"entities/delete"> = {
  path: "entities/delete",
  run(ctx, request) {
    const { filter, id } = request;
    const hasFilter = filter !== undefined && filter !== "";
    if (!hasFilter && id === undefined) {
      throw failure("ParameterMismatch", {
        text: "invalid expression",
        expected: "valid expr",
        actual: "empty expr",
      });
    }
    const collection = requireCollection(ctx, request);
    if (hasFilter && id !== undefined) throw failure("IdAndFilter");
    if (!hasFilter) {
      const keys = decodeIds(primaryField(collection.schema), id);
      return removed(ctx, collection, byKeys(ctx, collection, keys, partitionOf(collection, request.partitionName)));
    }
    if (filter.trim() === "") throw failure("AlwaysTrueDelete", { expression: filter });
    const compiled = ctx.filters.compile(collection, filter, request.exprParams, "delete");
    if (compiled.plan.alwaysTrue && compiled.plan.sample === undefined) {
      throw failure("AlwaysTrueDelete", { expression: filter });
    }
    const partition = partitionOf(collection, request.partitionName);
    if (compiled.plan.primaryKeys !== undefined) {
      return removed(ctx, collection, byKeys(ctx, collection, compiled.plan.primaryKeys, partition));
    }
    const partitions = requireLoaded(ctx, collection, partition === undefined ? undefined : [partition]);
    const table = ctx.entities.table(collection);
    return removed(ctx, collection, () => {
      let selection: Selection = { ...selectionOf(ctx, collection, partitions, compiled), living: undefined };
      if (compiled.plan.sample !== undefined) {
        selection = onlyRows(selection, sampleRows(table, selection, compiled.plan.sample));
      }
      const [only] = partitions;
      return partitions.length === 1 && only !== undefined
        ? new Map([[only.id, selectRowIds(table, selection)]])
        : selectRowIdsByPartition(table, selection);
    });
  },
};

function partitionOf(collection: Collection, name: string | undefined): Partition | undefined {
  if (name === undefined || name === "") return undefined;
  if (hasPartitionKey(collection)) throw failure("PartitionKeyNames");
  return requirePartition(collection, name);
}

function byKeys(
  ctx: EngineContext,
  collection: Collection,
  keys: readonly PrimaryKey[],
  partition: Partition | undefined,
): () => Map<number, number[]> {
  return () => {
    const found = locateKeys(ctx.entities.table(collection), keys);
    if (partition === undefined) return found;
    return new Map([...found].filter(([id]) => id === partition.id));
  };
}

/** Expired rows go too: a delete removes what it names. */
function removed(
  ctx: EngineContext,
  collection: Collection,
  find: () => Map<number, number[]>,
): { data: DeleteResult } {
  return { data: { deleteCount: remove(ctx, collection, find) } };
}
