import { IMPORT_OPTIONS } from "./known-keys.js";
import { type CollectionRequest, collectionName, type DatabaseRequest, type Done, dbName } from "./request.js";
import type { ContractRows, RequestField } from "./row.js";

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

export interface CreateImportRequest extends CollectionRequest {
  readonly partitionName?: string;
  /** Each item names one file below the option `importRoot`. */
  readonly files: readonly (readonly string[])[];
  /** `timeout`, `sep`, `nullkey`, `auto_commit`: texts. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface ImportJobRequest extends DatabaseRequest {
  readonly jobId: number | string;
}

export type ImportJobStateName = "Pending" | "Importing" | "Uncommitted" | "Completed" | "Failed";

export interface ImportJobRecord {
  readonly jobId: string;
  readonly collectionName: string;
  readonly state: ImportJobStateName;
  /** 0 to 100; 0 of a job that has failed. */
  readonly progress: number;
  /** Why it has failed. */
  readonly reason?: string;
}

export interface ImportJobDescription extends ImportJobRecord {
  /** ISO 8601. */
  readonly createTime: string;
  /** Empty until it has ended. */
  readonly completeTime: string;
  readonly importedRows: number;
  /** Known as far as the files have been read. */
  readonly totalRows: number;
  readonly fileSize: number;
  readonly details: readonly {
    readonly fileName: string;
    readonly fileSize: number;
    readonly progress: number;
    readonly completeTime: string;
    readonly state: "Pending" | "InProgress" | "Completed" | "Failed";
    readonly importedRows: number;
    readonly totalRows: number;
    readonly reason?: string;
  }[];
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
  /**
   * Begins to bring the rows of files below the option `importRoot` into a collection. They become visible together.
   *
   * @throws CollectionNotFound, PartitionNotFound, ImportFailed, ImportPath
   */
  "jobs/import/create"(request: CreateImportRequest): { readonly jobId: string };
  /** How far a job has come. A process that ends lets its jobs fail; those that have ended are kept for three hours. */
  "jobs/import/describe"(request: ImportJobRequest): ImportJobDescription;
  /** The same under its old name. */
  "jobs/import/get_progress"(request: ImportJobRequest): ImportJobDescription;
  /** Jobs of a database, or of one collection. */
  "jobs/import/list"(request?: ListJobsRequest): { readonly records: readonly ImportJobRecord[] };
  /** Makes the rows visible of a job with the option `auto_commit: "false"`, once it is `Uncommitted`. */
  "jobs/import/commit"(request: ImportJobRequest): Done;
  /** Takes them away instead. */
  "jobs/import/abort"(request: ImportJobRequest): Done;
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

const jobId: RequestField = { kind: "any", required: true };

export const jobs: ContractRows<JobOperations> = {
  "jobs/import/create": {
    request: {
      dbName,
      collectionName,
      partitionName: { kind: "string" },
      files: { kind: "array", required: true },
      options: { kind: "object", keys: IMPORT_OPTIONS },
    },
    writes: true,
    privilege: { object: "Collection", name: "Import" },
  },
  // Jobs on collections that the caller does not see are as good as none.
  "jobs/import/describe": { request: { dbName, jobId }, writes: false, privilege: undefined },
  "jobs/import/get_progress": { request: { dbName, jobId }, writes: false, privilege: undefined },
  "jobs/import/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: undefined,
  },
  // Asked for on the collection of the job.
  "jobs/import/commit": { request: { dbName, jobId }, writes: true, privilege: undefined },
  "jobs/import/abort": { request: { dbName, jobId }, writes: true, privilege: undefined },
  "jobs/external_collection/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: undefined,
  },
  "jobs/snapshot/describe": {
    request: { dbName, jobId },
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
