import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { IndexState } from "../../contract/indexes.js";
import type { Collection, IndexDescription } from "../../model/collection.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** The index of a name. */
export function indexByName(collection: Collection, name: string): IndexDescription | undefined {
  return collection.indexes.find((i) => i.name === name.trim());
}

/**
 * Type and progress of one index.
 *
 * @throws CollectionNotFound, IndexNotFound
 */
export const describeIndex: Operation<"indexes/describe"> = {
  path: "indexes/describe",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const index = indexByName(collection, request.indexName);
    if (index === undefined) throw failure("IndexNotFound", { index: request.indexName });
    return { data: [indexState(ctx, collection, index)] };
  },
};

/** Type and progress of an index. */
export function indexState(ctx: EngineContext, collection: Collection, index: IndexDescription): IndexState {
  const scalar = index.metricType === "";
  const rows = scalar ? ctx.entities.countRows(collection) : 0;
  const progress = scalar
    ? { total: rows, indexed: rows, pending: 0, failReason: "" }
    : ctx.loader.indexProgress(collection.id, index.fieldId);
  return {
    indexName: index.name,
    fieldName: index.fieldName,
    indexType: index.indexType,
    metricType: index.metricType,
    totalRows: progress.total,
    indexedRows: progress.indexed,
    pendingRows: progress.pending,
    indexState: stateName(progress),
    failReason: progress.failReason,
  };
}

/** A failed build wins over rows that still wait. */
function stateName(progress: { readonly pending: number; readonly failReason: string }): string {
  if (progress.failReason !== "") return "Failed";
  return progress.pending > 0 ? "InProgress" : "Finished";
}
