import { failure } from "../../../errors.js";
import { checkPrivilegeGroupName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/**
 * Drops a group. A missing one is dropped already, and those that are always there stay.
 *
 * @throws PrivilegeGroupNameInvalid, AccessNameInvalid, PrivilegeGroupInUse
 */
export const dropPrivilegeGroup: Operation<"privilege_groups/drop"> = {
  path: "privilege_groups/drop",
  run(ctx, { privilegeGroupName }) {
    const name = checkPrivilegeGroupName(privilegeGroupName);
    if (ctx.access.group(name) === undefined) return { data: {} };
    const holder = ctx.access
      .roles()
      .find((role) => ctx.access.grantsOf(role.name).some((grant) => grant.privilege === name));
    if (holder !== undefined) throw failure("PrivilegeGroupInUse", { group: name, role: holder.name });
    ctx.removal(() => ctx.access.change((tables) => tables.removeGroup(name)));
    return { data: {} };
  },
};
