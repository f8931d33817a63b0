import type { AccessBackup, BackedUpGrant } from "../../../engine/contract/rbac.js";
import type { GrantDescription } from "../../../engine/contract/roles.js";
import { OperatePrivilegeGroupType, OperatePrivilegeType } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

/** A grant as messages have it. */
function grantEntity(roleName: string, grant: GrantDescription): Sent<"GrantEntity"> {
  return {
    role: { name: roleName },
    object: { name: grant.objectType },
    object_name: grant.objectName,
    grantor: { user: { name: grant.grantor }, privilege: { name: grant.privilege } },
    db_name: grant.dbName,
  };
}

function readGrant(entity: Received<"GrantEntity"> | undefined): BackedUpGrant {
  return {
    roleName: entity?.role?.name ?? "",
    objectType: entity?.object?.name ?? "",
    objectName: entity?.object_name ?? "",
    privilege: entity?.grantor?.privilege?.name ?? "",
    dbName: entity?.db_name ?? "",
    grantor: entity?.grantor?.user?.name ?? "",
  };
}

export async function operatePrivilege(
  request: Received<"OperatePrivilegeRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const { grantor: _, ...grant } = readGrant(request.entity);
  await call.execute(
    request.type === OperatePrivilegeType.Revoke ? "roles/revoke_privilege" : "roles/grant_privilege",
    grant,
  );
  return {};
}

export async function operatePrivilegeV2(
  request: Received<"OperatePrivilegeV2Request">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const revokes = request.type === OperatePrivilegeType.Revoke;
  await call.execute(revokes ? "roles/revoke_privilege_v2" : "roles/grant_privilege_v2", {
    roleName: request.role?.name ?? "",
    privilege: request.grantor?.privilege?.name ?? "",
    dbName: request.db_name,
    collectionName: request.collection_name,
  });
  return {};
}

export async function selectGrant(
  request: Received<"SelectGrantRequest">,
  call: RpcCall,
): Promise<Sent<"SelectGrantResponse">> {
  const { roleName, objectType, objectName, dbName } = readGrant(request.entity);
  const { data } = await call.execute("roles/describe", { roleName, dbName, objectType, objectName });
  return { entities: data.map((grant) => grantEntity(roleName, grant)) };
}

export async function createPrivilegeGroup(
  request: Received<"CreatePrivilegeGroupRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("privilege_groups/create", { privilegeGroupName: request.group_name });
  return {};
}

export async function dropPrivilegeGroup(
  request: Received<"DropPrivilegeGroupRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("privilege_groups/drop", { privilegeGroupName: request.group_name });
  return {};
}

export async function operatePrivilegeGroup(
  request: Received<"OperatePrivilegeGroupRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const removes = request.type === OperatePrivilegeGroupType.RemovePrivilegesFromGroup;
  await call.execute(`privilege_groups/${removes ? "remove_privileges_from_group" : "add_privileges_to_group"}`, {
    privilegeGroupName: request.group_name,
    privileges: request.privileges.map(({ name }) => name),
  });
  return {};
}

const entities = (names: readonly string[]) => names.map((name) => ({ name }));

export async function listPrivilegeGroups(
  _: Received<"ListPrivilegeGroupsRequest">,
  call: RpcCall,
): Promise<Sent<"ListPrivilegeGroupsResponse">> {
  const { data } = await call.execute("privilege_groups/list", {});
  return {
    privilege_groups: data.privilegeGroups.map(({ privilegeGroupName, privileges }) => ({
      group_name: privilegeGroupName,
      privileges: entities(privileges === "" ? [] : privileges.split(",")),
    })),
  };
}

export async function backupRbac(
  _: Received<"BackupRBACMetaRequest">,
  call: RpcCall,
): Promise<Sent<"BackupRBACMetaResponse">> {
  const { users, roles, grants, privilegeGroups } = (await call.execute("rbac/backup", {})).data;
  return {
    RBAC_meta: {
      users: users.map(({ userName, password = "", roles: held = [] }) => ({
        user: userName,
        password,
        roles: entities(held),
      })),
      roles: roles.map(({ roleName, description = "" }) => ({ name: roleName, description })),
      grants: grants.map(({ roleName, ...grant }) => grantEntity(roleName, grant)),
      privilege_groups: privilegeGroups.map(({ privilegeGroupName, privileges }) => ({
        group_name: privilegeGroupName,
        privileges: entities(privileges),
      })),
    },
  };
}

export async function restoreRbac(request: Received<"RestoreRBACMetaRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  const { users = [], roles = [], grants = [], privilege_groups: groups = [] } = request.RBAC_meta ?? {};
  const backup: AccessBackup = {
    users: users.map(({ user, password, roles: held }) => ({
      userName: user,
      ...(password !== "" && { password }),
      roles: names(held),
    })),
    roles: roles.map(({ name, description }) => ({ roleName: name, description })),
    grants: grants.map(readGrant),
    privilegeGroups: groups.map(({ group_name, privileges }) => ({
      privilegeGroupName: group_name,
      privileges: names(privileges),
    })),
  };
  await call.execute("rbac/restore", backup);
  return {};
}
