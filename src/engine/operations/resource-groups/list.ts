import type { EmptyRequest, Operation } from "../operation.js";

/** The one resource group: everything runs in this process. */
export const DEFAULT_RESOURCE_GROUP = "__default_resource_group";

/** Names of the resource groups. */
export const listResourceGroups: Operation<EmptyRequest, readonly string[]> = {
  path: "resource_groups/list",
  requestType: "EmptyReq",
  writes: false,
  request: {},
  run: () => ({ data: [DEFAULT_RESOURCE_GROUP] }),
};
