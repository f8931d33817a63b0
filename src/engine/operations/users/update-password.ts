import { failure } from "../../../errors.js";
import { checkDescription, checkPassword, checkUserName } from "../../model/validate-access-names.js";
import type { Operation } from "../operation.js";

/**
 * Gives a user another password, or another description. The old password is asked for, unless a super user calls.
 *
 * @throws UserUpdateEmpty, UserNameInvalid, PasswordLength, DescriptionTooLong, OldPasswordWrong, RejectedByLimiter
 */
export const updatePassword: Operation<"users/update_password"> = {
  path: "users/update_password",
  async run(ctx, { userName, password = "", newPassword, description }, { caller }) {
    const name = checkUserName(userName);
    if (newPassword === undefined && description === undefined) throw failure("UserUpdateEmpty");
    if (newPassword !== undefined) checkPassword(newPassword);
    if (description !== undefined) checkDescription("user", description);
    const before = ctx.access.user(name);
    const wrong = () => failure("OldPasswordWrong", { user: name });
    if (newPassword !== undefined && !(caller !== undefined && ctx.access.isSuperUser(caller.user))) {
      if (!(await ctx.passwords.matches(password, before?.password))) throw wrong();
    }
    if (before === undefined) throw wrong();
    const kept = newPassword === undefined ? undefined : await ctx.passwords.hash(newPassword);
    ctx.transaction(() => {
      const now = ctx.access.user(name);
      // What was asked for is no more the password: somebody was faster while this one was hashed.
      if (now?.id !== before.id || (kept !== undefined && now.password !== before.password)) throw wrong();
      ctx.access.change((tables) => {
        if (kept !== undefined) tables.setPassword(before.id, kept);
        if (description !== undefined) tables.describeUser(before.id, description);
      });
    });
    return { data: {} };
  },
};
