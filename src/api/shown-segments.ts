import { hostname } from "node:os";
import { type LoadedSegment, NODE, type ReplicaDescription } from "../engine/contract/operational.js";

/** Sealed, in memory: what is searched. */
const SEALED = 3;

/** Replicas as messages of the RPC protocol have them. */
export function shownReplicas(replicas: readonly ReplicaDescription[]) {
  return replicas.map(({ replicaID, collectionID, partitionIDs, resourceGroup, channel }) => ({
    replicaID,
    collectionID,
    partition_ids: partitionIDs,
    shard_replicas: [{ leaderID: NODE, leader_addr: hostname(), dm_channel_name: channel, node_ids: [NODE] }],
    node_ids: [NODE],
    resource_group_name: resourceGroup,
  }));
}

/** Segments on disk as messages of the RPC protocol have them. @param states none: all */
export function shownSegments(segments: readonly LoadedSegment[], states: readonly number[] = []) {
  return segments
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .map(({ segmentID, collectionID, partitionID, numRows, state, level, isSorted }) => ({
      segmentID,
      collectionID,
      partitionID,
      num_rows: numRows,
      state,
      level,
      is_sorted: isSorted,
    }));
}

/** Segments in memory. */
export function shownLoadedSegments(segments: readonly LoadedSegment[]) {
  return segments
    .filter(({ loaded }) => loaded)
    .map(({ segmentID, collectionID, partitionID, numRows, level, indexName, indexID }) => ({
      segmentID,
      collectionID,
      partitionID,
      num_rows: numRows,
      index_name: indexName,
      indexID,
      nodeID: NODE,
      state: SEALED,
      nodeIds: [NODE],
      level,
    }));
}
