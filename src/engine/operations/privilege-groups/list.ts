import { BUILT_IN_GROUPS } from "../../model/privileges.js";
import type { Operation } from "../operation.js";

/** Groups of privileges: one's own, then those that are always there. */
export const listPrivilegeGroups: Operation<"privilege_groups/list"> = {
  path: "privilege_groups/list",
  run(ctx) {
    const own = ctx.access.groups().map(({ name, privileges }) => ({ name, privileges }));
    const builtIn = [...BUILT_IN_GROUPS].map(([name, { privileges }]) => ({ name, privileges }));
    return {
      data: {
        privilegeGroups: [...own, ...builtIn].map(({ name, privileges }) => ({
          privilegeGroupName: name,
          privileges: privileges.join(","),
        })),
      },
    };
  },
};
