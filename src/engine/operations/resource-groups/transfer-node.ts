import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { ResourceGroupConfig } from "../../contract/resource-groups.js";
import type { Operation } from "../operation.js";
import { nodesIn, requireResourceGroup } from "./describe.js";
import { readGroups, requireAnother } from "./transferred.js";

/**
 * Writes into the configurations that nodes are to leave one group for another, as servers do. The one node stays in the default
 * group, of which no configuration is kept.
 *
 * @throws InvalidParameter (bad name, the same group), ParameterMismatch, ResourceGroupNotFound, ResourceGroupNodeNotEnough
 */
export const transferNode: Operation<"resource_groups/transfer_node"> = {
  path: "resource_groups/transfer_node",
  run(ctx, request) {
    const { nodeNum } = request;
    const { source, target } = readGroups(request);
    requireAnother(source, target);
    if (nodeNum <= 0) {
      throw failure("ParameterMismatch", { expected: "NumNode > 0", actual: `invalid NumNode ${nodeNum}` });
    }
    requireResourceGroup(ctx, source);
    const config: ResourceGroupConfig = requireResourceGroup(ctx, target);
    const nodes = nodesIn(source);
    if (nodeNum > nodes) throw failure("ResourceGroupNodeNotEnough", { group: source, nodes, wanted: nodeNum });
    if (target === DEFAULT_RESOURCE_GROUP) return { data: {} };
    const requested = (config.requests?.node_num ?? 0) + nodeNum;
    const limit = Math.max(requested, config.limits?.node_num ?? 0);
    ctx.transaction(() =>
      ctx.resourceGroups.setConfig(target, {
        ...config,
        requests: { node_num: requested },
        limits: { node_num: limit },
      }),
    );
    return { data: {} };
  },
};
