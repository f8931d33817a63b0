import type { Done, EmptyRequest } from "./request.js";
import type { ContractRows, Privilege, RequestField } from "./row.js";

export interface UserRequest {
  readonly userName: string;
}

export interface SelectUsersRequest {
  /** Default: all users. */
  readonly userName?: string;
}

export interface CreateUserRequest extends UserRequest {
  /** 6 to 72 bytes; kept as a salted scrypt hash. */
  readonly password: string;
  readonly description?: string;
}

export interface UpdatePasswordRequest extends UserRequest {
  /** The old password. */
  readonly password?: string;
  readonly newPassword?: string;
  readonly description?: string;
}

export interface UserRoleRequest extends UserRequest {
  readonly roleName: string;
}

export interface UserWithRoles {
  readonly userName: string;
  readonly roles: readonly string[];
  readonly description: string;
}

export interface UserOperations {
  /** Names of all users in order of creation; `root` is always there. */
  "users/list"(request?: EmptyRequest): readonly string[];
  /** Users with their roles: all, or the one that is named, if there is one. Milvus has it over gRPC only. */
  "users/select"(request?: SelectUsersRequest): readonly UserWithRoles[];
  /** Names of the roles of a user; of one who does not exist, none. */
  "users/describe"(request: UserRequest): readonly string[];
  /**
   * Creates a user.
   *
   * @throws UserNameInvalid, PasswordLength, DescriptionTooLong, UserLimit, UserExists, RejectedByLimiter
   */
  "users/create"(request: CreateUserRequest): Done;
  /**
   * Gives a user another password, or another description. Who calls with the old password gets 1800 from then on.
   *
   * @throws UserUpdateEmpty, UserNameInvalid, PasswordLength, DescriptionTooLong, OldPasswordWrong, RejectedByLimiter
   */
  "users/update_password"(request: UpdatePasswordRequest): Done;
  /**
   * Drops a user with his roles. A missing one is dropped already.
   *
   * @throws RootUserDrop
   */
  "users/drop"(request: UserRequest): Done;
  /**
   * Gives a user a role; again is a success.
   *
   * @throws UserNameInvalid, AccessNameInvalid, RoleNotFound, UserNotFound
   */
  "users/grant_role"(request: UserRoleRequest): Done;
  /**
   * Takes a role from a user; what he has not is taken already.
   *
   * @throws UserNameInvalid, AccessNameInvalid, RoleNotFound
   */
  "users/revoke_role"(request: UserRoleRequest): Done;
}

const userName: RequestField = { kind: "string", required: true };
const roleName: RequestField = { kind: "string", required: true };
const text: RequestField = { kind: "string" };
const ownership = (name: string): Privilege => ({ object: "Global", name: `${name}Ownership` });

export const users: ContractRows<UserOperations> = {
  "users/list": { request: {}, writes: false, privilege: ownership("Select") },
  "users/select": {
    request: { userName: text },
    writes: false,
    privilege: { object: "User", name: "SelectUser" },
  },
  "users/describe": { request: { userName }, writes: false, privilege: { object: "User", name: "SelectUser" } },
  "users/create": {
    request: { userName, password: { kind: "string", required: true }, description: text },
    writes: true,
    privilege: ownership("Create"),
  },
  "users/update_password": {
    request: { userName, password: text, newPassword: text, description: text },
    writes: true,
    privilege: { object: "User", name: "UpdateUser" },
  },
  "users/drop": { request: { userName }, writes: true, privilege: ownership("Drop") },
  "users/grant_role": { request: { userName, roleName }, writes: true, privilege: ownership("Manage") },
  "users/revoke_role": { request: { userName, roleName }, writes: true, privilege: ownership("Manage") },
};
