import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { DEFAULT_RESOURCE_GROUP } from "./list.js";

export interface ResourceGroupRequest {
  readonly name: string;
}

/**
 * The default resource group, with one node: this process.
 *
 * @throws ResourceGroupNotFound
 */
export const describeResourceGroup: Operation<ResourceGroupRequest, object> = {
  path: "resource_groups/describe",
  requestType: "ResourceGroupReq",
  writes: false,
  request: { name: { kind: "string", required: true } },
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
