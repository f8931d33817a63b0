import { failure } from "../../../errors.js";
import { ADMIN, PUBLIC } from "../../access/records.js";
import { checkDescription } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";
import { requireRole } from "../users/roles.js";

/** @throws DefaultRole */
export function refuseDefaultRole(role: string, action: "dropped" | "altered"): void {
  if (role === ADMIN || role === PUBLIC) throw failure("DefaultRole", { role, action });
}

/**
 * Gives a role another description.
 *
 * @throws AccessNameInvalid, DescriptionTooLong, DefaultRole, RoleNotFound
 */
export const alterRole: Operation<"roles/alter"> = {
  path: "roles/alter",
  run(ctx, { roleName, description = "" }) {
    checkDescription("role", description);
    refuseDefaultRole(roleName.trim(), "altered");
    const { id } = requireRole(ctx, roleName);
    ctx.transaction(() => ctx.access.change((tables) => tables.describeRole(id, description)));
    return { data: {} };
  },
};
