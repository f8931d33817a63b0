import type { EngineContext } from "../../context.js";
import { freeLeftover } from "../../entities/leftovers.js";
import { failpoint } from "../../failpoints.js";
import type { Leftover } from "../../model/collection.js";

/** Frees what a collection does not need any more, in slices; one that is dropped meanwhile needs nothing. */
export async function freeLeftovers(
  ctx: EngineContext,
  collectionId: number,
  leftovers: readonly Leftover[],
): Promise<void> {
  for (const leftover of leftovers) {
    // A copy that has begun before holds its values.
    await ctx.snapshots.settled(collectionId);
    const goesOn = (): boolean =>
      !ctx.entities.filling.has(leftover.name) &&
      ctx.catalog.byId(collectionId)?.leftovers.some(({ name, emptied }) => name === leftover.name && !emptied) ===
        true;
    if (!goesOn()) continue;
    await freeLeftover(leftover, {
      sql: ctx.sql,
      collectionId,
      lastRowId: ctx.catalog.numbers(collectionId).nextRowId - 1,
      slice: (work) => ctx.lazily(() => ctx.transaction(work)),
      finish: (work) =>
        ctx.transaction(() => {
          work();
          ctx.catalog.leftoverFreed(collectionId, leftover);
        }),
      goesOn() {
        failpoint("mid-compaction");
        return goesOn();
      },
    });
  }
}
