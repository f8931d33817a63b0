import type { MessageSpecs } from "../wire/field-table.js";

/** Users, roles, privileges. Passwords are base64 of their text. */
export const accessMessages = {
  CreateCredentialRequest: {
    username: [2, "string"],
    password: [3, "string"],
    description: [6, "string", "optional"],
  },
  UpdateCredentialRequest: {
    username: [2, "string"],
    oldPassword: [3, "string"],
    newPassword: [4, "string"],
    description: [7, "string", "optional"],
  },
  DeleteCredentialRequest: {
    username: [2, "string"],
  },
  ListCredUsersRequest: {},
  ListCredUsersResponse: {
    status: [1, "Status"],
    usernames: [2, "string*"],
  },
  RoleEntity: {
    name: [1, "string"],
    description: [2, "string"],
  },
  UserEntity: {
    name: [1, "string"],
  },
  CreateRoleRequest: {
    entity: [2, "RoleEntity"],
  },
  AlterRoleRequest: {
    role_name: [2, "string"],
    description: [3, "string"],
  },
  DropRoleRequest: {
    role_name: [2, "string"],
    force_drop: [3, "bool"],
  },
  OperateUserRoleRequest: {
    username: [2, "string"],
    role_name: [3, "string"],
    type: [4, "enum"],
  },
  SelectRoleRequest: {
    role: [2, "RoleEntity"],
    include_user_info: [3, "bool"],
  },
  SelectRoleResponse: {
    status: [1, "Status"],
    results: [2, "RoleResult*"],
  },
  RoleResult: {
    role: [1, "RoleEntity"],
    users: [2, "UserEntity*"],
  },
  SelectUserRequest: {
    user: [2, "UserEntity"],
    include_role_info: [3, "bool"],
  },
  SelectUserResponse: {
    status: [1, "Status"],
    results: [2, "UserResult*"],
  },
  UserResult: {
    user: [1, "UserEntity"],
    roles: [2, "RoleEntity*"],
    description: [3, "string"],
  },
  OperatePrivilegeRequest: {
    entity: [2, "GrantEntity"],
    type: [3, "enum"],
  },
  OperatePrivilegeV2Request: {
    role: [2, "RoleEntity"],
    grantor: [3, "GrantorEntity"],
    type: [4, "enum"],
    db_name: [5, "string"],
    collection_name: [6, "string"],
  },
  SelectGrantRequest: {
    entity: [2, "GrantEntity"],
  },
  SelectGrantResponse: {
    status: [1, "Status"],
    entities: [2, "GrantEntity*"],
  },
  GrantEntity: {
    role: [1, "RoleEntity"],
    object: [2, "ObjectEntity"],
    object_name: [3, "string"],
    grantor: [4, "GrantorEntity"],
    db_name: [5, "string"],
  },
  GrantorEntity: {
    user: [1, "UserEntity"],
    privilege: [2, "PrivilegeEntity"],
  },
  ObjectEntity: {
    name: [1, "string"],
  },
  PrivilegeEntity: {
    name: [1, "string"],
  },
  CreatePrivilegeGroupRequest: {
    group_name: [2, "string"],
  },
  DropPrivilegeGroupRequest: {
    group_name: [2, "string"],
  },
  ListPrivilegeGroupsRequest: {},
  ListPrivilegeGroupsResponse: {
    status: [1, "Status"],
    privilege_groups: [2, "PrivilegeGroupInfo*"],
  },
  OperatePrivilegeGroupRequest: {
    group_name: [2, "string"],
    privileges: [3, "PrivilegeEntity*"],
    type: [4, "enum"],
  },
  PrivilegeGroupInfo: {
    group_name: [1, "string"],
    privileges: [2, "PrivilegeEntity*"],
  },
  BackupRBACMetaRequest: {},
  BackupRBACMetaResponse: {
    status: [1, "Status"],
    RBAC_meta: [2, "RBACMeta"],
  },
  RestoreRBACMetaRequest: {
    RBAC_meta: [2, "RBACMeta"],
  },
  RBACMeta: {
    users: [1, "UserInfo*"],
    roles: [2, "RoleEntity*"],
    grants: [3, "GrantEntity*"],
    privilege_groups: [4, "PrivilegeGroupInfo*"],
  },
  UserInfo: {
    user: [1, "string"],
    password: [2, "string"],
    roles: [3, "RoleEntity*"],
  },
} as const satisfies MessageSpecs;
