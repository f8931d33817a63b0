import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { EngineContext } from "../../context.js";
import type { Operation } from "../operation.js";
import { isLoaded } from "../resolve.js";

/** The configuration of a resource group. @throws ResourceGroupNotFound */
export function requireResourceGroup(ctx: EngineContext, name: string): object {
  if (name === DEFAULT_RESOURCE_GROUP) return {};
  const group = ctx.resourceGroups.get(name);
  if (group === undefined) throw failure("ResourceGroupNotFound", { group: name });
  return group.config;
}

/** Collections whose replica is in a group, each with how many. */
export function replicasIn(ctx: EngineContext, group: string): Readonly<Record<string, number>> {
  const there = ctx.catalog.allCollections().filter((c) => isLoaded(c) && ctx.resourceGroups.of(c.id) === group);
  return Object.fromEntries(there.map(({ name }) => [name, 1]));
}

/**
 * A resource group. The default one has one node: this process; the others have none.
 *
 * @throws ResourceGroupNotFound
 */
export const describeResourceGroup: Operation<"resource_groups/describe"> = {
  path: "resource_groups/describe",
  run(ctx, { name }) {
    const config = requireResourceGroup(ctx, name);
    const nodes = name === DEFAULT_RESOURCE_GROUP ? 1 : 0;
    return {
      data: {
        name,
        capacity: nodes,
        num_available_node: nodes,
        num_loaded_replica: replicasIn(ctx, name),
        num_outgoing_node: {},
        num_incoming_node: {},
        config,
        nodes: [],
      },
    };
  },
};
