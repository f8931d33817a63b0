import { failure } from "../../../errors.js";
import { ROOT } from "../../access/records.js";
import type { Operation } from "../operation.js";

/**
 * Drops a user with his roles. A missing one is dropped already.
 *
 * @throws RootUserDrop
 */
export const dropUser: Operation<"users/drop"> = {
  path: "users/drop",
  run(ctx, { userName }) {
    const name = userName.trim();
    if (name === ROOT) throw failure("RootUserDrop");
    const user = ctx.access.user(name);
    if (user !== undefined) ctx.removal(() => ctx.access.change((tables) => tables.removeUser(user.id)));
    return { data: {} };
  },
};
