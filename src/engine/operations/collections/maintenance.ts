import { failure } from "../../../errors.js";
import { livingRows } from "../../entities/expiry.js";
import { selectRowIdsByPartition } from "../../entities/read-rows.js";
import { remove, truncate } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** Removes all entities of all partitions; schema, partitions, indexes and load state stay. */
export const truncateCollection: Operation<"collections/truncate"> = {
  path: "collections/truncate",
  async run(ctx, request) {
    const { id, name } = requireCollection(ctx, request);
    // A load that is under way would bring rows back.
    await ctx.loader.settled(id);
    const collection = ctx.catalog.byId(id);
    if (collection === undefined) throw failure("CollectionMissing", { collection: name });
    truncate(ctx, collection);
    return { data: {} };
  },
};

/** Removes expired entities (TTL) and answers an id; there is nothing to poll for. */
export const compactCollection: Operation<"collections/compact"> = {
  path: "collections/compact",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const table = ctx.entities.table(collection);
    const living = livingRows(collection, ctx.now());
    const compactionID = ctx.transaction(() => ctx.catalog.sequences.nextId());
    if (living !== undefined) {
      const filter = { text: `NOT ${living.text}`, params: living.params };
      remove(ctx, collection, () => selectRowIdsByPartition(table, { filter }));
    }
    return { data: { compactionID } };
  },
};

/** A compaction is complete when `compact` has answered. */
export const getCompactionState: Operation<"collections/get_compaction_state"> = {
  path: "collections/get_compaction_state",
  run: (_ctx, request) => ({
    data: {
      compactionID: request.jobID ?? request.compactionID ?? 0,
      state: "Completed",
      executingPlanNumber: 0,
      timeoutPlanNumber: 0,
      completedPlanNumber: 0,
    },
  }),
};
