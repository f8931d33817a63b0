import type { MessageSpecs } from "../wire/field-table.js";

/** Snapshots of collections, and the jobs that restore them. */
export const snapshotMessages = {
  CreateSnapshotRequest: {
    name: [2, "string"],
    description: [3, "string"],
    db_name: [4, "string"],
    collection_name: [5, "string"],
    compaction_protection_seconds: [6, "int64"],
  },
  DropSnapshotRequest: {
    name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
  },
  ListSnapshotsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  ListSnapshotsResponse: {
    status: [1, "Status"],
    snapshots: [2, "string*"],
  },
  DescribeSnapshotRequest: {
    name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
  },
  DescribeSnapshotResponse: {
    status: [1, "Status"],
    name: [2, "string"],
    description: [3, "string"],
    collection_name: [4, "string"],
    partition_names: [5, "string*"],
    create_ts: [6, "int64"],
    s3_location: [7, "string"],
  },
  RestoreSnapshotRequest: {
    name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
    target_db_name: [6, "string"],
    target_collection_name: [7, "string"],
  },
  RestoreSnapshotResponse: {
    status: [1, "Status"],
    job_id: [2, "int64"],
  },
  GetRestoreSnapshotStateRequest: {
    job_id: [2, "int64"],
  },
  GetRestoreSnapshotStateResponse: {
    status: [1, "Status"],
    info: [2, "RestoreSnapshotInfo"],
  },
  RestoreSnapshotInfo: {
    job_id: [1, "int64"],
    snapshot_name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
    state: [5, "enum"],
    progress: [6, "int32"],
    reason: [7, "string"],
    start_time: [8, "uint64"],
    time_cost: [9, "uint64"],
  },
  ListRestoreSnapshotJobsRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
  },
  ListRestoreSnapshotJobsResponse: {
    status: [1, "Status"],
    jobs: [2, "RestoreSnapshotInfo*"],
  },
  PinSnapshotDataRequest: {
    name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
    ttl_seconds: [5, "int64"],
  },
  PinSnapshotDataResponse: {
    status: [1, "Status"],
    pin_id: [2, "int64"],
  },
  ExportSnapshotRequest: {
    name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
    target_s3_path: [5, "string"],
    external_spec: [6, "string"],
  },
  ExportSnapshotResponse: {
    status: [1, "Status"],
    snapshot_metadata_uri: [2, "string"],
    job_id: [3, "int64"],
  },
  GetExportSnapshotStateRequest: {
    job_id: [2, "int64"],
  },
  GetExportSnapshotStateResponse: {
    status: [1, "Status"],
    info: [2, "ExportSnapshotInfo"],
  },
  ExportSnapshotInfo: {
    job_id: [1, "int64"],
    snapshot_name: [2, "string"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
    state: [5, "enum"],
    progress: [6, "int32"],
    reason: [7, "string"],
    start_time: [8, "uint64"],
    time_cost: [9, "uint64"],
    total_files: [10, "int64"],
    copied_files: [11, "int64"],
    snapshot_metadata_uri: [12, "string"],
    total_bytes: [13, "int64"],
  },
  RestoreExternalSnapshotRequest: {
    db_name: [2, "string"],
    target_collection_name: [3, "string"],
    snapshot_metadata_uri: [4, "string"],
    external_spec: [5, "string"],
  },
  RestoreExternalSnapshotResponse: {
    status: [1, "Status"],
    job_id: [2, "int64"],
  },
  UnpinSnapshotDataRequest: {
    pin_id: [2, "int64"],
  },
} as const satisfies MessageSpecs;
