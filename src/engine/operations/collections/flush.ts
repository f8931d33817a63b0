import type { EngineContext } from "../../context.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** Every write is durable when it answers, so there is nothing to wait for; the log is moved into the file. */
function checkpoint(ctx: EngineContext): void {
  ctx.sql.exec("PRAGMA wal_checkpoint(PASSIVE)");
}

/** Flushes a collection, or several of one database. */
export const flushCollection: Operation<"collections/flush"> = {
  path: "collections/flush",
  run(ctx, { dbName, collectionName, collectionNames }) {
    for (const name of collectionNames ?? [collectionName]) {
      requireCollection(ctx, { ...(dbName !== undefined && { dbName }), collectionName: name });
    }
    checkpoint(ctx);
    return { data: {} };
  },
};

/** Flushes everything. */
export const flushAll: Operation<"collections/flush_all"> = {
  path: "collections/flush_all",
  run(ctx) {
    checkpoint(ctx);
    return { data: {} };
  },
};

/** A flush is complete when it has answered. */
export const getFlushState: Operation<"collections/get_flush_state"> = {
  path: "collections/get_flush_state",
  run: () => ({ data: { flushed: true } }),
};
