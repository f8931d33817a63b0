import { nextTurn } from "../../../values/clock.js";
import type { EngineContext } from "../../context.js";
import { freeLeftover } from "../../entities/leftovers.js";
import { failpoint } from "../../failpoints.js";
import type { Collection } from "../../model/collection.js";
import { removeExpired } from "../../write/remove-expired.js";
import type { Operation } from "../operation.js";
import { collectionNotFound, requireCollection } from "../resolve.js";

/**
 * Removes expired entities and what dropped fields have left, in slices, and answers an id; there is nothing to poll for.
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
    await freeLeftovers(ctx, current);
    return { data: { compactionID } };
  },
};

async function freeLeftovers(ctx: EngineContext, current: () => Collection): Promise<void> {
  const { id, leftovers } = current();
  for (const leftover of leftovers) {
    // A copy that has begun before the field was dropped holds its values.
    await ctx.snapshots.settled(id);
    const goesOn = () => current().leftovers.some(({ name, emptied }) => name === leftover.name && !emptied);
    if (!goesOn()) continue;
    await freeLeftover(leftover, {
      sql: ctx.sql,
      collectionId: id,
      lastRowId: ctx.catalog.numbers(id).nextRowId - 1,
      slice: (work) => ctx.lazily(() => ctx.transaction(work)),
      finish: (work) =>
        ctx.transaction(() => {
          work();
          ctx.catalog.leftoverFreed(id, leftover);
        }),
      goesOn() {
        failpoint("mid-compaction");
        return goesOn();
      },
    });
  }
}

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
