import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { partitionRouter, rowsOf, writeBatch } from "./write.js";

/**
 * Inserts a batch of entities, all or none. A primary key that exists is overwritten.
 *
 * Differs from Milvus: there both copies stay until compaction.
 */
export const insertEntities: Operation<"entities/insert"> = {
  path: "entities/insert",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const rows = rowsOf(request.data);
    const route = partitionRouter(ctx, collection, request.partitionName);
    const insertIds = writeBatch(ctx, collection, rows, route, { operation: "insert" });
    return {
      data: { insertCount: rows.length, insertIds },
      cost: 0,
    };
  },
};
