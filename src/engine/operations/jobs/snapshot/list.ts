import type { Operation } from "../../operation.js";
import { requireDatabase } from "../../resolve.js";
import { shownJob } from "./describe.js";

/** Restores into a database, or into one collection. @throws DatabaseNotFound */
export const listSnapshotJobs: Operation<"jobs/snapshot/list"> = {
  path: "jobs/snapshot/list",
  run(ctx, { dbName, collectionName = "" }) {
    const database = requireDatabase(ctx, dbName);
    const records = ctx.snapshots
      .jobs()
      .filter(
        (job) =>
          job.kind === "restore" &&
          job.database === database.name &&
          (collectionName === "" || job.collection === collectionName),
      )
      .map((job) => shownJob(job, ctx.now()));
    return { data: { records } };
  },
};
