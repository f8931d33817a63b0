import { type CollectionRequest, collectionName, type DatabaseRequest, dbName } from "./request.js";
import type { ContractRows } from "./row.js";

export interface ListJobsRequest extends DatabaseRequest {
  readonly collectionName?: string;
}

export interface SnapshotJobRequest extends DatabaseRequest {
  readonly jobId: number | string;
}

export interface ExportSnapshotRequest extends CollectionRequest {
  readonly snapshotName: string;
  /** A folder below `filesRoot`: a path, or a `file:` URL. */
  readonly targetS3Path: string;
  /** Of object stores: refused. */
  readonly externalSpec?: string;
}

export interface RestoreExternalRequest extends DatabaseRequest {
  readonly targetCollectionName: string;
  /** What an export has answered. */
  readonly snapshotMetadataURI: string;
  /** Of object stores: refused. */
  readonly externalSpec?: string;
}

type JobState = "Pending" | "Executing" | "Completed" | "Failed";

export interface SnapshotJobDescription {
  readonly jobId: number;
  readonly snapshotName: string;
  /** Where the collection is made, under which name; of an export those of the collection that the snapshot is of. */
  readonly dbName: string;
  readonly collectionName: string;
  readonly state: `RestoreSnapshot${JobState}` | `ExportSnapshot${JobState}`;
  /** Of exports only. */
  readonly snapshotMetadataURI?: string;
  readonly totalBytes?: number;
  /** 0 to 100. */
  readonly progress: number;
  /** Why it has failed. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** Milliseconds, until now while it runs. */
  readonly timeCost: number;
}

export interface JobOperations {
  /** Import jobs: there are none, since files are not imported. */
  "jobs/import/list"(request?: ListJobsRequest): { readonly records: readonly never[] };
  /** Refreshes of external collections: there are none, since no collection lies outside of the file. */
  "jobs/external_collection/list"(request?: ListJobsRequest): { readonly records: readonly never[] };
  /**
   * How far a restore has come. A process that ends lets its jobs fail.
   *
   * @throws InvalidParameter
   */
  "jobs/snapshot/describe"(request: SnapshotJobRequest): SnapshotJobDescription;
  /**
   * Writes a snapshot and what is known of it into a folder that has none, below the option `filesRoot`. Answers when it is
   * there.
   *
   * @throws CollectionNotFound, SnapshotNotFound, ExportExists, Unsupported for another place, DiskFull
   */
  "jobs/snapshot/export"(request: ExportSnapshotRequest): {
    readonly snapshotMetadataURI: string;
    readonly jobId: number;
  };
  /**
   * Begins to make a collection out of what an export has written.
   *
   * @throws DatabaseNotFound, CollectionExists, IoFailed, Unsupported for another place
   */
  "jobs/snapshot/restore_external"(request: RestoreExternalRequest): { readonly jobId: number };
  /** Restores into a database, or into one collection; the last thousand are kept. */
  "jobs/snapshot/list"(request?: ListJobsRequest): { readonly records: readonly SnapshotJobDescription[] };
}

export const jobs: ContractRows<JobOperations> = {
  "jobs/import/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    // Jobs on collections that the caller may not import into are left out of the list.
    privilege: undefined,
  },
  "jobs/external_collection/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: undefined,
  },
  "jobs/snapshot/describe": {
    request: { dbName, jobId: { kind: "any", required: true } },
    writes: false,
    privilege: undefined,
  },
  "jobs/snapshot/export": {
    request: {
      dbName,
      collectionName,
      snapshotName: { kind: "string", required: true },
      targetS3Path: { kind: "string", required: true },
      externalSpec: { kind: "string" },
    },
    writes: true,
    privilege: { object: "Global", name: "ExportSnapshot" },
  },
  "jobs/snapshot/restore_external": {
    request: {
      dbName,
      targetCollectionName: { kind: "string", required: true },
      snapshotMetadataURI: { kind: "string", required: true },
      externalSpec: { kind: "string" },
    },
    writes: true,
    privilege: { object: "Global", name: "RestoreExternalSnapshot" },
  },
  "jobs/snapshot/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: { object: "Collection", name: "RestoreSnapshot" },
  },
};
