import { failure } from "../../../errors.js";
import type { Operation } from "../operation.js";
import { requireRole } from "../users/roles.js";
import { refuseDefaultRole } from "./alter.js";

/**
 * Drops a role; it is taken from its users.
 *
 * @throws AccessNameInvalid, DefaultRole, RoleNotFound, RoleHasGrants
 */
export const dropRole: Operation<"roles/drop"> = {
  path: "roles/drop",
  run(ctx, { roleName, forceDrop = false }) {
    refuseDefaultRole(roleName.trim(), "dropped");
    const role = requireRole(ctx, roleName);
    if (!forceDrop && ctx.access.grantsOf(role.name).length > 0) throw failure("RoleHasGrants");
    ctx.removal(() => ctx.access.change((tables) => tables.removeRole(role.id)));
    return { data: {} };
  },
};
