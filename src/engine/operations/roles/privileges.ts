import { failure } from "../../../errors.js";
import { type Grant, ROOT } from "../../access/records.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import type { GrantPrivilegeRequest, GrantPrivilegeV2Request } from "../../contract/roles.js";
import { MAX_GRANTS } from "../../model/limits.js";
import {
  ANY,
  BUILT_IN_GROUPS,
  levelOf,
  OBJECT_TYPES,
  type ObjectType,
  objectTypeOf,
  type PrivilegeLevel,
  RELATED_PRIVILEGES,
} from "../../model/privileges.js";
import { requireRoom } from "../../model/room.js";
import { checkGrantTarget, checkObjectType, checkRoleName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";
import { databaseName } from "../resolve.js";
import { requireGrantRole } from "../users/roles.js";

type Action = "grant" | "revoke";

/** A grant without who has granted it. */
type Asked = Omit<Grant, "grantor">;

/** Grants or revokes a privilege, and those that go with it. Twice the same is a success. */
function operate(ctx: EngineContext, action: Action, roleName: string, asked: Asked, { caller }: CallLimits): void {
  const role = requireGrantRole(ctx, roleName);
  const grantor = caller?.user ?? ROOT;
  const privileges = [asked.privilege, ...(RELATED_PRIVILEGES.get(asked.privilege) ?? [])];
  const work = () =>
    ctx.access.change((tables) => {
      for (const privilege of privileges) tables[action](role.id, { ...asked, privilege, grantor });
    });
  if (action === "revoke") {
    ctx.removal(work);
    return;
  }
  ctx.transaction(() => {
    work();
    requireRoomForGrants(ctx);
  });
}

/** Looks once they are written, inside the transaction: what was granted before takes no more room. @throws InvalidParameter */
export function requireRoomForGrants({ access }: EngineContext): void {
  requireRoom("grants", access.grants - 1, MAX_GRANTS);
}

/** The database and the collection that a grant is on: of an alias the collection that it names now. */
function placeOf(
  ctx: EngineContext,
  dbName: string | undefined,
  name: string,
): { readonly database: string; readonly objectName: string } {
  const database = checkGrantTarget("database name", databaseName(dbName));
  return { database, objectName: ctx.catalog.find(database, name)?.name ?? name };
}

/** @throws AccessNameInvalid, GrantRoleNotFound, ObjectTypeUnknown, PrivilegeGroupNotGrantable, PrivilegeNotFound */
function readGrant(ctx: EngineContext, request: GrantPrivilegeRequest): Asked {
  checkRoleName(request.roleName);
  const name = checkGrantTarget("object name", request.objectName);
  const object = checkObjectType(request.objectType);
  const privilege = checkGrantTarget("Privilege", request.privilege);
  requireGrantRole(ctx, request.roleName);
  const objectType = OBJECT_TYPES.find((type) => type === object);
  if (objectType === undefined) throw failure("ObjectTypeUnknown");
  if (ctx.access.group(privilege) !== undefined) {
    throw failure("PrivilegeGroupNotGrantable", { kind: "custom", group: privilege });
  }
  if (BUILT_IN_GROUPS.has(privilege)) {
    throw failure("PrivilegeGroupNotGrantable", { kind: "built-in", group: privilege });
  }
  if (privilege !== ANY && objectTypeOf(privilege) !== objectType) {
    throw failure("PrivilegeNotFound", { privilege, object: objectType });
  }
  const place = placeOf(ctx, request.dbName, objectType === "Collection" ? name : "");
  const objectName = objectType === "Global" ? ANY : objectType === "User" ? name : place.objectName;
  return { database: place.database, objectType, objectName, privilege };
}

/** @throws AccessNameInvalid, GrantRoleNotFound, PrivilegeNotFound, PrivilegeLevel */
function readGrantV2(ctx: EngineContext, request: GrantPrivilegeV2Request): Asked {
  checkRoleName(request.roleName);
  const privilege = checkGrantTarget("Privilege", request.privilege);
  const collection = checkGrantTarget("collection name", request.collectionName ?? "");
  requireGrantRole(ctx, request.roleName);
  const place = placeOf(ctx, request.dbName, collection);
  const group = ctx.access.group(privilege);
  const objectType: ObjectType | undefined = privilege === ANY ? "Global" : objectTypeOf(privilege);
  if (objectType === undefined && group === undefined && !BUILT_IN_GROUPS.has(privilege)) {
    throw failure("PrivilegeNotFound", { privilege });
  }
  if (group !== undefined || BUILT_IN_GROUPS.has(privilege)) {
    checkLevel(privilege, levelOf(group?.privileges[0] ?? privilege), place);
  }
  return { ...place, objectType: objectType ?? "Global", privilege };
}

/** A group is granted as wide as its level. @throws PrivilegeLevel */
function checkLevel(
  group: string,
  level: PrivilegeLevel | undefined,
  { database, objectName }: { readonly database: string; readonly objectName: string },
): void {
  const refuse = (rule: string) => failure("PrivilegeLevel", { rule, group });
  if (level === "Cluster" && (database !== ANY || objectName !== ANY)) {
    throw refuse("dbName and collectionName should be * for the cluster level privilege");
  }
  if (level === "Database" && objectName !== ANY) {
    throw refuse("collectionName should be * for the database level privilege");
  }
  if (level === "Collection" && objectName !== ANY && database === ANY) {
    throw refuse("please specify database name for the collection level privilege");
  }
}

function onObject<Path extends "roles/grant_privilege" | "roles/revoke_privilege">(
  path: Path,
  action: Action,
): { readonly path: Path; readonly run: Operation<"roles/grant_privilege">["run"] } {
  return {
    path,
    run(ctx, request, limits) {
      operate(ctx, action, request.roleName, readGrant(ctx, request), limits);
      return { data: {} };
    },
  };
}

function onCollection<Path extends "roles/grant_privilege_v2" | "roles/revoke_privilege_v2">(
  path: Path,
  action: Action,
): { readonly path: Path; readonly run: Operation<"roles/grant_privilege_v2">["run"] } {
  return {
    path,
    run(ctx, request, limits) {
      operate(ctx, action, request.roleName, readGrantV2(ctx, request), limits);
      return { data: {} };
    },
  };
}

/** Grants or revokes a privilege on an object of one of the three types. */
export const grantPrivilege: Operation<"roles/grant_privilege"> = onObject("roles/grant_privilege", "grant");
export const revokePrivilege: Operation<"roles/revoke_privilege"> = onObject("roles/revoke_privilege", "revoke");
/** The newer form, which takes groups too. */
export const grantPrivilegeV2: Operation<"roles/grant_privilege_v2"> = onCollection(
  "roles/grant_privilege_v2",
  "grant",
);
export const revokePrivilegeV2: Operation<"roles/revoke_privilege_v2"> = onCollection(
  "roles/revoke_privilege_v2",
  "revoke",
);
