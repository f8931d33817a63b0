import {
  type CollectionRequest,
  collectionName,
  type DatabaseRequest,
  type Done,
  dbName,
  type EmptyRequest,
} from "./request.js";
import type { ContractRows } from "./row.js";

/** The number of the one node there is: this process. */
export const NODE = 1;

export interface DescribeSegmentsRequest extends DatabaseRequest {
  readonly collectionID: number;
  /** Default: all of the collection. */
  readonly segmentIDs?: readonly unknown[];
}

/** A partition with rows, as tools know one. */
export interface SegmentDescription {
  readonly segmentID: number;
  readonly collectionID: number;
  readonly partitionID: number;
  readonly vChannel: string;
  readonly numRows: number;
  /** 4: flushed, as every write is when it has answered. */
  readonly state: number;
  /** 2: L1. */
  readonly level: number;
  readonly isSorted: boolean;
  readonly insertLogs: readonly never[];
  readonly deltaLogs: readonly never[];
  readonly statsLogs: readonly never[];
}

export interface LoadedSegment extends SegmentDescription {
  readonly loaded: boolean;
  /** Of the first vector field that has one. */
  readonly indexName?: string;
  readonly indexID?: number;
}

export interface ReplicaDescription {
  readonly replicaID: number;
  readonly collectionID: number;
  readonly partitionIDs: readonly number[];
  readonly resourceGroup: string;
  readonly channel: string;
}

export interface LoadBalanceRequest extends CollectionRequest {
  /** The node that segments are to leave. */
  readonly sourceNodeID: number;
  /** Nodes that are to take them; default: all. */
  readonly targetNodeIDs?: readonly unknown[];
  /** Default: all of the node. */
  readonly segmentIDs?: readonly unknown[];
}

export interface OperationalOperations {
  /**
   * The segments of a collection: one for each partition that has rows.
   *
   * @throws CollectionMissing, SegmentNotFound
   */
  "segments/describe"(request: DescribeSegmentsRequest): { readonly segmentInfos: readonly SegmentDescription[] };
  /**
   * The same by the name of the collection, with what is known of them in memory. Milvus has it over gRPC only.
   *
   * @throws DatabaseNotFound, CollectionNotFound
   */
  "segments/list"(request: CollectionRequest): readonly LoadedSegment[];
  /**
   * The replicas of a collection: one while it is loaded. Milvus has it over gRPC only.
   *
   * @throws DatabaseNotFound, CollectionNotFound
   */
  "collections/get_replicas"(request: CollectionRequest): readonly ReplicaDescription[];
  /**
   * Spreads segments of a loaded collection over nodes: there is one, which keeps them, as on a standalone server. Milvus has it
   * over gRPC only.
   *
   * @throws DatabaseNotFound, CollectionNotFound, CollectionNotFullyLoaded, NodeNotFound, SegmentNotFound
   */
  "collections/load_balance"(request: LoadBalanceRequest): Done;
  /** What is measured for the quotas of a cluster: nothing, as a JSON text. */
  "quotacenter/describe"(request?: EmptyRequest): string;
}

const named = { dbName, collectionName };

export const operational: ContractRows<OperationalOperations> = {
  "segments/describe": {
    request: { dbName, collectionID: { kind: "int", required: true }, segmentIDs: { kind: "array" } },
    writes: false,
    privilege: undefined,
    tellsOf: "collection",
  },
  "segments/list": { request: named, writes: false, privilege: undefined, tellsOf: "collection" },
  "collections/get_replicas": { request: named, writes: false, privilege: undefined, tellsOf: "collection" },
  "collections/load_balance": {
    request: {
      ...named,
      sourceNodeID: { kind: "int", required: true },
      targetNodeIDs: { kind: "array" },
      segmentIDs: { kind: "array" },
    },
    writes: false,
    privilege: { object: "Collection", name: "LoadBalance" },
  },
  "quotacenter/describe": { request: {}, writes: false, privilege: undefined },
};
