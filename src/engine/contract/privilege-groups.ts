import type { Done, EmptyRequest } from "./request.js";
import type { ContractRows, Privilege, RequestField } from "./row.js";

export interface PrivilegeGroupRequest {
  readonly privilegeGroupName: string;
}

export interface ChangePrivilegeGroupRequest extends PrivilegeGroupRequest {
  /** All of one level: of the cluster, of a database, of a collection. */
  readonly privileges: readonly string[];
}

export interface PrivilegeGroupDescription {
  readonly privilegeGroupName: string;
  /** Names with commas between them. */
  readonly privileges: string;
}

export interface PrivilegeGroups {
  readonly privilegeGroups: readonly PrivilegeGroupDescription[];
}

export interface PrivilegeGroupOperations {
  /** Groups of privileges: one's own, then the nine that are always there. */
  "privilege_groups/list"(request?: EmptyRequest): PrivilegeGroups;
  /**
   * Creates a group without privileges.
   *
   * @throws PrivilegeGroupNameInvalid, PrivilegeGroupExists, PrivilegeGroupBuiltIn
   */
  "privilege_groups/create"(request: PrivilegeGroupRequest): Done;
  /**
   * Drops a group. A missing one is dropped already.
   *
   * @throws PrivilegeGroupNameInvalid, PrivilegeGroupInUse
   */
  "privilege_groups/drop"(request: PrivilegeGroupRequest): Done;
  /**
   * Adds privileges to a group: whoever has it may do them from then on.
   *
   * @throws PrivilegeGroupChangeEmpty, PrivilegeGroupNotFound, PrivilegeGroupMemberUnknown, PrivilegeGroupLevels
   */
  "privilege_groups/add_privileges_to_group"(request: ChangePrivilegeGroupRequest): Done;
  /**
   * Takes privileges out of a group.
   *
   * @throws PrivilegeGroupChangeEmpty, PrivilegeGroupNotFound, PrivilegeGroupMemberUnknown
   */
  "privilege_groups/remove_privileges_from_group"(request: ChangePrivilegeGroupRequest): Done;
}

const privilegeGroupName: RequestField = { kind: "string", required: true };
const onGroups = (name: string): Privilege => ({ object: "Global", name });
const change = {
  request: { privilegeGroupName, privileges: { kind: "strings", required: true } },
  writes: true,
  privilege: onGroups("OperatePrivilegeGroup"),
} as const;

export const privilegeGroups: ContractRows<PrivilegeGroupOperations> = {
  "privilege_groups/list": { request: {}, writes: false, privilege: onGroups("ListPrivilegeGroups") },
  "privilege_groups/create": {
    request: { privilegeGroupName },
    writes: true,
    privilege: onGroups("CreatePrivilegeGroup"),
  },
  "privilege_groups/drop": {
    request: { privilegeGroupName },
    writes: true,
    privilege: onGroups("DropPrivilegeGroup"),
  },
  "privilege_groups/add_privileges_to_group": change,
  "privilege_groups/remove_privileges_from_group": change,
};
