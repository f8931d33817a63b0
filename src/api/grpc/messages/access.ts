import type { MessageSpecs } from "../wire/field-table.js";

/** Users, roles, privileges. */
export const accessMessages = {
  ListCredUsersRequest: {},
  ListCredUsersResponse: {
    status: [1, "Status"],
    usernames: [2, "string*"],
  },
  RoleEntity: {
    name: [1, "string"],
  },
  UserEntity: {
    name: [1, "string"],
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
  ListPrivilegeGroupsRequest: {},
  ListPrivilegeGroupsResponse: {
    status: [1, "Status"],
    privilege_groups: [2, "PrivilegeGroupInfo*"],
  },
  PrivilegeGroupInfo: {
    group_name: [1, "string"],
    privileges: [2, "PrivilegeEntity*"],
  },
} as const satisfies MessageSpecs;
