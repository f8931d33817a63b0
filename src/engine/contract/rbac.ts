import type { Done, EmptyRequest } from "./request.js";
import type { GrantDescription } from "./roles.js";
import type { ContractRows } from "./row.js";

export interface BackedUpUser {
  readonly userName: string;
  /** As it is kept: a hash, with its kind in front. Absent: nobody is this user over a network. */
  readonly password?: string;
  readonly roles?: readonly string[];
  readonly description?: string;
}

export interface BackedUpRole {
  readonly roleName: string;
  readonly description?: string;
}

export interface BackedUpGrant extends GrantDescription {
  readonly roleName: string;
}

export interface BackedUpGroup {
  readonly privilegeGroupName: string;
  readonly privileges: readonly string[];
}

/** All users, roles, grants and groups but those that are always there. */
export interface AccessBackup {
  readonly users?: readonly BackedUpUser[];
  readonly roles?: readonly BackedUpRole[];
  readonly grants?: readonly BackedUpGrant[];
  readonly privilegeGroups?: readonly BackedUpGroup[];
}

export interface RbacOperations {
  /** Users, roles, grants and privilege groups, to be restored elsewhere. Milvus has it over gRPC only. */
  "rbac/backup"(request?: EmptyRequest): Required<AccessBackup>;
  /**
   * Brings back what a backup holds, all of it or nothing. Milvus has it over gRPC only.
   *
   * @throws RestoreExists, RestoreMissing, and what creating them throws
   */
  "rbac/restore"(request: AccessBackup): Done;
}

const text = { kind: "string" } as const;
const required = { kind: "string", required: true } as const;

export const rbac: ContractRows<RbacOperations> = {
  "rbac/backup": { request: {}, writes: false, privilege: { object: "Global", name: "BackupRBAC" } },
  "rbac/restore": {
    request: {
      users: {
        kind: "array",
        shape: { userName: required, password: text, roles: { kind: "strings" }, description: text },
      },
      roles: { kind: "array", shape: { roleName: required, description: text } },
      // As many as there are: who has made a backup must be able to restore it.
      grants: {
        kind: "array",
        many: true,
        shape: {
          roleName: required,
          objectType: required,
          objectName: required,
          privilege: required,
          dbName: required,
          grantor: text,
        },
      },
      privilegeGroups: {
        kind: "array",
        shape: { privilegeGroupName: required, privileges: { kind: "strings", required: true } },
      },
    },
    writes: true,
    privilege: { object: "Global", name: "RestoreRBAC" },
  },
};
