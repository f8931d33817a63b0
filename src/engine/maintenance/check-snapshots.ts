import { isDeepStrictEqual } from "node:util";
import type { EngineContext } from "../context.js";
import { ownTurn } from "../entities/row-slices.js";
import { snapshotRecords } from "../storage/snapshot-records.js";
import { checkSnapshotFile } from "../vector/check-snapshot-file.js";

/** Graph files that do not agree with their records or checksums. */
export async function checkGraphFiles(ctx: EngineContext): Promise<string[]> {
  const folder = ctx.snapshotFolder;
  const problems: string[] = [];
  if (folder === undefined) return problems;
  const records = snapshotRecords(ctx.sql, ctx.transaction);
  for (const { key } of records.all()) {
    await ownTurn();
    // A build that has ended meanwhile has put another file in its place.
    const record = records.all().find((each) => isDeepStrictEqual(each.key, key));
    const problem = record === undefined ? undefined : checkSnapshotFile(folder, record);
    if (problem !== undefined) problems.push(`snapshot ${record?.file}: ${problem}; it will not be used`);
  }
  return problems;
}

/** Copies of collections that are missing or are not what was made, and those of no collection. */
export async function checkSnapshots(ctx: EngineContext): Promise<string[]> {
  const strays = ctx.snapshots.strays().map((file) => `${file} belongs to no snapshot`);
  const problems: string[] = [];
  for (const snapshot of ctx.snapshots.all()) {
    const collection = ctx.catalog.byId(snapshot.collectionId);
    const problem = await ctx.snapshots.problem(snapshot);
    // One that was dropped meanwhile has no file any more.
    if (!ctx.snapshots.all().some(({ id }) => id === snapshot.id)) continue;
    if (collection === undefined) problems.push(`snapshot ${snapshot.name} (${snapshot.id}) is of no collection`);
    else if (problem !== undefined) {
      const place = `snapshot ${snapshot.name} of ${collection.database}.${collection.name}`;
      problems.push(`${place}: ${ctx.snapshots.location(snapshot)} ${problem}`);
    }
  }
  return [...problems, ...strays];
}
