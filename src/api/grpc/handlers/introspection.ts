import { NODE } from "../../../engine/contract/operational.js";
import { failure } from "../../../errors.js";
import { shownLoadedSegments, shownReplicas, shownSegments } from "../../shown-segments.js";
import { metricsText, ROLES } from "../../system-info.js";
import { StateCode } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { nameOf } from "./collections.js";

/** @throws MetricNotFound */
export async function getMetrics(
  request: Received<"GetMetricsRequest">,
  call: RpcCall,
): Promise<Sent<"GetMetricsResponse">> {
  return { response: await metricsText(request.request, call.version), component_name: "proxy" };
}

/** Clients parse the response whatever the status says. */
export function noMetrics(): Sent<"GetMetricsResponse"> {
  return { response: "{}", component_name: "proxy" };
}

export function getComponentStates(): Sent<"ComponentStates"> {
  const state = (role: string) => ({ nodeID: NODE, role, state_code: StateCode.Healthy });
  return { state: state("proxy"), subcomponent_states: ROLES.map(state) };
}

/** One replica of a loaded collection, none of another. */
export async function getReplicas(
  request: Received<"GetReplicasRequest">,
  call: RpcCall,
): Promise<Sent<"GetReplicasResponse">> {
  const collection = { dbName: request.db_name, collectionName: await nameOf(request, call) };
  return { replicas: shownReplicas((await call.execute("collections/get_replicas", collection)).data) };
}

export async function getPersistentSegmentInfo(
  { states, ...collection }: Received<"GetPersistentSegmentInfoRequest">,
  call: RpcCall,
): Promise<Sent<"GetPersistentSegmentInfoResponse">> {
  return { infos: shownSegments((await call.execute("segments/list", collection)).data, states) };
}

export async function getQuerySegmentInfo(
  request: Received<"GetQuerySegmentInfoRequest">,
  call: RpcCall,
): Promise<Sent<"GetQuerySegmentInfoResponse">> {
  return { infos: shownLoadedSegments((await call.execute("segments/list", request)).data) };
}

export async function loadBalance(request: Received<"LoadBalanceRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const { db_name: dbName, collectionName, src_nodeID, dst_nodeIDs, sealed_segmentIDs } = request;
  // Clients know this one by the short text.
  if (collectionName === "") throw failure("CollectionMissing", { collection: collectionName });
  await call.execute("collections/load_balance", {
    dbName,
    collectionName,
    sourceNodeID: Number(src_nodeID),
    targetNodeIDs: dst_nodeIDs.map(Number),
    segmentIDs: sealed_segmentIDs.map(Number),
  });
  return {};
}
