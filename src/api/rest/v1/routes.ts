import { failure } from "../../../errors.js";
import type { EnginePort } from "../../engine-port.js";
import { inOneState } from "../../in-one-state.js";
import type { Outcome, Route, Router, Surface } from "../../surface.js";
import { failureOutcome, successV1 } from "../envelope.js";
import { type Endpoint, v1Call } from "./call.js";
import { CloudError, cloudFailure } from "./cloud-errors.js";
import {
  createCloud,
  createServer,
  describeCloud,
  describeServer,
  dropCloud,
  dropServer,
  listCollections,
} from "./collections.js";
import { deleteCloud, deleteServer } from "./delete.js";
import {
  getCloud,
  getServer,
  insertCloud,
  insertServer,
  queryCloud,
  queryServer,
  searchCloud,
  searchServer,
  upsertCloud,
  upsertServer,
} from "./entities.js";

/** Whose error codes REST v1 answers with: the hosted service's documented list, or the open-source server's. */
export type V1ErrorDialect = "cloud" | "server";

const V1_PREFIX = "/v1/vector/";

/** Method and path below the prefix, then the endpoint in both dialects. */
const ENDPOINTS: readonly (readonly [string, string, Record<V1ErrorDialect, Endpoint>])[] = [
  ["GET", "collections", { cloud: listCollections, server: listCollections }],
  ["GET", "collections/describe", { cloud: describeCloud, server: describeServer }],
  ["POST", "collections/create", { cloud: createCloud, server: createServer }],
  ["POST", "collections/drop", { cloud: dropCloud, server: dropServer }],
  ["POST", "insert", { cloud: insertCloud, server: insertServer }],
  ["POST", "upsert", { cloud: upsertCloud, server: upsertServer }],
  ["POST", "delete", { cloud: deleteCloud, server: deleteServer }],
  ["POST", "get", { cloud: getCloud, server: getServer }],
  ["POST", "query", { cloud: queryCloud, server: queryServer }],
  ["POST", "search", { cloud: searchCloud, server: searchServer }],
];

/** Import exists on the hosted service only. */
const UNSUPPORTED: readonly (readonly [string, string])[] = [
  ["POST", "collections/import"],
  ["GET", "collections/import/get"],
  ["GET", "collections/import/list"],
];

/** REST v1 in one of its two error dialects. */
export function v1Router(engine: EnginePort, dialect: V1ErrorDialect): Router {
  const surface = dialect === "cloud" ? cloudSurface : serverSurface;
  const routes = new Map<string, Route>();
  for (const [method, path, endpoints] of ENDPOINTS) {
    routes.set(`${method} ${V1_PREFIX}${path}`, endpointRoute(engine, surface, endpoints[dialect]));
  }
  for (const [method, path] of UNSUPPORTED) {
    const what = `${V1_PREFIX}${path} is not supported by the embedded engine`;
    routes.set(`${method} ${V1_PREFIX}${path}`, {
      surface,
      run: () => Promise.reject(failure("Unsupported", { what })),
    });
  }
  return (method, path) => (path.startsWith(V1_PREFIX) ? routes.get(`${method} ${path}`) : undefined);
}

function endpointRoute(engine: EnginePort, surface: Surface, endpoint: Endpoint): Route {
  return {
    surface,
    run: async (call) => {
      try {
        return successV1(await inOneState(engine, (port) => endpoint(v1Call(port, call))));
      } catch (error) {
        if (error instanceof CloudError) return cloudOutcome(error);
        throw error;
      }
    },
  };
}

const serverSurface: Surface = {
  failure: failureOutcome,
  refusal: () => failureOutcome(failure("NotAuthenticated")),
};

const cloudSurface: Surface = {
  failure: failureOutcome,
  // The hosted service refuses with HTTP 200, and tells a malformed token from a wrong one.
  refusal: (credential) => cloudOutcome(cloudFailure(credential === "missing" ? 80001 : 80002)),
  schemeRequired: true,
};

function cloudOutcome(error: CloudError): Outcome {
  return { status: 200, envelope: { code: error.code, message: error.message } };
}
