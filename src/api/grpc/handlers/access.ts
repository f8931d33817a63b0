import { passwordText } from "../../password-text.js";
import { OperateUserRoleType } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

export async function createCredential(
  request: Received<"CreateCredentialRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("users/create", {
    userName: request.username,
    password: passwordText(request.password),
    ...(request.description !== undefined && { description: request.description }),
  });
  return {};
}

export async function updateCredential(
  request: Received<"UpdateCredentialRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const { newPassword, description } = request;
  await call.execute("users/update_password", {
    userName: request.username,
    password: passwordText(request.oldPassword),
    ...(newPassword !== "" && { newPassword: passwordText(newPassword) }),
    ...(description !== undefined && { description }),
  });
  return {};
}

export async function deleteCredential(
  request: Received<"DeleteCredentialRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("users/drop", { userName: request.username });
  return {};
}

export async function listCredUsers(
  _: Received<"ListCredUsersRequest">,
  call: RpcCall,
): Promise<Sent<"ListCredUsersResponse">> {
  return { usernames: (await call.execute("users/list", {})).data };
}

export async function createRole(request: Received<"CreateRoleRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const { name = "", description = "" } = request.entity ?? {};
  await call.execute("roles/create", { roleName: name, description });
  return {};
}

export async function alterRole(request: Received<"AlterRoleRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("roles/alter", { roleName: request.role_name, description: request.description });
  return {};
}

export async function dropRole(request: Received<"DropRoleRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("roles/drop", { roleName: request.role_name, forceDrop: request.force_drop });
  return {};
}

export async function operateUserRole(
  request: Received<"OperateUserRoleRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const path = request.type === OperateUserRoleType.RemoveUserFromRole ? "users/revoke_role" : "users/grant_role";
  await call.execute(path, { userName: request.username, roleName: request.role_name });
  return {};
}

/** Their users are told only to those who ask for them. */
export async function selectRole(
  request: Received<"SelectRoleRequest">,
  call: RpcCall,
): Promise<Sent<"SelectRoleResponse">> {
  const { data } = await call.execute("roles/select", { roleName: request.role?.name ?? "" });
  const named = (names: readonly string[]) => names.map((name) => ({ name }));
  return {
    results: data.map(({ roleName, users, description }) => ({
      role: { name: roleName, description },
      users: request.include_user_info ? named(users) : [],
    })),
  };
}

export async function selectUser(
  request: Received<"SelectUserRequest">,
  call: RpcCall,
): Promise<Sent<"SelectUserResponse">> {
  const { data } = await call.execute("users/select", { userName: request.user?.name ?? "" });
  return {
    results: data.map(({ userName, roles, description }) => ({
      user: { name: userName },
      roles: request.include_role_info ? roles.map((name) => ({ name })) : [],
      description,
    })),
  };
}

/** Lists of what the engine never has any of. */
export function nothing(): object {
  return {};
}
