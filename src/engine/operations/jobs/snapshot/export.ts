import { failure } from "../../../../errors.js";
import type { SnapshotJob } from "../../../snapshots/job-table.js";
import type { Operation } from "../../operation.js";
import { requireSnapshot, requireText } from "../../snapshots/resolve.js";
import { restoreTarget } from "../../snapshots/restore.js";

/**
 * Writes a snapshot into a folder. Answers when it is there.
 *
 * @throws MissingParameter, CollectionNotFound, SnapshotNotFound, ExportExists, Unsupported, DiskFull
 */
export const exportSnapshot: Operation<"jobs/snapshot/export"> = {
  path: "jobs/snapshot/export",
  async run(ctx, request) {
    const what = "export snapshot";
    requireText(request.targetS3Path, "target_s3_path", what);
    refuseSpec(request.externalSpec);
    const { collection, snapshot } = requireSnapshot(ctx, request, what);
    const folder = ctx.files.path(request.targetS3Path);
    const { metadataFile, jobId } = await ctx.snapshots.export(snapshot, collection, folder);
    return { data: { snapshotMetadataURI: metadataFile, jobId } };
  },
  recall(ctx, _request, id) {
    const jobId = id as number;
    return { data: { snapshotMetadataURI: ctx.snapshots.job(jobId)?.target ?? "", jobId } };
  },
};

/**
 * Begins to make a collection out of what an export has written.
 *
 * @throws MissingParameter, DatabaseNotFound, CollectionExists, CollectionNameIsAlias, CollectionLimit, Unsupported, IoFailed
 */
export const restoreExternalSnapshot: Operation<"jobs/snapshot/restore_external"> = {
  path: "jobs/snapshot/restore_external",
  run(ctx, request) {
    const what = "restore external snapshot";
    requireText(request.targetCollectionName, "target_collection_name", what);
    requireText(request.snapshotMetadataURI, "snapshot_metadata_uri", what);
    refuseSpec(request.externalSpec);
    const file = ctx.files.path(request.snapshotMetadataURI);
    const target = restoreTarget(ctx, request.dbName, request.targetCollectionName);
    return { data: { jobId: ctx.snapshots.restoreExported(file, target) } };
  },
  recall: (_ctx, _request, job) => ({ data: { jobId: (job as SnapshotJob).id } }),
};

function refuseSpec(externalSpec = ""): void {
  if (externalSpec !== "")
    throw failure("Unsupported", { what: "externalSpec is not supported by the embedded engine" });
}
