import { failure } from "../../../errors.js";
import type { Role } from "../../access/records.js";
import type { EngineContext } from "../../context.js";
import { checkRoleName, checkUserName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/** @throws AccessNameInvalid, RoleNotFound */
export function requireRole(ctx: EngineContext, roleName: string): Role {
  const role = ctx.access.role(checkRoleName(roleName));
  if (role === undefined) throw failure("RoleNotFound");
  return role;
}

/** The role of a grant. @throws AccessNameInvalid, GrantRoleNotFound */
export function requireGrantRole(ctx: EngineContext, roleName: string): Role {
  const name = checkRoleName(roleName);
  const role = ctx.access.role(name);
  if (role === undefined) throw failure("GrantRoleNotFound", { role: name });
  return role;
}

/**
 * Gives a user a role; again is a success.
 *
 * @throws UserNameInvalid, AccessNameInvalid, RoleNotFound, UserNotFound
 */
export const grantRole: Operation<"users/grant_role"> = {
  path: "users/grant_role",
  run(ctx, { userName, roleName }) {
    const name = checkUserName(userName);
    const role = requireRole(ctx, roleName);
    const user = ctx.access.user(name);
    if (user === undefined) throw failure("UserNotFound", { user: name });
    ctx.transaction(() => ctx.access.change((tables) => tables.bind(user.id, role.id)));
    return { data: {} };
  },
};

/**
 * Takes a role from a user; what he has not is taken already.
 *
 * @throws UserNameInvalid, AccessNameInvalid, RoleNotFound
 */
export const revokeRole: Operation<"users/revoke_role"> = {
  path: "users/revoke_role",
  run(ctx, { userName, roleName }) {
    const name = checkUserName(userName);
    const role = requireRole(ctx, roleName);
    const user = ctx.access.user(name);
    if (user !== undefined) ctx.removal(() => ctx.access.change((tables) => tables.unbind(user.id, role.id)));
    return { data: {} };
  },
};
