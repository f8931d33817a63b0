import { failure } from "../../../errors.js";
import { begunAnew, Outdated } from "../../../values/outdated.js";
import { requireWanted } from "../../../values/wanted.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { DeleteRequest, DeleteResult } from "../../contract/entities.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { locateKeys, locateRows } from "../../entities/find-rows.js";
import { type Selection, selectRowIds, selectRowIdsByPartition } from "../../entities/read-rows.js";
import { type Collection, hasPartitionKey, type Partition } from "../../model/collection.js";
import { type PrimaryKey, primaryField } from "../../model/schema.js";
import { removedInSlices } from "../../query/found-in-slices.js";
import { requireLoaded } from "../../query/read-partitions.js";
import { longFilter, sampleRows, selectionOf } from "../../query/selection.js";
import { removeMany } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { requireCollection, requirePartition } from "../resolve.js";
import { decodeIds } from "./ids.js";

type RowsByPartition = ReadonlyMap<number, readonly number[]>;

interface DeleteReply {
  readonly data: DeleteResult;
}

/**
 * Deletes entities by filter or by id. Pure key filters and ids work on a released collection too.
 *
 * @throws ParameterMismatch without filter and id: an empty filter never deletes everything
 */
export const deleteEntities: Operation<"entities/delete"> = {
  path: "entities/delete",
  run: (ctx, request, limits) => begunAnew((mayPause) => deleteNamed(ctx, request, limits, mayPause)),
  recall: (_ctx, _request, count) => replyOf(count as number),
};

function deleteNamed(
  ctx: EngineContext,
  request: DeleteRequest,
  limits: CallLimits,
  mayPause: boolean,
): DeleteReply | Promise<DeleteReply> {
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
  const still = () => {
    requireWanted(limits.signal);
    if (ctx.catalog.byId(collection.id) !== collection) throw new Outdated();
  };
  /** Expired rows go too: a delete removes what it names. */
  const removed = (find: () => RowsByPartition, most: number) => {
    const count = removeMany(ctx, collection, find, mayPause ? most : 0, still);
    return count instanceof Promise ? count.then(replyOf) : replyOf(count);
  };
  if (hasFilter && id !== undefined) throw failure("IdAndFilter");
  if (!hasFilter) {
    const keys = decodeIds(primaryField(collection.schema), id);
    const find = byKeys(ctx, collection, keys, partitionOf(collection, request.partitionName));
    return removed(find, keys.length);
  }
  if (filter.trim() === "") throw failure("AlwaysTrueDelete", { expression: filter });
  const compiled = ctx.filters.compile(collection, filter, request.exprParams, "delete");
  const { alwaysTrue, primaryKeys, sample } = compiled.plan;
  if (alwaysTrue && sample === undefined) throw failure("AlwaysTrueDelete", { expression: filter });
  const partition = partitionOf(collection, request.partitionName);
  if (primaryKeys !== undefined) {
    return removed(byKeys(ctx, collection, primaryKeys, partition), primaryKeys.length);
  }
  const partitions = requireLoaded(ctx, collection, partition === undefined ? undefined : [partition]);
  const table = ctx.entities.table(collection);
  const selection: Selection = { ...selectionOf(ctx, collection, partitions, compiled), living: undefined };
  const version = ctx.entities.version(collection.id);
  const [first, ...others] = partitions;
  const only = others.length === 0 ? first : undefined;
  const among = (rowIds: number[]) => {
    const areThere = ctx.entities.version(collection.id) === version;
    const found = only !== undefined && areThere ? new Map([[only.id, rowIds]]) : locateRows(table, rowIds);
    return removed(asFound(ctx, table, found), rowIds.length);
  };
  const whole = () => {
    if (sample !== undefined) return among(sampleRows(table, selection, sample, ctx.random));
    if (only !== undefined) return among(selectRowIds(table, selection));
    const found = selectRowIdsByPartition(table, selection);
    const count = [...found.values()].reduce((sum, { length }) => sum + length, 0);
    return removed(asFound(ctx, table, found), count);
  };
  const long = longFilter(ctx, table, selection, compiled);
  if (!mayPause || long === undefined) return whole();
  return removedInSlices(ctx, limits, { collection, table, selection, filter: long, sample, still }, whole, among);
}

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

/** Rows that were found now, also when the transaction that removes them begins later: some may have gone. */
function asFound(ctx: EngineContext, table: EntityTable, found: RowsByPartition): () => RowsByPartition {
  const version = ctx.entities.version(table.collectionId);
  return () =>
    ctx.entities.version(table.collectionId) === version ? found : locateRows(table, [...found.values()].flat());
}

function replyOf(deleteCount: number): DeleteReply {
  return { data: { deleteCount } };
}
