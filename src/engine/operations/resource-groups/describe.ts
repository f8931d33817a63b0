import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { DEFAULT_RESOURCE_GROUP } from "./list.js";

/**
 * The default resource group, with one node: this process.
 *
 * @throws ResourceGroupNotFound
 */
export const describeResourceGroup: Operation<"resource_groups/describe"> = {
  path: "resource_groups/describe",
  run(_ctx, request) {
    if (request.name !== DEFAULT_RESOURCE_GROUP) throw failure("ResourceGroupNotFound", { group: request.name });
    return {
      data: {
        name: DEFAULT_RESOURCE_GROUP,
        capacity: 1,
        num_available_node: 1,
        num_loaded_replica: {},
        num_outgoing_node: {},
        num_incoming_node: {},
        config: {},
        nodes: [],
      },
    };
  },
};
