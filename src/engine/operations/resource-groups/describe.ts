import { failure } from "../../../errors.js";
import { sightOf } from "../../access/permission.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import type { EngineContext } from "../../context.js";
import type { Collection } from "../../model/collection.js";
import type { Operation } from "../operation.js";
import { isLoaded } from "../resolve.js";

/** The configuration of a resource group. @throws ResourceGroupNotFound */
export function requireResourceGroup(ctx: EngineContext, name: string): object {
  if (name === DEFAULT_RESOURCE_GROUP) return {};
  const group = ctx.resourceGroups.get(name);
  if (group === undefined) throw failure("ResourceGroupNotFound", { group: name });
  return group.config;
}

/** The one node, this process, is in the default group. */
export function nodesIn(group: string): 0 | 1 {
  return group === DEFAULT_RESOURCE_GROUP ? 1 : 0;
}

/** Collections whose replica is in a group. */
export function replicasIn(ctx: EngineContext, group: string): readonly Collection[] {
  return ctx.catalog.allCollections().filter((c) => isLoaded(c) && ctx.resourceGroups.of(c.id) === group);
}

/**
 * A resource group. The default one has one node: this process; the others have none. Of the replicas in it those are told that
 * the caller sees.
 *
 * @throws ResourceGroupNotFound
 */
export const describeResourceGroup: Operation<"resource_groups/describe"> = {
  path: "resource_groups/describe",
  run(ctx, { name }, { caller }) {
    const config = requireResourceGroup(ctx, name);
    const sight = sightOf(ctx.access, caller);
    const replicas = replicasIn(ctx, name).filter((c) => sight.collection(c.database, c.name));
    const nodes = nodesIn(name);
    return {
      data: {
        name,
        capacity: nodes,
        num_available_node: nodes,
        num_loaded_replica: Object.fromEntries(replicas.map((collection) => [collection.name, 1])),
        num_outgoing_node: {},
        num_incoming_node: {},
        config,
        nodes: [],
      },
    };
  },
};
