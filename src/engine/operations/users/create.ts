import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { MAX_USERS } from "../../model/limits.js";
import { checkDescription, checkPassword, checkUserName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/**
 * Creates a user.
 *
 * @throws UserNameInvalid, PasswordLength, DescriptionTooLong, UserLimit, UserExists, RejectedByLimiter
 */
export const createUser: Operation<"users/create"> = {
  path: "users/create",
  async run(ctx, { userName, password, description = "" }) {
    const name = checkUserName(userName);
    checkPassword(password);
    checkDescription("user", description);
    requireRoomFor(ctx, name);
    const kept = await ctx.passwords.hash(password);
    ctx.transaction(() => {
      // Another one may have been faster while this password was hashed.
      requireRoomFor(ctx, name);
      ctx.access.change((tables) => tables.insertUser(name, kept, description));
    });
    return { data: {} };
  },
};

function requireRoomFor(ctx: EngineContext, name: string): void {
  if (ctx.access.user(name) !== undefined) throw failure("UserExists", { user: name });
  if (ctx.access.users().length >= MAX_USERS) throw failure("UserLimit");
}
