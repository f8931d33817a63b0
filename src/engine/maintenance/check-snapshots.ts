import type { EngineContext } from "../context.js";
import { snapshotRecords } from "../storage/snapshot-records.js";
import { checkSnapshotFile } from "../vector/check-snapshot-file.js";

/** Graph files that do not agree with their records or checksums. */
export function checkGraphFiles(ctx: EngineContext): string[] {
  const folder = ctx.snapshotFolder;
  if (folder === undefined) return [];
  return snapshotRecords(ctx.sql, ctx.transaction)
    .all()
    .flatMap((record) => {
      const problem = checkSnapshotFile(folder, record);
      return problem === undefined ? [] : [`snapshot ${record.file}: ${problem}; it will not be used`];
    });
}

/** Copies of collections that are missing or are not what was made, and those of no collection. */
export function checkSnapshots(ctx: EngineContext): string[] {
  const strays = ctx.snapshots.strays().map((file) => `${file} belongs to no snapshot`);
  const problems = ctx.snapshots.all().flatMap((snapshot) => {
    const collection = ctx.catalog.byId(snapshot.collectionId);
    if (collection === undefined) return [`snapshot ${snapshot.name} (${snapshot.id}) is of no collection`];
    const problem = ctx.snapshots.problem(snapshot);
    const place = `snapshot ${snapshot.name} of ${collection.database}.${collection.name}`;
    return problem === undefined ? [] : [`${place}: ${ctx.snapshots.location(snapshot)} ${problem}`];
  });
  return [...problems, ...strays];
}
