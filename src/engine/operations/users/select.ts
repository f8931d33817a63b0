import type { Operation } from "../operation.js";

/** Users with their roles: all, or the one that is named, if there is one. */
export const selectUsers: Operation<"users/select"> = {
  path: "users/select",
  run(ctx, { userName = "" }) {
    const named = userName.trim();
    const users = ctx.access.users().filter((user) => named === "" || user.name === named);
    return { data: users.map(({ name, roles, description }) => ({ userName: name, roles, description })) };
  },
};
