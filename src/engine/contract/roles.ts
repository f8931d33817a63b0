import { type DatabaseRequest, type Done, dbName, type EmptyRequest } from "./request.js";
import type { ContractRows, Privilege, RequestField } from "./row.js";

export interface RoleRequest {
  readonly roleName: string;
}

export interface SelectRolesRequest {
  /** Default: all roles. */
  readonly roleName?: string;
}

export interface CreateRoleRequest extends RoleRequest {
  readonly description?: string;
}

export interface AlterRoleRequest extends RoleRequest {
  /** Default: none. */
  readonly description?: string;
}

export interface DropRoleRequest extends RoleRequest {
  /** Take its grants with it; without this a role that has any is not dropped. */
  readonly forceDrop?: boolean;
}

export interface DescribeRoleRequest extends RoleRequest, DatabaseRequest {
  /** With `objectName`: grants on this alone. */
  readonly objectType?: string;
  readonly objectName?: string;
}

export interface GrantPrivilegeRequest extends RoleRequest, DatabaseRequest {
  /** Collection, Global or User. */
  readonly objectType: string;
  /** `*`: all; of Global always. */
  readonly objectName: string;
  readonly privilege: string;
}

export interface GrantPrivilegeV2Request extends RoleRequest, DatabaseRequest {
  /** A privilege, or a group of them. */
  readonly privilege: string;
  /** `*`: all of the database. */
  readonly collectionName?: string;
}

export interface RoleWithUsers {
  readonly roleName: string;
  readonly users: readonly string[];
  readonly description: string;
}

export interface GrantDescription {
  readonly objectType: string;
  readonly objectName: string;
  readonly privilege: string;
  readonly dbName: string;
  /** Who granted it. */
  readonly grantor: string;
}

export interface RoleOperations {
  /** Names of all roles in order of creation, `admin` and `public` first. */
  "roles/list"(request?: EmptyRequest): readonly string[];
  /** Roles with their users: all, or the one that is named, if there is one. Milvus has it over gRPC only. */
  "roles/select"(request?: SelectRolesRequest): readonly RoleWithUsers[];
  /**
   * What is granted to a role in a database, and in all of them (`*`); with `dbName: "*"` everything.
   *
   * @throws GrantRoleNotFound
   */
  "roles/describe"(request: DescribeRoleRequest): readonly GrantDescription[];
  /**
   * Creates a role.
   *
   * @throws AccessNameInvalid, DescriptionTooLong, RoleLimit, RoleExists
   */
  "roles/create"(request: CreateRoleRequest): Done;
  /**
   * Gives a role another description.
   *
   * @throws DescriptionTooLong, DefaultRole, RoleNotFound
   */
  "roles/alter"(request: AlterRoleRequest): Done;
  /**
   * Drops a role; it is taken from its users.
   *
   * @throws AccessNameInvalid, DefaultRole, RoleNotFound, RoleHasGrants
   */
  "roles/drop"(request: DropRoleRequest): Done;
  /**
   * Grants a privilege on an object; again is a success. `Load` and `Flush` bring what waits for their end with them.
   *
   * @throws AccessNameInvalid, GrantRoleNotFound, ObjectTypeUnknown, PrivilegeGroupNotGrantable, PrivilegeNotFound
   */
  "roles/grant_privilege"(request: GrantPrivilegeRequest): Done;
  /** Takes it back; what is not granted is taken already. Throws as `roles/grant_privilege`. */
  "roles/revoke_privilege"(request: GrantPrivilegeRequest): Done;
  /**
   * Grants a privilege, or a group of them, on a collection (`*`: all of the database).
   *
   * @throws AccessNameInvalid, GrantRoleNotFound, PrivilegeNotFound, PrivilegeLevel
   */
  "roles/grant_privilege_v2"(request: GrantPrivilegeV2Request): Done;
  /** Takes it back; what is not granted is taken already. Throws as `roles/grant_privilege_v2`. */
  "roles/revoke_privilege_v2"(request: GrantPrivilegeV2Request): Done;
}

const text: RequestField = { kind: "string" };
const required: RequestField = { kind: "string", required: true };
const roleName = required;
const ownership = (name: string): Privilege => ({ object: "Global", name: `${name}Ownership` });
/** The database is what it is about, not where the caller stands. */
const onGrants = (name: string): Privilege => ({ ...ownership(name), at: "connection" });

const grant = {
  request: { roleName, objectType: required, objectName: required, privilege: required, dbName },
  writes: true,
  privilege: onGrants("Manage"),
} as const;
const grantV2 = {
  request: { roleName, privilege: required, dbName, collectionName: text },
  writes: true,
  privilege: onGrants("Manage"),
} as const;

export const roles: ContractRows<RoleOperations> = {
  "roles/list": { request: {}, writes: false, privilege: ownership("Select") },
  "roles/select": { request: { roleName: text }, writes: false, privilege: ownership("Select") },
  "roles/describe": {
    request: { roleName, dbName, objectType: text, objectName: text },
    writes: false,
    privilege: onGrants("Select"),
  },
  "roles/create": { request: { roleName, description: text }, writes: true, privilege: ownership("Create") },
  "roles/alter": { request: { roleName, description: text }, writes: true, privilege: ownership("Create") },
  "roles/drop": { request: { roleName, forceDrop: { kind: "bool" } }, writes: true, privilege: ownership("Drop") },
  "roles/grant_privilege": grant,
  "roles/revoke_privilege": grant,
  "roles/grant_privilege_v2": grantV2,
  "roles/revoke_privilege_v2": grantV2,
};
