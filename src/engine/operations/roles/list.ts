import type { Operation } from "../operation.js";

/** Names of all roles in order of creation. */
export const listRoles: Operation<"roles/list"> = {
  path: "roles/list",
  run: (ctx) => ({ data: ctx.access.roles().map((role) => role.name) }),
};
