import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { ResourceGroupConfig } from "../../contract/resource-groups.js";
import type { Operation } from "../operation.js";
import { replicasIn } from "./describe.js";

/**
 * Drops a resource group. A missing one is dropped already.
 *
 * @throws ParameterMismatch for the default one, for one that may have nodes, and for one that holds a replica
 */
export const dropResourceGroup: Operation<"resource_groups/drop"> = {
  path: "resource_groups/drop",
  run(ctx, { name }) {
    const refuse = (text: string, expected: string) => failure("ParameterMismatch", { text, expected, actual: name });
    if (name === DEFAULT_RESOURCE_GROUP) {
      throw refuse("default resource group is not deletable", "not default resource group");
    }
    const group = ctx.resourceGroups.get(name);
    if (group === undefined) return { data: {} };
    if ((group.config as ResourceGroupConfig).limits?.node_num !== 0) {
      throw refuse("resource group's limits node num is not 0", "not empty resource group");
    }
    if (replicasIn(ctx, name).length > 0) {
      throw refuse("some replicas still loaded in resource group, release it first", "not empty resource group");
    }
    ctx.removal(() => ctx.resourceGroups.drop(name));
    return { data: {} };
  },
};
