import { namedCollections } from "../../contract/caller.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** Flushes a collection, or several of one database: every write is durable when it answers, so the log is moved into the file. */
export const flushCollection: Operation<"collections/flush"> = {
  path: "collections/flush",
  async run(ctx, request) {
    const { dbName } = request;
    for (const collectionName of namedCollections(request)) {
      requireCollection(ctx, { ...(dbName !== undefined && { dbName }), collectionName });
    }
    await ctx.checkpoint();
    return { data: {} };
  },
};

/** Flushes everything. */
export const flushAll: Operation<"collections/flush_all"> = {
  path: "collections/flush_all",
  async run(ctx) {
    await ctx.checkpoint();
    return { data: {} };
  },
};

/** A flush is complete when it has answered. */
export const getFlushState: Operation<"collections/get_flush_state"> = {
  path: "collections/get_flush_state",
  run: () => ({ data: { flushed: true } }),
};
