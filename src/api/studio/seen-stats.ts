import type { EngineStats } from "../../engine/index.js";
import { isElanusError } from "../../errors.js";
import type { EnginePort, PortOptions } from "../engine-port.js";

/** What is in memory, without the collections that the caller does not see. */
export async function seenStats(engine: EnginePort, stats: EngineStats, { caller }: PortOptions): Promise<EngineStats> {
  if (caller === undefined) return stats;
  const seen = new Map<string, Promise<boolean>>();
  const isSeen = (dbName: string, collectionName: string): Promise<boolean> => {
    const key = JSON.stringify([dbName, collectionName]);
    const known = seen.get(key);
    if (known !== undefined) return known;
    const asked = engine.permit("collections/get_stats", { dbName, collectionName }, { caller }).then(
      () => true,
      (error: unknown) => {
        if (isElanusError(error, "PermissionDenied")) return false;
        throw error;
      },
    );
    seen.set(key, asked);
    return asked;
  };
  const shown = await Promise.all(stats.segments.map(({ database, collection }) => isSeen(database, collection)));
  return { ...stats, segments: stats.segments.filter((_, i) => shown[i]) };
}
