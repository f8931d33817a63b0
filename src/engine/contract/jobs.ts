import { type DatabaseRequest, dbName } from "./request.js";
import type { ContractRows } from "./row.js";

export interface ListJobsRequest extends DatabaseRequest {
  readonly collectionName?: string;
}

export interface SnapshotJobRequest extends DatabaseRequest {
  readonly jobId: number | string;
}

export interface SnapshotJobDescription {
  readonly jobId: number;
  readonly snapshotName: string;
  /** Where the collection is made, under which name. */
  readonly dbName: string;
  readonly collectionName: string;
  readonly state:
    | "RestoreSnapshotPending"
    | "RestoreSnapshotExecuting"
    | "RestoreSnapshotCompleted"
    | "RestoreSnapshotFailed";
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
  /**
   * How far a restore has come. A process that ends lets its jobs fail.
   *
   * @throws InvalidParameter
   */
  "jobs/snapshot/describe"(request: SnapshotJobRequest): SnapshotJobDescription;
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
  "jobs/snapshot/describe": {
    request: { dbName, jobId: { kind: "any", required: true } },
    writes: false,
    privilege: undefined,
  },
  "jobs/snapshot/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: { object: "Collection", name: "RestoreSnapshot" },
  },
};
