import { nextTurn } from "../../../values/clock.js";
import type { Collection } from "../../model/collection.js";
import { removeExpired } from "../../write/remove-expired.js";
import type { Operation } from "../operation.js";
import { collectionNotFound, requireCollection } from "../resolve.js";
import { freeLeftovers } from "./free-leftovers.js";

/**
 * Removes expired entities and what removed ones and dropped fields have left, in slices, and answers an id; there is nothing to poll for.
 *
 * @throws CollectionNotFound, CollectionMissing when it is dropped meanwhile
 */
export const compactCollection: Operation<"collections/compact"> = {
  path: "collections/compact",
  async run(ctx, request) {
    const { id, name } = requireCollection(ctx, request);
    const compactionID = ctx.transaction(() => ctx.catalog.sequences.nextId());
    const current = (): Collection => {
      const collection = ctx.catalog.byId(id);
      if (collection === undefined) throw collectionNotFound("", name, "missing");
      return collection;
    };
    while (removeExpired(ctx, current())) await nextTurn();
    await ctx.purger.finish(id, () => current() !== undefined);
    await freeLeftovers(ctx, id, current().leftovers);
    return { data: { compactionID } };
  },
  // What is taken away is gone.
  recall: () => undefined,
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
