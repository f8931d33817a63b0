import type { Operation } from "../operation.js";

/** The one resource group: everything runs in this process. */
export const DEFAULT_RESOURCE_GROUP = "__default_resource_group";

/** Names of the resource groups. */
export const listResourceGroups: Operation<"resource_groups/list"> = {
  path: "resource_groups/list",
  run: () => ({ data: [DEFAULT_RESOURCE_GROUP] }),
};
