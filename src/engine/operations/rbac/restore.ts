import { failure } from "../../../errors.js";
import { ROOT } from "../../access/records.js";
import type { EngineContext } from "../../context.js";
import type { BackedUpGrant, BackedUpGroup, BackedUpRole, BackedUpUser } from "../../contract/rbac.js";
import { MAX_ROLES, MAX_USERS } from "../../model/limits.js";
import { ANY, BUILT_IN_GROUPS, OBJECT_TYPES, objectTypeOf } from "../../model/privileges.js";
import {
  checkDescription,
  checkGrantTarget,
  checkPrivilegeGroupName,
  checkRoleName,
  checkUserName,
} from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";
import { refuseTakenGroup } from "../privilege-groups/create.js";
import { requireMembers } from "../privilege-groups/members.js";

/**
 * Brings back what a backup holds, all of it or nothing.
 *
 * REST does not ask for the keys of items of a list: what is not there is as empty.
 *
 * @throws RestoreExists, RestoreMissing, RoleLimit, UserLimit, and what names can be refused with
 */
export const restoreAccess: Operation<"rbac/restore"> = {
  path: "rbac/restore",
  run(ctx, { roles = [], privilegeGroups = [], grants = [], users = [] }) {
    ctx.transaction(() => {
      for (const role of roles) restoreRole(ctx, role);
      for (const group of privilegeGroups) restoreGroup(ctx, group);
      for (const grant of grants) restoreGrant(ctx, grant);
      for (const user of users) restoreUser(ctx, user);
      for (const user of users) restoreBindings(ctx, user);
    });
    return { data: {} };
  },
};

function restoreRole(ctx: EngineContext, { roleName = "", description = "" }: BackedUpRole): void {
  const name = checkRoleName(roleName);
  checkDescription("role", description);
  if (ctx.access.role(name) !== undefined) throw failure("RestoreExists", { what: "role", name });
  if (ctx.access.roles().length >= MAX_ROLES) throw failure("RoleLimit");
  ctx.access.change((tables) => tables.insertRole(name, description));
}

function restoreGroup(ctx: EngineContext, { privilegeGroupName = "", privileges = [] }: BackedUpGroup): void {
  const name = checkPrivilegeGroupName(privilegeGroupName);
  if (ctx.access.group(name) !== undefined) throw failure("RestoreExists", { what: "privilege group", name });
  refuseTakenGroup(ctx, name);
  requireMembers(ctx, privileges);
  ctx.access.change((tables) => {
    tables.insertGroup(name);
    tables.setGroup(name, [...new Set(privileges)]);
  });
}

function restoreGrant(ctx: EngineContext, grant: BackedUpGrant): void {
  const { roleName = "", privilege = "", dbName = "", objectName: name = "", grantor = ROOT } = grant;
  const role = ctx.access.role(roleName);
  if (role === undefined) throw failure("RestoreMissing", { what: "role", name: roleName });
  const known =
    privilege === ANY ||
    objectTypeOf(privilege) !== undefined ||
    BUILT_IN_GROUPS.has(privilege) ||
    ctx.access.group(privilege) !== undefined;
  if (!known) throw failure("RestoreMissing", { what: "privilege", name: privilege });
  const objectType = OBJECT_TYPES.find((type) => type === grant.objectType);
  if (objectType === undefined) throw failure("ObjectTypeUnknown");
  const database = checkGrantTarget("database name", dbName);
  // Names of users have characters that others have not.
  const objectName =
    objectType === "User" && name !== ANY ? checkUserName(name) : checkGrantTarget("object name", name);
  ctx.access.change((tables) => tables.grant(role.id, { database, objectType, objectName, privilege, grantor }));
}

function restoreUser(ctx: EngineContext, { userName = "", password, description = "" }: BackedUpUser): void {
  const name = checkUserName(userName);
  checkDescription("user", description);
  if (ctx.access.user(name) !== undefined) throw failure("RestoreExists", { what: "user", name });
  if (ctx.access.users().length >= MAX_USERS) throw failure("UserLimit");
  ctx.access.change((tables) => tables.insertUser(name, password, description));
}

function restoreBindings(ctx: EngineContext, { userName = "", roles = [] }: BackedUpUser): void {
  const user = ctx.access.user(userName.trim());
  for (const name of roles) {
    const role = ctx.access.role(name);
    if (role === undefined) throw failure("RestoreMissing", { what: "role", name });
    if (user !== undefined) ctx.access.change((tables) => tables.bind(user.id, role.id));
  }
}
