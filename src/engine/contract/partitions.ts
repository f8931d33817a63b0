import { type CollectionRequest, collectionName, type Done, dbName } from "./request.js";
import type { ContractRows, RequestField } from "./row.js";

export interface PartitionRequest extends CollectionRequest {
  readonly partitionName: string;
}

export interface PartitionNamesRequest extends CollectionRequest {
  readonly partitionNames: readonly string[];
}

export interface LoadPartitionsRequest extends PartitionNamesRequest {
  /** Remembered for the mismatch check of the legacy rules; the engine keeps one copy. */
  readonly replicaNumber?: number;
}

export interface PartitionOperations {
  /**
   * Names of the partitions of a collection in order of creation.
   *
   * @throws CollectionNotFound
   */
  "partitions/list"(request: CollectionRequest): readonly string[];
  /**
   * Whether a partition exists.
   *
   * @throws CollectionNotFound, PartitionNameInvalid
   */
  "partitions/has"(request: PartitionRequest): { readonly has: boolean };
  /**
   * Number of live entities of a partition, loaded or not; expired ones are not counted.
   *
   * @throws CollectionNotFound, PartitionNotFound
   */
  "partitions/get_stats"(request: PartitionRequest): { readonly rowCount: number };
  /**
   * Creates a partition; an existing one is left as it is. In a collection that was loaded as a whole the new partition
   * is loaded at once.
   *
   * @throws CollectionNotFound, PartitionKeyMode, PartitionNameInvalid, PartitionLimit
   */
  "partitions/create"(request: PartitionRequest): Done;
  /**
   * Drops a released partition with its entities. A missing one is dropped already.
   *
   * @throws CollectionNotFound, PartitionKeyMode, PartitionNameInvalid, PartitionLoaded, DefaultPartitionDrop
   */
  "partitions/drop"(request: PartitionRequest): Done;
  /**
   * Loads partitions on top of what is loaded; answers when every row of them is searchable.
   *
   * @throws CollectionNotFound, PartitionKeyMode, IndexMissing, VectorIndexMissing, PartitionNotFound, LoadNoPartition
   */
  "partitions/load"(request: LoadPartitionsRequest): Done;
  /**
   * Frees the memory of partitions; those that are not loaded stay so.
   *
   * @throws CollectionNotFound, PartitionKeyMode, PartitionNotFound, ReleaseNoPartition
   */
  "partitions/release"(request: PartitionNamesRequest): Done;
}

const partitionName: RequestField = { kind: "string", required: true };
const partitionNames: RequestField = { kind: "strings", required: true };

export const partitions: ContractRows<PartitionOperations> = {
  "partitions/list": {
    request: { dbName, collectionName },
    writes: false,
    privilege: { object: "Collection", name: "ShowPartitions" },
    tellsOf: "collection",
  },
  "partitions/has": {
    request: { dbName, collectionName, partitionName },
    writes: false,
    privilege: { object: "Collection", name: "HasPartition" },
  },
  "partitions/get_stats": {
    request: { dbName, collectionName, partitionName },
    writes: false,
    privilege: { object: "Collection", name: "GetStatistics" },
  },
  "partitions/create": {
    request: { dbName, collectionName, partitionName },
    writes: true,
    privilege: { object: "Collection", name: "CreatePartition" },
  },
  "partitions/drop": {
    request: { dbName, collectionName, partitionName },
    writes: true,
    privilege: { object: "Collection", name: "DropPartition" },
  },
  "partitions/load": {
    request: { dbName, collectionName, partitionNames, replicaNumber: { kind: "int" } },
    writes: true,
    privilege: { object: "Collection", name: "Load" },
  },
  "partitions/release": {
    request: { dbName, collectionName, partitionNames },
    writes: true,
    privilege: { object: "Collection", name: "Release" },
  },
};
