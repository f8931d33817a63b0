import type { Grant } from "../../access/records.js";
import type { GrantDescription } from "../../contract/roles.js";
import { ANY } from "../../model/privileges.js";
import type { Operation } from "../operation.js";
import { databaseName } from "../resolve.js";
import { requireGrantRole } from "../users/roles.js";

/** A grant as results show it. */
export function grantDescription(grant: Grant): GrantDescription {
  const { objectType, objectName, privilege, database, grantor } = grant;
  return { objectType, objectName, privilege, dbName: database, grantor };
}

/**
 * What is granted to a role in a database and in all of them, or all that is granted to it.
 *
 * @throws AccessNameInvalid, GrantRoleNotFound
 */
export const describeRole: Operation<"roles/describe"> = {
  path: "roles/describe",
  run(ctx, { roleName, dbName, objectType = "", objectName = "" }) {
    const role = requireGrantRole(ctx, roleName);
    const database = databaseName(dbName);
    const one = objectType !== "" && objectName !== "";
    const grants = ctx.access
      .grantsOf(role.name)
      .filter((grant) => database === ANY || grant.database === database || grant.database === ANY)
      .filter((grant) => !one || (grant.objectType === objectType && grant.objectName === objectName));
    return { data: grants.map(grantDescription), facts: [{ description: role.description }] };
  },
};
