import type { Operation } from "../operation.js";

/** Names of the roles of a user; of one who does not exist, none. */
export const describeUser: Operation<"users/describe"> = {
  path: "users/describe",
  run(ctx, { userName }) {
    const user = ctx.access.user(userName.trim());
    return { data: user?.roles ?? [], facts: [{ description: user?.description ?? "" }] };
  },
};
