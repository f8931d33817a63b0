import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { Operation } from "../operation.js";

/** Names of the resource groups: the default one, then one's own in order of creation. */
export const listResourceGroups: Operation<"resource_groups/list"> = {
  path: "resource_groups/list",
  run: (ctx) => ({ data: [DEFAULT_RESOURCE_GROUP, ...ctx.resourceGroups.all().map(({ name }) => name)] }),
};
