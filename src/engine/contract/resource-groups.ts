import type { EmptyRequest } from "./request.js";
import type { ContractRows } from "./row.js";

export interface ResourceGroupRequest {
  readonly name: string;
}

/** Keys as the server spells them. */
export interface ResourceGroup {
  readonly name: string;
  readonly capacity: number;
  readonly num_available_node: number;
  readonly num_loaded_replica: Readonly<Record<string, number>>;
  readonly num_outgoing_node: Readonly<Record<string, number>>;
  readonly num_incoming_node: Readonly<Record<string, number>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly nodes: readonly unknown[];
}

export interface ResourceGroupOperations {
  /** Names of the resource groups: one, since everything runs in this process. */
  "resource_groups/list"(request?: EmptyRequest): readonly string[];
  /**
   * The default resource group, with one node: this process.
   *
   * @throws ResourceGroupNotFound
   */
  "resource_groups/describe"(request: ResourceGroupRequest): ResourceGroup;
}

export const resourceGroups: ContractRows<ResourceGroupOperations> = {
  "resource_groups/list": {
    request: {},
    writes: false,
    privilege: { object: "Global", name: "ListResourceGroups" },
  },
  "resource_groups/describe": {
    request: { name: { kind: "string", required: true } },
    writes: false,
    privilege: { object: "Global", name: "DescribeResourceGroup" },
  },
};
