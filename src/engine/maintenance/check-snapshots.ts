import type { EngineContext } from "../context.js";
import { snapshotRecords } from "../storage/snapshot-records.js";
import { checkSnapshotFile } from "../vector/check-snapshot-file.js";

/** Snapshot files that do not agree with their records or checksums. */
export function checkSnapshots(ctx: EngineContext): string[] {
  const folder = ctx.snapshotFolder;
  if (folder === undefined) return [];
  return snapshotRecords(ctx.sql, ctx.transaction)
    .all()
    .flatMap((record) => {
      const problem = checkSnapshotFile(folder, record);
      return problem === undefined ? [] : [`snapshot ${record.file}: ${problem}; it will not be used`];
    });
}
