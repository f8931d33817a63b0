import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import { MAX_RESOURCE_GROUPS } from "../../model/limits.js";
import { checkResourceGroupName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { readConfig } from "./config.js";
import { requireResourceGroup } from "./describe.js";

/**
 * Creates a resource group; the same again is a success.
 *
 * @throws InvalidParameter (bad name), ResourceGroupExists, ResourceGroupLimit, ResourceGroupConfigIllegal
 */
export const createResourceGroup: Operation<"resource_groups/create"> = {
  path: "resource_groups/create",
  run(ctx, request) {
    const name = checkResourceGroupName(request.name);
    const config = readConfig(ctx, name, request.config);
    const known = ctx.resourceGroups.get(name);
    if (name === DEFAULT_RESOURCE_GROUP || known !== undefined) {
      if (JSON.stringify(known?.config) === JSON.stringify(config)) return { data: {} };
      throw failure("ResourceGroupExists", { group: name });
    }
    if (ctx.resourceGroups.all().length + 1 >= MAX_RESOURCE_GROUPS) {
      throw failure("ResourceGroupLimit", { group: name, limit: MAX_RESOURCE_GROUPS });
    }
    ctx.transaction(() => ctx.resourceGroups.create(name, config));
    return { data: {} };
  },
};

/**
 * Gives resource groups other configurations: all of them, or none. What is asked of the default one changes nothing: its node
 * is this process.
 *
 * @throws ResourceGroupNotFound, ResourceGroupConfigIllegal
 */
export const alterResourceGroups: Operation<"resource_groups/alter"> = {
  path: "resource_groups/alter",
  run(ctx, { resource_groups: groups }) {
    const changes = Object.entries(groups).map(([name, given]) => {
      requireResourceGroup(ctx, name);
      return { name, config: readConfig(ctx, name, given) };
    });
    ctx.transaction(() => {
      for (const { name, config } of changes) ctx.resourceGroups.setConfig(name, config);
    });
    return { data: {} };
  },
};
