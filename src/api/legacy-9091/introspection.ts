import { shownLoadedSegments, shownReplicas, shownSegments } from "../shown-segments.js";
import { metricsText } from "../system-info.js";
import { type LegacyCall, type LegacyEndpoint, numberField, textField } from "./call.js";
import { nameOfId } from "./collections.js";
import type { Message } from "./decode.js";

/** These messages have names of their own for what others call `db_name` and `collection_name`. */
const SEGMENTS: Message = { dbName: "string", collectionName: "string" };

const segmentsOf = ({ fields, run }: LegacyCall) =>
  run("segments/list", { dbName: textField(fields, "dbName"), collectionName: textField(fields, "collectionName") });

/** `GET /api/v1/persist/segment-info` */
export const persistentSegments: LegacyEndpoint = {
  message: SEGMENTS,
  reply: "data",
  run: async (call) => ({ infos: shownSegments(await segmentsOf(call)) }),
};

/** `GET /api/v1/query-segment-info` */
export const loadedSegments: LegacyEndpoint = {
  message: SEGMENTS,
  reply: "data",
  run: async (call) => ({ infos: shownLoadedSegments(await segmentsOf(call)) }),
};

/** `GET /api/v1/replicas`, of a collection by its number or its name. */
export const replicas: LegacyEndpoint = {
  message: { db_name: "string", collection_name: "string", collectionID: "long" },
  reply: "data",
  run: async (call) => {
    const id = numberField(call.fields, "collectionID") ?? 0;
    const named = call.collection.collectionName;
    const collectionName = named === "" && id !== 0 ? await nameOfId(call, id) : named;
    const data = await call.run("collections/get_replicas", { ...call.collection, collectionName });
    return { replicas: shownReplicas(data) };
  },
};

/** `POST /api/v1/load-balance` */
export const balance: LegacyEndpoint = {
  message: {
    src_nodeID: "long",
    dst_nodeIDs: "array",
    sealed_segmentIDs: "array",
    collectionName: "string",
    db_name: "string",
  },
  reply: "status",
  operation: "collections/load_balance",
  run: async ({ fields, run }) => {
    await run("collections/load_balance", {
      dbName: textField(fields, "db_name"),
      collectionName: textField(fields, "collectionName"),
      sourceNodeID: numberField(fields, "src_nodeID") ?? 0,
      targetNodeIDs: fields["dst_nodeIDs"] as readonly unknown[],
      segmentIDs: fields["sealed_segmentIDs"] as readonly unknown[],
    });
    return undefined;
  },
};

/** `GET /api/v1/metrics` */
export const metrics: LegacyEndpoint = {
  message: { request: "string" },
  reply: "data",
  run: async ({ fields, version }) => ({
    response: await metricsText(textField(fields, "request"), version),
    component_name: "proxy",
  }),
};
