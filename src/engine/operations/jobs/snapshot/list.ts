import { sightOf } from "../../../access/permission.js";
import type { Operation } from "../../operation.js";
import { requireDatabase } from "../../resolve.js";
import { shownJob } from "./describe.js";

/** Restores into a database, or into one collection, of those that the caller sees. @throws DatabaseNotFound */
export const listSnapshotJobs: Operation<"jobs/snapshot/list"> = {
  path: "jobs/snapshot/list",
  run(ctx, { dbName, collectionName = "" }, { caller }) {
    const database = requireDatabase(ctx, dbName);
    const sight = sightOf(ctx.access, caller);
    const records = ctx.snapshots
      .jobs()
      .filter(
        (job) =>
          job.kind === "restore" &&
          job.database === database.name &&
          (collectionName === "" || job.collection === collectionName) &&
          sight.collection(job.database, job.collection),
      )
      .map((job) => shownJob(job, ctx.now()));
    return { data: { records } };
  },
};
