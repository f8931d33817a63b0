import { failure } from "../../../errors.js";
import type { EnginePort } from "../../engine-port.js";
import { booleanHeader } from "../../http/message.js";
import type { Route, Router, Surface } from "../../surface.js";
import { executeOptions, requestValue } from "../decode.js";
import { encodeData } from "../encode-data.js";
import { failureOutcome, successV2 } from "../envelope.js";

export const V2_PREFIX = "/v2/vectordb/";

/** REST v2: `POST /v2/vectordb/<category>/<action>`, one route per row of the engine's table of operations. */
export function v2Router(engine: EnginePort): Router {
  const routes = new Map<string, Route>();
  for (const { path } of engine.operations) routes.set(path, operationRoute(engine, path));

  return (method, path) => {
    if (method !== "POST" || !path.startsWith(V2_PREFIX)) return undefined;
    const action = path.slice(V2_PREFIX.length);
    return routes.get(action) ?? (UNSUPPORTED_FAMILY.test(action) ? unsupportedRoute(action) : undefined);
  };
}

export const v2Surface: Surface = {
  failure: failureOutcome,
  refusal: () => failureOutcome(failure("NotAuthenticated")),
};

function operationRoute(engine: EnginePort, path: string): Route {
  return {
    surface: v2Surface,
    run: async (call) => {
      const reply = await engine.execute(path, requestValue(call.body), executeOptions(call));
      const int64AsText = booleanHeader(call.headers, "accept-type-allow-int64") === false;
      return successV2(reply, encodeData(reply, int64AsText));
    },
  };
}

function unsupportedRoute(path: string): Route {
  return {
    surface: v2Surface,
    run: () =>
      Promise.reject(failure("Unsupported", { what: `${V2_PREFIX}${path} is not supported by the embedded engine` })),
  };
}

/**
 * Families that are refused as a whole, because their single paths differ between versions: a client gets a JSON error, never
 * a 404. The other refused paths are rows of the table of operations.
 */
const UNSUPPORTED_FAMILY = /^(?:jobs\/snapshot|jobs\/external_collection|file_resources)\/\w+$/;
