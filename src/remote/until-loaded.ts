import type { LoadStateResult } from "../engine/contract/collections.js";
import type { OperationPath } from "../engine/contract/table.js";
import { failure } from "../errors.js";
import { after, elapsed } from "../values/clock.js";
import type { CollectionName } from "./schemas.js";

/** Operations behind which a collection is being loaded. */
const LOADS: ReadonlySet<OperationPath> = new Set([
  "collections/create",
  "collections/load",
  "collections/refresh_load",
  "partitions/load",
]);

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export function loads(path: OperationPath): boolean {
  return LOADS.has(path);
}

/**
 * Waits until what a server has begun to load is loaded: a server answers at once, and a search of a collection that is being loaded
 * fails or finds a part.
 *
 * @param loadState asks for it
 * @throws Timeout, Canceled
 */
export async function untilLoaded(
  { collectionName, dbName, partitionNames }: CollectionName & { readonly partitionNames?: unknown },
  loadState: (request: object) => Promise<LoadStateResult>,
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<void> {
  const request = {
    collectionName,
    ...(dbName !== undefined && { dbName }),
    ...(partitionNames !== undefined && { partitionNames }),
  };
  const end = elapsed() + timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    // Who may not ask does not wait.
    const { loadState: state } = await loadState(request).catch(() => ({ loadState: "LoadStateLoaded" }));
    if (state !== "LoadStateLoading") return;
    if (signal?.aborted === true) throw failure("Canceled", undefined, signal.reason);
    if (elapsed() > end) throw failure("Timeout", { context: `collection ${collectionName} is still being loaded` });
    await new Promise<void>((resolve) => void after(pause, resolve));
  }
}
