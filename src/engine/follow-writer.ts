import type { EngineContext } from "./context.js";
import { ChangeReader } from "./storage/change-log.js";

/**
 * Brings the memory of a reader up to what the writer beside it has done.
 * @returns call it when a newer state of the file is held, and nobody reads
 */
export function followWriter(ctx: EngineContext): () => Promise<void> {
  const { catalog, access, entities, loader } = ctx;
  const reader = new ChangeReader(ctx.sql);
  let lost = false;
  return async () => {
    try {
      const changes = reader.next();
      if (changes.catalogue || lost) {
        catalog.reload();
        access.reload();
      }
      if (lost) loader.forgetAll();
      for (const { id } of catalog.allCollections()) {
        if (lost || changes.catalogue || changes.collections.has(id)) entities.rowsChanged(id);
      }
      await loader.followWriter(changes);
      lost = false;
    } catch (error) {
      // Some of it may have been taken over: everything is read anew the next time.
      lost = true;
      throw error;
    }
  };
}
