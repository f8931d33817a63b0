import { primaryField } from "../../model/schema.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { partitionRouter, rowsOf, type WriteRequest, writeBatch, writeShape } from "./write.js";

export interface InsertResult {
  /** Rows given, overwritten ones included. */
  readonly insertCount: number;
  /** Primary keys in input order; Int64 as number where that is exact, else bigint. */
  readonly insertIds: readonly (number | bigint | string)[];
}

/**
 * Inserts a batch of entities, all or none. A primary key that exists is overwritten.
 *
 * Differs from Milvus: there both copies stay until compaction.
 */
export const insertEntities: Operation<WriteRequest, InsertResult> = {
  path: "entities/insert",
  requestType: "CollectionDataReq",
  request: writeShape,
  writes: true,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const rows = rowsOf(request.data);
    const route = partitionRouter(ctx, collection, request.partitionName);
    const insertIds = writeBatch(ctx, collection, rows, route, { operation: "insert" });
    return {
      data: { insertCount: rows.length, insertIds },
      cost: 0,
      int64: primaryField(collection.schema).type === "Int64" ? ["insertIds"] : [],
    };
  },
};
