import { type CollectionRequest, collectionName, type DatabaseRequest, type Done, dbName } from "./request.js";
import type { ContractRows, RequestField, RequestShape } from "./row.js";

export interface CreateSnapshotRequest extends CollectionRequest {
  /** Unique in the collection. */
  readonly snapshotName: string;
  readonly description?: string;
  /** 0 to 604800. Without effect: a copy needs no files of the collection. */
  readonly compactionProtectionSeconds?: number;
}

export interface SnapshotRequest extends CollectionRequest {
  readonly snapshotName: string;
}

export interface RestoreSnapshotRequest extends DatabaseRequest {
  /** The collection that the snapshot is of. */
  readonly collectionName?: string;
  /** The same, under the name of the manual. */
  readonly sourceCollectionName?: string;
  readonly snapshotName: string;
  /** Default: the database of the snapshot. */
  readonly targetDbName?: string;
  readonly targetCollectionName: string;
}

export interface PinSnapshotRequest extends SnapshotRequest {
  /** Up to 30 days; 0, the default: until it is taken back. */
  readonly ttlSeconds?: number;
}

export interface UnpinSnapshotRequest extends DatabaseRequest {
  readonly pinId: number;
}

export interface SnapshotDescription {
  readonly snapshotName: string;
  readonly description: string;
  /** The name that the collection has now. */
  readonly collectionName: string;
  /** Partitions that the collection had. */
  readonly partitionNames: readonly string[];
  /** Hybrid time: milliseconds since 1970 times 2^18. */
  readonly createTs: bigint;
  /** The file; empty of a database in memory. */
  readonly s3Location: string;
}

export interface SnapshotOperations {
  /**
   * Copies a collection as it is at this moment, with its rows, partitions and indexes. Answers when the copy is safe; others
   * write and search meanwhile.
   *
   * @throws CollectionNotFound, SnapshotExists, InvalidParameter, DiskFull
   */
  "snapshots/create"(request: CreateSnapshotRequest): Done;
  /**
   * Drops a snapshot. A missing one is dropped already.
   *
   * @throws CollectionNotFound, SnapshotPinned
   */
  "snapshots/drop"(request: SnapshotRequest): Done;
  /**
   * Names of the snapshots of a collection, in order of creation.
   *
   * @throws CollectionNotFound
   */
  "snapshots/list"(request: CollectionRequest): readonly string[];
  /** @throws CollectionNotFound, SnapshotNotFound */
  "snapshots/describe"(request: SnapshotRequest): SnapshotDescription;
  /**
   * Begins to make a new collection out of a snapshot, which is there, not loaded, when the job is done
   * (`jobs/snapshot/describe`).
   *
   * @throws CollectionNotFound, SnapshotNotFound, DatabaseNotFound, CollectionExists
   */
  "snapshots/restore"(request: RestoreSnapshotRequest): { readonly jobId: number };
  /**
   * Holds on to a snapshot: it cannot be dropped for some time.
   *
   * @throws CollectionNotFound, SnapshotNotFound, InvalidParameter
   */
  "snapshots/pin"(request: PinSnapshotRequest): { readonly pinId: number };
  /**
   * Takes a pin back; one that is not there is taken back already.
   *
   * @throws MissingParameter
   */
  "snapshots/unpin"(request: UnpinSnapshotRequest): Done;
}

const snapshotName: RequestField = { kind: "string", required: true };
const named: RequestShape<SnapshotRequest> = { dbName, collectionName, snapshotName };

export const snapshots: ContractRows<SnapshotOperations> = {
  "snapshots/create": {
    request: { ...named, description: { kind: "string" }, compactionProtectionSeconds: { kind: "int" } },
    writes: true,
    privilege: { object: "Collection", name: "CreateSnapshot" },
  },
  "snapshots/drop": { request: named, writes: true, privilege: { object: "Collection", name: "DropSnapshot" } },
  "snapshots/list": {
    request: { dbName, collectionName },
    writes: false,
    privilege: { object: "Collection", name: "ListSnapshots" },
    tellsOf: "collection",
  },
  "snapshots/describe": {
    request: named,
    writes: false,
    privilege: { object: "Collection", name: "DescribeSnapshot" },
    tellsOf: "collection",
  },
  "snapshots/restore": {
    request: {
      dbName,
      collectionName: { ...collectionName, unless: "sourceCollectionName" },
      sourceCollectionName: { kind: "string" },
      snapshotName,
      targetDbName: { kind: "string" },
      targetCollectionName: { kind: "string", required: true },
    },
    writes: true,
    privilege: { object: "Collection", name: "RestoreSnapshot" },
  },
  "snapshots/pin": {
    request: { ...named, ttlSeconds: { kind: "int" } },
    writes: true,
    privilege: { object: "Global", name: "PinSnapshotData" },
  },
  "snapshots/unpin": {
    request: { dbName, pinId: { kind: "int", required: true } },
    writes: true,
    privilege: { object: "Global", name: "UnpinSnapshotData" },
  },
};
