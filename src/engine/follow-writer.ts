import type { EngineContext } from "./context.js";
import { watchCommits } from "./storage/data-version.js";

/**
 * Read-only beside a writer: what was read before a commit of the writer is not shown after it.
 * @returns looks whether somebody has written, and forgets what is no longer true
 */
export function followWriter(ctx: EngineContext): (settled: () => Promise<unknown>) => void {
  const changed = watchCommits(ctx.sql);
  return (settled) => {
    if (!changed()) return;
    ctx.catalog.reload();
    for (const { id } of ctx.catalog.allCollections()) ctx.entities.rowsChanged(id);
    const free = ctx.loader.retire();
    // Calls under way go on with what they have.
    settled().then(free);
  };
}
