import { failure } from "../../../errors.js";
import { ROOT } from "../../access/records.js";
import type { EngineContext } from "../../context.js";
import type { AccessBackup, BackedUpGrant, BackedUpGroup, BackedUpRole, BackedUpUser } from "../../contract/rbac.js";
import { MAX_ROLES, MAX_USERS } from "../../model/limits.js";
import { ANY, BUILT_IN_GROUPS, OBJECT_TYPES, objectTypeOf } from "../../model/privileges.js";
import { requireRoom } from "../../model/room.js";
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
import { requireRoomForGrants } from "../roles/privileges.js";

/**
 * Brings back what a backup holds, all of it or nothing. REST does not ask for the keys of items of a list: what is not there
 * is as empty.
 *
 * @throws RestoreExists, RestoreMissing, RoleLimit, UserLimit, and what names can be refused with
 */
export const restoreAccess: Operation<"rbac/restore"> = {
  path: "rbac/restore",
  run(ctx, request) {
    ctx.transaction(() => restore(ctx, request));
    return { data: {} };
  },
};

/** Each kind is looked at as a whole before it is written: what is in memory is read anew after every write. */
function restore(
  ctx: EngineContext,
  { roles = [], privilegeGroups = [], grants = [], users = [] }: AccessBackup,
): void {
  const { access } = ctx;
  const newRoles = readEach("role", roles, (role) => readRole(ctx, role));
  if (access.roles().length + newRoles.length > MAX_ROLES) throw failure("RoleLimit");
  access.change((tables) => {
    for (const { name, description } of newRoles) tables.insertRole(name, description);
  });
  const newGroups = readEach("privilege group", privilegeGroups, (group) => readGroup(ctx, group));
  if (newGroups.length > 0) requireRoom("privilege groups", access.groups().length + newGroups.length - 1);
  access.change((tables) => {
    for (const { name, privileges } of newGroups) {
      tables.insertGroup(name);
      tables.setGroup(name, privileges);
    }
  });
  const newGrants = Array.from(grants, (grant) => readGrant(ctx, grant));
  access.change((tables) => {
    for (const { roleId, grant } of newGrants) tables.grant(roleId, grant);
  });
  if (newGrants.length > 0) requireRoomForGrants(ctx);
  const newUsers = readEach("user", users, (user) => readUser(ctx, user));
  if (access.users().length + newUsers.length > MAX_USERS) throw failure("UserLimit");
  access.change((tables) => {
    for (const { name, password, description, roleIds } of newUsers) {
      const id = tables.insertUser(name, password, description);
      for (const roleId of roleIds) tables.bind(id, roleId);
    }
  });
}

/** @throws RestoreExists for a name that comes twice, and what `read` throws */
function readEach<Item, Made extends { readonly name: string }>(
  what: string,
  items: readonly Item[],
  read: (item: Item) => Made,
): readonly Made[] {
  const seen = new Set<string>();
  return Array.from(items, (item) => {
    const made = read(item);
    if (seen.has(made.name)) throw failure("RestoreExists", { what, name: made.name });
    seen.add(made.name);
    return made;
  });
}

function readRole(ctx: EngineContext, { roleName = "", description = "" }: BackedUpRole) {
  const name = checkRoleName(roleName);
  checkDescription("role", description);
  if (ctx.access.role(name) !== undefined) throw failure("RestoreExists", { what: "role", name });
  return { name, description };
}

function readGroup(ctx: EngineContext, { privilegeGroupName = "", privileges = [] }: BackedUpGroup) {
  const name = checkPrivilegeGroupName(privilegeGroupName);
  if (ctx.access.group(name) !== undefined) throw failure("RestoreExists", { what: "privilege group", name });
  refuseTakenGroup(ctx, name);
  requireMembers(ctx, privileges);
  return { name, privileges: [...new Set(privileges)] };
}

function readGrant(ctx: EngineContext, given: BackedUpGrant) {
  const { roleName = "", privilege = "", dbName = "", objectName: object = "", grantor = ROOT } = given;
  const roleId = requireRoleId(ctx, roleName);
  const known =
    privilege === ANY ||
    objectTypeOf(privilege) !== undefined ||
    BUILT_IN_GROUPS.has(privilege) ||
    ctx.access.group(privilege) !== undefined;
  if (!known) throw failure("RestoreMissing", { what: "privilege", name: privilege });
  const objectType = OBJECT_TYPES.find((type) => type === given.objectType);
  if (objectType === undefined) throw failure("ObjectTypeUnknown");
  const database = checkGrantTarget("database name", dbName);
  // Names of users have characters that others have not.
  const isUser = objectType === "User" && object !== ANY;
  const objectName = isUser ? checkUserName(object) : checkGrantTarget("object name", object);
  return { roleId, grant: { database, objectType, objectName, privilege, grantor } };
}

function readUser(ctx: EngineContext, { userName = "", password, roles = [], description = "" }: BackedUpUser) {
  const name = checkUserName(userName);
  checkDescription("user", description);
  if (ctx.access.user(name) !== undefined) throw failure("RestoreExists", { what: "user", name });
  return { name, password, description, roleIds: roles.map((role) => requireRoleId(ctx, role)) };
}

function requireRoleId(ctx: EngineContext, name: string): number {
  const role = ctx.access.role(name);
  if (role === undefined) throw failure("RestoreMissing", { what: "role", name });
  return role.id;
}
