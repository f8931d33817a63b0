import type { Operation } from "../operation.js";

/** Names of all users in order of creation. */
export const listUsers: Operation<"users/list"> = {
  path: "users/list",
  run: (ctx) => ({ data: ctx.access.users().map((user) => user.name) }),
};
