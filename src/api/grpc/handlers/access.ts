import { failure } from "../../../errors.js";
import type { Received, Sent } from "../messages/table.js";

/**
 * Users, roles and privileges as a server has them from the start. Access is not enforced here, but tools read these lists when
 * they start.
 */
const ROOT = "root";
const ADMIN = "admin";
const PUBLIC = "public";

/** What everybody may do: object type, privilege. */
const PUBLIC_GRANTS = [
  ["Global", "DescribeCollection"],
  ["Global", "ListAliases"],
  ["Collection", "IndexDetail"],
] as const;

export function listCredUsers(): Sent<"ListCredUsersResponse"> {
  return { usernames: [ROOT] };
}

/** @throws RoleNotFound */
export function selectRole(request: Received<"SelectRoleRequest">): Sent<"SelectRoleResponse"> {
  const asked = request.role?.name ?? "";
  const roles = asked === "" ? [ADMIN, PUBLIC] : [knownRole(asked)];
  return { results: roles.map((name) => ({ role: { name } })) };
}

function knownRole(name: string): string {
  if (name !== ADMIN && name !== PUBLIC) throw failure("RoleNotFound");
  return name;
}

export function selectUser(request: Received<"SelectUserRequest">): Sent<"SelectUserResponse"> {
  const asked = request.user?.name ?? "";
  return { results: asked === "" || asked === ROOT ? [{ user: { name: ROOT } }] : [] };
}

/** @throws RoleNotFound */
export function selectGrant(request: Received<"SelectGrantRequest">): Sent<"SelectGrantResponse"> {
  const role = knownRole(request.entity?.role?.name ?? "");
  if (role === ADMIN) return { entities: [] };
  return {
    entities: PUBLIC_GRANTS.map(([object, privilege]) => ({
      role: { name: role },
      object: { name: object },
      object_name: "*",
      grantor: { user: { name: ROOT }, privilege: { name: privilege } },
      db_name: "*",
    })),
  };
}

export function listPrivilegeGroups(): Sent<"ListPrivilegeGroupsResponse"> {
  return { privilege_groups: [] };
}

/** Lists of what the engine never has any of. */
export function nothing(): object {
  return {};
}
