import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { ANY, builtInMembers, objectTypeOf } from "../../model/privileges.js";
import { requireRoom } from "../../model/room.js";
import { checkPrivilegeGroupName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/** @throws PrivilegeGroupExists, PrivilegeGroupBuiltIn */
export function refuseTakenGroup(ctx: EngineContext, name: string): void {
  if (ctx.access.group(name) !== undefined) throw failure("PrivilegeGroupExists", { group: name });
  if (name === ANY || builtInMembers(name) !== undefined || objectTypeOf(name) !== undefined) {
    throw failure("PrivilegeGroupBuiltIn", { group: name });
  }
}

/**
 * Creates a group without privileges.
 *
 * @throws PrivilegeGroupNameInvalid, AccessNameInvalid, PrivilegeGroupExists, PrivilegeGroupBuiltIn
 */
export const createPrivilegeGroup: Operation<"privilege_groups/create"> = {
  path: "privilege_groups/create",
  run(ctx, { privilegeGroupName }) {
    const name = checkPrivilegeGroupName(privilegeGroupName);
    refuseTakenGroup(ctx, name);
    requireRoom("privilege groups", ctx.access.groups().length);
    ctx.transaction(() => ctx.access.change((tables) => tables.insertGroup(name)));
    return { data: {} };
  },
};
