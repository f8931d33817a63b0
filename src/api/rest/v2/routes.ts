import { isRefused } from "../../../engine/contract/refused.js";
import { DEFAULT_DATABASE } from "../../../engine/contract/request.js";
import { isOperation, type OperationPath, operationPaths } from "../../../engine/contract/table.js";
import type { ServerTraits } from "../../../engine/index.js";
import { failure } from "../../../errors.js";
import type { EnginePort } from "../../engine-port.js";
import type { Route, Router, Surface } from "../../surface.js";
import { executeOptions, int64Form, requestValue } from "../decode.js";
import { encodeData } from "../encode-data.js";
import { failureOutcome } from "../envelope.js";
import { besideData } from "./beside-data.js";
import { decodeRequest } from "./decode.js";

export const V2_PREFIX = "/v2/vectordb/";

/** The operation that a path of REST v2 means; undefined where it means none. */
export function operationOf(path: unknown): OperationPath | undefined {
  const [action = ""] =
    typeof path === "string" && path.startsWith(V2_PREFIX) ? path.slice(V2_PREFIX.length).split("?") : [];
  return isOperation(action) ? action : undefined;
}

/** REST v2: `POST /v2/vectordb/<category>/<action>`, one route per row of the contract. */
export function v2Router(engine: EnginePort, server: ServerTraits): Router {
  const routes = new Map<string, Route>();
  for (const path of operationPaths) routes.set(path, operationRoute(engine, path, server));

  return (method, path) => {
    if (method !== "POST" || !path.startsWith(V2_PREFIX)) return undefined;
    const action = path.slice(V2_PREFIX.length);
    return routes.get(action) ?? (isRefused(action) ? refusedRoute(action) : undefined);
  };
}

export const v2Surface: Surface = {
  failure: failureOutcome,
  refusal: () => failureOutcome(failure("NotAuthenticated")),
};

/** Without a database in the body these are about `default`, whatever the header says. */
const HEADERLESS: ReadonlySet<OperationPath> = new Set([
  "roles/describe",
  "roles/grant_privilege_v2",
  "roles/revoke_privilege_v2",
]);

/** Servers of 2.6 search all partitions, whatever a request names. */
const HYBRID: ReadonlySet<OperationPath> = new Set(["entities/hybrid_search", "entities/advanced_search"]);

function operationRoute(engine: EnginePort, path: OperationPath, server: ServerTraits): Route {
  return {
    surface: v2Surface,
    run: (call) => {
      engine.requireOpen();
      const request = decodeRequest(path, requestValue(call.body));
      if (HYBRID.has(path) && !server.hybridPartitionNames) delete request["partitionNames"];
      if (HEADERLESS.has(path) && request["dbName"] === undefined) request["dbName"] = DEFAULT_DATABASE;
      return engine.execute(path, request, executeOptions(call)).then((reply) => {
        const data = encodeData(path, reply, int64Form(call));
        return { status: 200, envelope: { code: 0, data, ...besideData(path, reply) } };
      });
    },
  };
}

function refusedRoute(path: string): Route {
  return {
    surface: v2Surface,
    run: () =>
      Promise.reject(failure("Unsupported", { what: `${V2_PREFIX}${path} is not supported by the embedded engine` })),
  };
}
