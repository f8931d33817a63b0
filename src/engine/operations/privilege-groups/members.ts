import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { ChangePrivilegeGroupRequest } from "../../contract/privilege-groups.js";
import { BUILT_IN_GROUPS, levelOf, objectTypeOf } from "../../model/privileges.js";
import { checkPrivilegeGroupName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/** Whether a name may stand in a group. That of another group may; it permits nothing there. */
function isMember(ctx: EngineContext, name: string): boolean {
  return objectTypeOf(name) !== undefined || BUILT_IN_GROUPS.has(name) || ctx.access.group(name) !== undefined;
}

/** @throws PrivilegeGroupMemberUnknown */
export function requireMembers(ctx: EngineContext, privileges: readonly string[]): void {
  const unknown = privileges.find((privilege) => !isMember(ctx, privilege));
  if (unknown !== undefined) throw failure("PrivilegeGroupMemberUnknown", { privilege: unknown });
}

function change(
  ctx: EngineContext,
  request: ChangePrivilegeGroupRequest,
  membersAfter: (before: readonly string[], named: readonly string[]) => readonly string[],
): void {
  const name = checkPrivilegeGroupName(request.privilegeGroupName);
  const named = request.privileges.map((privilege) => privilege.trim());
  if (named.length === 0) throw failure("PrivilegeGroupChangeEmpty");
  const group = ctx.access.group(name);
  if (group === undefined) throw failure("PrivilegeGroupNotFound", { group: name });
  requireMembers(ctx, named);
  const privileges = membersAfter(group.privileges, named);
  ctx.transaction(() => ctx.access.change((tables) => tables.setGroup(name, privileges)));
}

/**
 * Adds privileges to a group, each once.
 *
 * @throws PrivilegeGroupChangeEmpty, PrivilegeGroupNotFound, PrivilegeGroupMemberUnknown, PrivilegeGroupLevels
 */
export const addPrivilegesToGroup: Operation<"privilege_groups/add_privileges_to_group"> = {
  path: "privilege_groups/add_privileges_to_group",
  run(ctx, request) {
    change(ctx, request, (before, named) => {
      const after = [...new Set([...before, ...named])];
      const levels = new Set(after.map(levelOf).filter((level) => level !== undefined));
      if (levels.size > 1) throw failure("PrivilegeGroupLevels");
      return after;
    });
    return { data: {} };
  },
};

/**
 * Takes privileges out of a group.
 *
 * @throws PrivilegeGroupChangeEmpty, PrivilegeGroupNotFound, PrivilegeGroupMemberUnknown
 */
export const removePrivilegesFromGroup: Operation<"privilege_groups/remove_privileges_from_group"> = {
  path: "privilege_groups/remove_privileges_from_group",
  run(ctx, request) {
    change(ctx, request, (before, named) => before.filter((privilege) => !named.includes(privilege)));
    return { data: {} };
  },
};
