import type { ServerTraits } from "../../engine/index.js";
import { failure, inForm } from "../../errors.js";
import { askPrivilege } from "../ask-privilege.js";
import type { EnginePort } from "../engine-port.js";
import type { Fields } from "../fields.js";
import { inOneState } from "../in-one-state.js";
import { executeOptions } from "../rest/decode.js";
import { asElanusError } from "../rest/envelope.js";
import type { Route, Router, Surface } from "../surface.js";
import { type LegacyEndpoint, legacyCall, legacyFields } from "./call.js";
import * as collections from "./collections.js";
import { UnreadableColumn } from "./columns.js";
import * as credentials from "./credentials.js";
import { UnreadableBody } from "./decode.js";
import * as entities from "./entities.js";
import { badRequest, failureOutcome, success } from "./envelope.js";
import * as indexes from "./indexes.js";
import * as introspection from "./introspection.js";
import * as maintenance from "./maintenance.js";
import * as partitions from "./partitions.js";
import * as schema from "./schema.js";

const LEGACY_PREFIX = "/api/v1";

const ENDPOINTS: Readonly<Record<string, LegacyEndpoint>> = {
  "POST /collection": schema.createCollection,
  "DELETE /collection": collections.dropCollection,
  "GET /collection": schema.describeCollection,
  "GET /collection/existence": collections.hasCollection,
  "POST /collection/load": collections.loadCollection,
  "DELETE /collection/load": collections.releaseCollection,
  "GET /collection/statistics": collections.collectionStatistics,
  "GET /collections": collections.listCollections,
  "POST /partition": partitions.createPartition,
  "DELETE /partition": partitions.dropPartition,
  "GET /partition/existence": partitions.hasPartition,
  "GET /partition/statistics": partitions.partitionStatistics,
  "POST /partitions/load": partitions.loadPartitions,
  "DELETE /partitions/load": partitions.releasePartitions,
  "GET /partitions": partitions.listPartitions,
  "POST /alias": collections.createAlias,
  "DELETE /alias": collections.dropAlias,
  "PATCH /alias": collections.alterAlias,
  "POST /index": indexes.createIndex,
  "GET /index": indexes.describeIndex,
  "GET /index/state": indexes.indexState,
  "GET /index/progress": indexes.indexProgress,
  "DELETE /index": indexes.dropIndex,
  "POST /entities": entities.insertEntities,
  "DELETE /entities": entities.deleteEntities,
  "POST /search": entities.searchEntities,
  "POST /query": entities.queryEntities,
  "POST /persist": maintenance.persist,
  "GET /persist/state": maintenance.persistState,
  "POST /compaction": maintenance.compact,
  "GET /compaction/state": maintenance.compactionState,
  "GET /compaction/plans": maintenance.compactionPlans,
  "GET /import/tasks": maintenance.importTasks,
  "GET /persist/segment-info": introspection.persistentSegments,
  "GET /query-segment-info": introspection.loadedSegments,
  "GET /replicas": introspection.replicas,
  "GET /metrics": introspection.metrics,
  "POST /load-balance": introspection.balance,
  "POST /credential": credentials.createCredential,
  "PATCH /credential": credentials.updateCredential,
  "DELETE /credential": credentials.deleteCredential,
  "GET /credential/users": credentials.listCredentialUsers,
};

/** Known to the server, of no use in an embedded engine. */
const UNSUPPORTED: readonly string[] = ["GET /distance", "POST /import", "GET /import/state"];

const surface: Surface = {
  failure: (error) => failureOutcome(error),
  refusal: () => failureOutcome(failure("NotAuthenticated")),
};

/**
 * The API that servers before 2.3 offered on port 9091: the messages of the RPC protocol as JSON, told apart by HTTP method.
 * Bodies are read whatever the method.
 */
export function legacyRouter(engine: EnginePort, server: ServerTraits): Router {
  const routes = new Map<string, Route>();
  for (const [target, endpoint] of Object.entries(ENDPOINTS))
    routes.set(target, endpointRoute(engine, endpoint, server));
  for (const target of UNSUPPORTED) {
    const what = `${LEGACY_PREFIX}${target.slice(target.indexOf("/"))} is not supported by the embedded engine`;
    routes.set(target, { surface, run: () => Promise.reject(failure("Unsupported", { what })) });
  }
  routes.set("GET /health", {
    surface,
    open: true,
    run: () => Promise.resolve({ status: 200, envelope: { status: "ok" } }),
  });
  return (method, path) =>
    path.startsWith(`${LEGACY_PREFIX}/`) ? routes.get(`${method} ${path.slice(LEGACY_PREFIX.length)}`) : undefined;
}

function endpointRoute(engine: EnginePort, endpoint: LegacyEndpoint, server: ServerTraits): Route {
  const { reply, action } = endpoint;
  return {
    surface,
    run: async (call) => {
      let fields: Fields | undefined;
      try {
        fields = legacyFields(engine, call, endpoint);
        const read = fields;
        await askPrivilege(engine, endpoint.operation, read, executeOptions(call));
        const data = await inOneState(engine, (port) => endpoint.run(legacyCall(port, call, read, server.announced)));
        return success(reply, data ?? {});
      } catch (error) {
        if (error instanceof UnreadableBody) return badRequest(`parse body failed: ${error.message}`);
        if (error instanceof UnreadableColumn) {
          return badRequest(`convert body to pb failed: bad request: convert field data failed: ${error.message}`);
        }
        const beside = fields === undefined ? {} : endpoint.failed?.(fields);
        return failureOutcome(inForm(asElanusError(error), server.errorForm), { reply, action, beside });
      }
    },
  };
}
