import type { Operation } from "../operation.js";

/** Roles with their users: all, or the one that is named, if there is one. */
export const selectRoles: Operation<"roles/select"> = {
  path: "roles/select",
  run(ctx, { roleName = "" }) {
    const named = roleName.trim();
    const roles = ctx.access.roles().filter((role) => named === "" || role.name === named);
    const users = ctx.access.users();
    return {
      data: roles.map(({ name, description }) => ({
        roleName: name,
        users: users.filter((user) => user.roles.includes(name)).map((user) => user.name),
        description,
      })),
    };
  },
};
