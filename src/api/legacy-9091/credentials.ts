import { passwordText } from "../password-text.js";
import { type LegacyCall, type LegacyEndpoint, textField } from "./call.js";
import type { Message } from "./decode.js";

const NAMED: Message = { username: "string" };

const userName = ({ fields }: LegacyCall) => textField(fields, "username");

/** `POST /api/v1/credential` */
export const createCredential: LegacyEndpoint = {
  operation: "users/create",
  message: { ...NAMED, password: "string" },
  reply: "status",
  run: async (call) => {
    const password = passwordText(textField(call.fields, "password"));
    await call.run("users/create", { userName: userName(call), password, description: undefined });
    return undefined;
  },
};

/** `PATCH /api/v1/credential` */
export const updateCredential: LegacyEndpoint = {
  operation: "users/update_password",
  message: { ...NAMED, oldPassword: "string", newPassword: "string" },
  reply: "status",
  run: async (call) => {
    await call.run("users/update_password", {
      userName: userName(call),
      password: passwordText(textField(call.fields, "oldPassword")),
      newPassword: passwordText(textField(call.fields, "newPassword")),
      description: undefined,
    });
    return undefined;
  },
};

/** `DELETE /api/v1/credential` */
export const deleteCredential: LegacyEndpoint = {
  message: NAMED,
  reply: "status",
  run: async (call) => {
    await call.run("users/drop", { userName: userName(call) });
    return undefined;
  },
};

/** `GET /api/v1/credential/users` */
export const listCredentialUsers: LegacyEndpoint = {
  message: {},
  reply: "data",
  run: async ({ run }) => ({ usernames: await run("users/list", {}) }),
};
