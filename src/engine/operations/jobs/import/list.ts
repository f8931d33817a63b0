import { sightOf } from "../../../access/permission.js";
import type { Operation } from "../../operation.js";
import { requireDatabase } from "../../resolve.js";
import { jobProgress } from "./describe.js";

/** Jobs of a database, or of one collection: those on collections that the caller sees. @throws DatabaseNotFound */
export const listImportJobs: Operation<"jobs/import/list"> = {
  path: "jobs/import/list",
  run(ctx, { dbName, collectionName = "" }, { caller }) {
    const database = requireDatabase(ctx, dbName);
    const only =
      collectionName === "" ? undefined : (ctx.catalog.find(database.name, collectionName)?.name ?? collectionName);
    const sight = sightOf(ctx.access, caller);
    const jobs = ctx.imports
      .all()
      .filter((job) => job.database === database.name && (only === undefined || job.collection === only))
      .filter((job) => sight.collection(job.database, job.collection));
    const records = jobs.map((job) => ({
      jobId: String(job.id),
      collectionName: job.collection,
      state: job.state,
      progress: jobProgress(job),
      ...(job.reason === "" ? {} : { reason: job.reason }),
    }));
    return { data: { records } };
  },
};
