import { ADMIN, PUBLIC, ROOT } from "../../access/records.js";
import type { Operation } from "../operation.js";
import { grantDescription } from "../roles/describe.js";

/** Users, roles, grants and groups but those that are always there. */
export const backupAccess: Operation<"rbac/backup"> = {
  path: "rbac/backup",
  run(ctx) {
    const { access } = ctx;
    const roles = access.roles().filter(({ name }) => name !== ADMIN && name !== PUBLIC);
    const users = access.users().filter(({ name }) => name !== ROOT);
    return {
      data: {
        users: users.map(({ name, password, roles: held, description }) => ({
          userName: name,
          ...(password !== undefined && { password }),
          roles: held,
          description,
        })),
        roles: roles.map(({ name, description }) => ({ roleName: name, description })),
        grants: roles.flatMap(({ name }) =>
          access.grantsOf(name).map((grant) => ({ roleName: name, ...grantDescription(grant) })),
        ),
        privilegeGroups: access
          .groups()
          .map(({ name, privileges }) => ({ privilegeGroupName: name, privileges: [...privileges] })),
      },
    };
  },
};
