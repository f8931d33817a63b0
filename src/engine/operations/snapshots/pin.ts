import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { requireSnapshot } from "./resolve.js";

const MAX_PIN_SECONDS = 30 * 24 * 60 * 60;

/**
 * Holds on to a snapshot: it cannot be dropped for some time.
 *
 * @throws MissingParameter, CollectionNotFound, SnapshotNotFound, InvalidParameter
 */
export const pinSnapshot: Operation<"snapshots/pin"> = {
  path: "snapshots/pin",
  run(ctx, request) {
    const seconds = request.ttlSeconds ?? 0;
    if (seconds < 0) throw failure("InvalidParameter", { text: "ttl_seconds must be non-negative" });
    if (seconds > MAX_PIN_SECONDS) {
      throw failure("InvalidParameter", { text: `ttl_seconds exceeds maximum of ${MAX_PIN_SECONDS} (30 days)` });
    }
    const { snapshot } = requireSnapshot(ctx, request, "pin snapshot data");
    return { data: { pinId: ctx.snapshots.pin(snapshot, seconds) } };
  },
  recall: (_ctx, _request, pinId) => ({ data: { pinId: pinId as number } }),
};

/** Takes a pin back; one that is not there is taken back already. @throws MissingParameter */
export const unpinSnapshot: Operation<"snapshots/unpin"> = {
  path: "snapshots/unpin",
  run(ctx, { pinId }) {
    if (pinId === 0) throw failure("MissingParameter", { text: "pin_id is required for unpin snapshot data" });
    ctx.snapshots.unpin(pinId);
    return { data: {} };
  },
};
