import type { SnapshotJobDescription } from "../../../engine/contract/jobs.js";
import { RestoreSnapshotState } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf } from "./parts.js";

/** A copy takes as long as it takes: it goes on when the caller has gone. */
export async function createSnapshot(
  request: Received<"CreateSnapshotRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.executeUnhurried("snapshots/create", {
    ...snapshotOf(request),
    description: request.description,
    compactionProtectionSeconds: Number(request.compaction_protection_seconds),
  });
  return {};
}

export async function dropSnapshot(request: Received<"DropSnapshotRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("snapshots/drop", snapshotOf(request));
  return {};
}

export async function listSnapshots(
  request: Received<"ListSnapshotsRequest">,
  call: RpcCall,
): Promise<Sent<"ListSnapshotsResponse">> {
  const { data } = await call.execute("snapshots/list", collectionOf(request));
  return { snapshots: data };
}

export async function describeSnapshot(
  request: Received<"DescribeSnapshotRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeSnapshotResponse">> {
  const { data } = await call.execute("snapshots/describe", snapshotOf(request));
  return {
    name: data.snapshotName,
    description: data.description,
    collection_name: data.collectionName,
    partition_names: data.partitionNames,
    create_ts: data.createTs,
    s3_location: data.s3Location,
  };
}

export async function restoreSnapshot(
  request: Received<"RestoreSnapshotRequest">,
  call: RpcCall,
): Promise<Sent<"RestoreSnapshotResponse">> {
  const { data } = await call.execute("snapshots/restore", {
    ...snapshotOf(request),
    targetDbName: request.target_db_name,
    targetCollectionName: request.target_collection_name,
  });
  return { job_id: data.jobId };
}

export async function getRestoreSnapshotState(
  request: Received<"GetRestoreSnapshotStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetRestoreSnapshotStateResponse">> {
  const { data } = await call.execute("jobs/snapshot/describe", { jobId: Number(request.job_id) });
  return { info: infoOf(data) };
}

export async function listRestoreSnapshotJobs(
  request: Received<"ListRestoreSnapshotJobsRequest">,
  call: RpcCall,
): Promise<Sent<"ListRestoreSnapshotJobsResponse">> {
  const { data } = await call.execute("jobs/snapshot/list", collectionOf(request));
  return { jobs: data.records.map(infoOf) };
}

export async function pinSnapshotData(
  request: Received<"PinSnapshotDataRequest">,
  call: RpcCall,
): Promise<Sent<"PinSnapshotDataResponse">> {
  const ttlSeconds = Number(request.ttl_seconds);
  const { data } = await call.execute("snapshots/pin", { ...snapshotOf(request), ttlSeconds });
  return { pin_id: data.pinId };
}

export async function unpinSnapshotData(
  request: Received<"UnpinSnapshotDataRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("snapshots/unpin", { pinId: Number(request.pin_id) });
  return {};
}

/** Answers when the files are there, however long that takes. */
export async function exportSnapshot(
  request: Received<"ExportSnapshotRequest">,
  call: RpcCall,
): Promise<Sent<"ExportSnapshotResponse">> {
  const { data } = await call.executeUnhurried("jobs/snapshot/export", {
    ...snapshotOf(request),
    targetS3Path: request.target_s3_path,
    externalSpec: request.external_spec,
  });
  return { snapshot_metadata_uri: data.snapshotMetadataURI, job_id: data.jobId };
}

export async function getExportSnapshotState(
  request: Received<"GetExportSnapshotStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetExportSnapshotStateResponse">> {
  const { data: job } = await call.execute("jobs/snapshot/describe", { jobId: Number(request.job_id) });
  return {
    info: {
      ...infoOf(job),
      total_files: 1,
      copied_files: 1,
      snapshot_metadata_uri: job.snapshotMetadataURI ?? "",
      total_bytes: job.totalBytes ?? 0,
    },
  };
}

export async function restoreExternalSnapshot(
  request: Received<"RestoreExternalSnapshotRequest">,
  call: RpcCall,
): Promise<Sent<"RestoreExternalSnapshotResponse">> {
  const { data } = await call.execute("jobs/snapshot/restore_external", {
    dbName: request.db_name,
    targetCollectionName: request.target_collection_name,
    snapshotMetadataURI: request.snapshot_metadata_uri,
    externalSpec: request.external_spec,
  });
  return { job_id: data.jobId };
}

function snapshotOf(request: { readonly db_name: string; readonly collection_name: string; readonly name: string }) {
  return { ...collectionOf(request), snapshotName: request.name };
}

function infoOf(job: SnapshotJobDescription): Sent<"RestoreSnapshotInfo"> {
  return {
    job_id: job.jobId,
    snapshot_name: job.snapshotName,
    db_name: job.dbName,
    collection_name: job.collectionName,
    // The states of exports have the same names and numbers.
    state: RestoreSnapshotState[job.state.replace("Export", "Restore") as keyof typeof RestoreSnapshotState],
    progress: job.progress,
    reason: job.reason,
    start_time: job.startTime,
    time_cost: job.timeCost,
  };
}
