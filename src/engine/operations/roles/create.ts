import { failure } from "../../../errors.js";
import { MAX_ROLES } from "../../model/limits.js";
import { checkDescription, checkRoleName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/**
 * Creates a role.
 *
 * @throws AccessNameInvalid, DescriptionTooLong, RoleLimit, RoleExists
 */
export const createRole: Operation<"roles/create"> = {
  path: "roles/create",
  run(ctx, { roleName, description = "" }) {
    const name = checkRoleName(roleName);
    checkDescription("role", description);
    if (ctx.access.role(name) !== undefined) throw failure("RoleExists", { role: name });
    if (ctx.access.roles().length >= MAX_ROLES) throw failure("RoleLimit");
    ctx.transaction(() => ctx.access.change((tables) => tables.insertRole(name, description)));
    return { data: {} };
  },
};
