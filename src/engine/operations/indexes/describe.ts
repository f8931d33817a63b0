import { failure } from "../../../errors.js";
import type { Collection, IndexDescription } from "../../model/collection.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

export interface IndexRequest extends CollectionRequest {
  readonly indexName: string;
}

/** Request of every endpoint that names one index. */
export const indexRequest = {
  dbName,
  collectionName,
  indexName: { kind: "string", required: true },
} as const;

export interface IndexState {
  readonly indexName: string;
  readonly fieldName: string;
  readonly indexType: string;
  /** Empty for a scalar index. */
  readonly metricType: string;
  /** Live rows: `indexedRows` + `pendingRows`. */
  readonly totalRows: number;
  readonly indexedRows: number;
  /** Rows of loaded partitions that wait for a graph being built; they are found by exact search meanwhile. */
  readonly pendingRows: number;
  /** `InProgress`, `Failed` or `Finished`. */
  readonly indexState: string;
  readonly failReason: string;
}

/** The index of a name. */
export function indexByName(collection: Collection, name: string): IndexDescription | undefined {
  return collection.indexes.find((i) => i.name === name.trim());
}

/**
 * Type and progress of one index.
 *
 * @throws CollectionNotFound, IndexNotFound
 */
export const describeIndex: Operation<IndexRequest, readonly IndexState[]> = {
  path: "indexes/describe",
  requestType: "IndexReq",
  writes: false,
  request: indexRequest,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const index = indexByName(collection, request.indexName);
    if (index === undefined) throw failure("IndexNotFound", { index: request.indexName });
    const scalar = index.metricType === "";
    const rows = scalar ? ctx.entities.countRows(collection) : 0;
    const progress = scalar
      ? { total: rows, indexed: rows, pending: 0, failReason: "" }
      : ctx.loader.indexProgress(collection.id, index.fieldId);
    return {
      data: [
        {
          indexName: index.name,
          fieldName: index.fieldName,
          indexType: index.indexType,
          metricType: index.metricType,
          totalRows: progress.total,
          indexedRows: progress.indexed,
          pendingRows: progress.pending,
          indexState: stateName(progress),
          failReason: progress.failReason,
        },
      ],
    };
  },
};

/** A failed build wins over rows that still wait. */
function stateName(progress: { readonly pending: number; readonly failReason: string }): string {
  if (progress.failReason !== "") return "Failed";
  return progress.pending > 0 ? "InProgress" : "Finished";
}
