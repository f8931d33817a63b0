import { failure } from "../../../errors.js";
import { oldestLiving } from "../../entities/entity-store.js";
import { storedRow } from "../../entities/write-rows.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { partitionRouter, rowsOf, writeBatch } from "./write.js";

/** Replaces entities by primary key, or inserts them; all or none. */
export const upsertEntities: Operation<"entities/upsert"> = {
  path: "entities/upsert",
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
    };
  },
};
