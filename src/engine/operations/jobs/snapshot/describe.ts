import { failure } from "../../../../errors.js";
import { sightOf } from "../../../access/permission.js";
import type { SnapshotJobDescription } from "../../../contract/jobs.js";
import type { SnapshotJob } from "../../../snapshots/job-table.js";
import type { Operation } from "../../operation.js";

/**
 * How far a restore has come. Who does not see the collection that it makes is told no names.
 *
 * @throws InvalidParameter
 */
export const describeSnapshotJob: Operation<"jobs/snapshot/describe"> = {
  path: "jobs/snapshot/describe",
  run(ctx, { jobId }, { caller }) {
    const job = /^\d{1,15}$/.test(String(jobId)) ? ctx.snapshots.job(Number(jobId)) : undefined;
    if (job === undefined) throw failure("InvalidParameter", { text: `restore job not found: jobID=${jobId}` });
    const shown = shownJob(job, ctx.now());
    const isSeen = sightOf(ctx.access, caller).collection(job.database, job.collection);
    return { data: isSeen ? shown : withoutNames(shown) };
  },
};

/** A job as surfaces show it. */
export function shownJob(job: SnapshotJob, now: number): SnapshotJobDescription {
  return {
    jobId: job.id,
    snapshotName: job.snapshot,
    dbName: job.database,
    collectionName: job.collection,
    state: `${job.kind === "export" ? "Export" : "Restore"}Snapshot${job.state}`,
    ...(job.kind === "export" && { snapshotMetadataURI: job.target, totalBytes: job.sizeBytes }),
    progress: job.progress,
    reason: job.reason,
    startTime: job.startedAt,
    timeCost: Math.max(0, (job.endedAt === 0 ? now : job.endedAt) - job.startedAt),
  };
}

function withoutNames({ snapshotMetadataURI: _place, ...job }: SnapshotJobDescription): SnapshotJobDescription {
  return { ...job, snapshotName: "", dbName: "", collectionName: "", reason: "" };
}
