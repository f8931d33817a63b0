import { failure } from "../../errors.js";
import type { EmptyRequest, Operation } from "./operation.js";

/**
 * An endpoint of the v2 inventory that the embedded engine refuses: a client gets a JSON error, never a 404.
 *
 * @param path `users/list`
 */
export function unsupportedOperation(path: string): Operation<EmptyRequest, never> {
  return {
    path,
    requestType: "EmptyReq",
    request: {},
    writes: false,
    run() {
      throw failure("Unsupported", { what: `/v2/vectordb/${path} is not supported by the embedded engine` });
    },
  };
}

const groups: Readonly<Record<string, readonly string[]>> = {
  collections: [
    "fields/drop",
    "struct_fields/add",
    "add_function",
    "alter_function",
    "drop_function",
    "add_function_field",
    "drop_function_field",
  ],
  entities: ["hybrid_search", "advanced_search"],
  users: ["list", "describe", "create", "update_password", "drop", "grant_role", "revoke_role"],
  roles: [
    "list",
    "describe",
    "create",
    "drop",
    "alter",
    "grant_privilege",
    "revoke_privilege",
    "grant_privilege_v2",
    "revoke_privilege_v2",
  ],
  privilege_groups: ["create", "drop", "list", "add_privileges_to_group", "remove_privileges_from_group"],
  resource_groups: ["create", "drop", "alter", "transfer_replica"],
  "jobs/import": ["create", "get_progress", "describe", "commit", "abort"],
  segments: ["describe"],
  quotacenter: ["describe"],
  common: ["run_analyzer"],
};

/** Every refused path of the inventory that stands there by name. */
export const unsupportedOperations: readonly Operation<EmptyRequest, never>[] = Object.entries(groups).flatMap(
  ([group, actions]) => actions.map((action) => unsupportedOperation(`${group}/${action}`)),
);

const families: readonly string[] = ["jobs/snapshot/", "jobs/external_collection/", "file_resources/"];

/**
 * The refusal of a path below a family that is refused as a whole (`jobs/snapshot/*`); undefined for other paths.
 *
 * @param path `jobs/snapshot/create`
 */
export function unsupportedByFamily(path: string): Operation<EmptyRequest, never> | undefined {
  return families.some((family) => path.startsWith(family) && /^\w+$/.test(path.slice(family.length)))
    ? unsupportedOperation(path)
    : undefined;
}
