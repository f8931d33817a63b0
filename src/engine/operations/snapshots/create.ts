import { failure } from "../../../errors.js";
import { requireRoom } from "../../model/room.js";
import { checkSnapshotName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** A week: longer than any client's retries. */
const MAX_PROTECTION_SECONDS = 604_800;

/**
 * Copies a collection as it is at this moment; answers when the copy is safe.
 *
 * @throws InvalidParameter, DatabaseNotFound, CollectionNotFound, SnapshotExists, DiskFull
 */
export const createSnapshot: Operation<"snapshots/create"> = {
  path: "snapshots/create",
  async run(ctx, request) {
    const name = checkSnapshotName(request.snapshotName);
    checkProtection(request.compactionProtectionSeconds ?? 0);
    const collection = requireCollection(ctx, request);
    const others = ctx.snapshots.all().filter(({ collectionId }) => collectionId === collection.id);
    if (!others.some((known) => known.name === name))
      requireRoom(`snapshots of collection ${collection.name}`, others.length);
    await ctx.snapshots.create(collection, name, request.description ?? "");
    return { data: {} };
  },
  recall(ctx, request) {
    const { id } = requireCollection(ctx, request);
    const name = checkSnapshotName(request.snapshotName);
    const isThere = ctx.snapshots.all().some((made) => made.collectionId === id && made.name === name);
    // One that was being made went with who made it.
    return isThere ? { data: {} } : undefined;
  },
};

function checkProtection(seconds: number): void {
  const rule =
    seconds < 0
      ? "must be non-negative"
      : seconds > MAX_PROTECTION_SECONDS
        ? `must not exceed ${MAX_PROTECTION_SECONDS}`
        : undefined;
  if (rule !== undefined) throw failure("InvalidParameter", { text: `compaction_protection_seconds ${rule}` });
}
