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
  for (const [old, current] of RENAMED) {
    if (!routes.has(old) && engine.has(current)) routes.set(old, operationRoute(engine, current));
  }
  for (const path of UNSUPPORTED) if (!routes.has(path)) routes.set(path, unsupportedRoute(path));

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

/** Older names of operations. */
const RENAMED: readonly (readonly [string, string])[] = [["entities/advanced_search", "entities/hybrid_search"]];

/**
 * The rest of the server's inventory. A client must get a JSON error for these, never a 404; a path leaves this list by
 * entering the table of operations.
 */
const UNSUPPORTED: readonly string[] = [
  ...["fields/drop", "struct_fields/add"].map((p) => `collections/${p}`),
  ...["refresh_load", "alter_properties", "drop_properties", "fields/alter_properties", "fields/add"].map(
    (p) => `collections/${p}`,
  ),
  ...["flush", "compact", "get_compaction_state", "truncate"].map((p) => `collections/${p}`),
  ...["add_function", "alter_function", "drop_function", "add_function_field", "drop_function_field"].map(
    (p) => `collections/${p}`,
  ),
  ...["hybrid_search", "advanced_search"].map((p) => `entities/${p}`),
  ...["alter_properties", "drop_properties"].map((p) => `indexes/${p}`),
  ...["alter", "alter_properties", "drop_properties"].map((p) => `databases/${p}`),
  ...["list", "describe", "create", "update_password", "drop", "grant_role", "revoke_role"].map((p) => `users/${p}`),
  ...["list", "describe", "create", "drop", "alter", "grant_privilege", "revoke_privilege"].map((p) => `roles/${p}`),
  ...["grant_privilege_v2", "revoke_privilege_v2"].map((p) => `roles/${p}`),
  ...["create", "drop", "list", "add_privileges_to_group", "remove_privileges_from_group"].map(
    (p) => `privilege_groups/${p}`,
  ),
  ...["list", "describe", "create", "drop", "alter", "transfer_replica"].map((p) => `resource_groups/${p}`),
  ...["list", "create", "get_progress", "describe", "commit", "abort"].map((p) => `jobs/import/${p}`),
  "segments/describe",
  "quotacenter/describe",
  "common/run_analyzer",
];

/** Families whose single paths differ between versions. */
const UNSUPPORTED_FAMILY = /^(?:jobs\/snapshot|jobs\/external_collection|file_resources)\/[\w/]+$/;
