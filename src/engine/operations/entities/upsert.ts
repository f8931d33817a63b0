import { failure } from "../../../errors.js";
import { oldestLiving } from "../../entities/entity-store.js";
import { storedRow } from "../../entities/write-rows.js";
import { primaryField } from "../../model/schema.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { partitionRouter, rowsOf, type WriteRequest, writeBatch, writeShape } from "./write.js";

export interface UpsertRequest extends WriteRequest {
  /** Only the given fields change; a new key must bring all required fields. */
  readonly partialUpdate?: boolean;
}

export interface UpsertResult {
  readonly upsertCount: number;
  readonly upsertIds: readonly (number | bigint | string)[];
}

/** Replaces entities by primary key, or inserts them; all or none. */
export const upsertEntities: Operation<UpsertRequest, UpsertResult> = {
  path: "entities/upsert",
  requestType: "CollectionDataReq",
  request: { ...writeShape, partialUpdate: { kind: "bool" } },
  writes: true,
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const rows = rowsOf(request.data);
    const route = partitionRouter(ctx, collection, request.partitionName);
    const partial = request.partialUpdate === true;
    if (partial && !isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
    const table = ctx.entities.table(collection);
    const newerThan = oldestLiving(collection, ctx.now());
    const upsertIds = writeBatch(ctx, collection, rows, route, {
      operation: "upsert",
      ...(partial ? { existing: (key) => storedRow(table, key, newerThan) } : {}),
    });
    return {
      data: { upsertCount: rows.length, upsertIds },
      cost: 0,
      int64: primaryField(collection.schema).type === "Int64" ? ["upsertIds"] : [],
    };
  },
};
