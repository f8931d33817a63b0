import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccessPicture, Grant, User } from "../../src/engine/access/records.js";
import { Rights, type Wanted } from "../../src/engine/access/rights.js";
import { builtInMembers, OBJECT_TYPES, objectTypeOf } from "../../src/engine/model/privileges.js";

const DATABASES = ["default", "shop"];
const NAMES = ["c", "d"];
const PRIVILEGES = ["Search", "Insert", "DescribeCollection", "CreateDatabase", "UpdateUser"];
const GRANTED = [...PRIVILEGES, "*", "All", "g", "CollectionReadOnly", "DatabaseAdmin", "ReadOnly", "Admin"];

const grant: fc.Arbitrary<Grant> = fc.record({
  database: fc.constantFrom(...DATABASES, "*"),
  objectType: fc.constantFrom(...OBJECT_TYPES),
  objectName: fc.constantFrom(...NAMES, "*"),
  privilege: fc.constantFrom(...GRANTED),
  grantor: fc.constant("root"),
});
const wanted: fc.Arbitrary<Wanted> = fc
  .record({
    database: fc.constantFrom(...DATABASES),
    privilege: fc.constantFrom(...PRIVILEGES),
    objectName: fc.constantFrom(...NAMES),
  })
  .map((asked) => {
    const objectType = objectTypeOf(asked.privilege) ?? "Global";
    return { ...asked, objectType, objectName: objectType === "Global" ? "*" : asked.objectName };
  });
const world = fc.record({
  grants: fc.array(fc.tuple(fc.constantFrom("r", "s", "public", "other"), grant), { maxLength: 8 }),
  group: fc.uniqueArray(fc.constantFrom(...PRIVILEGES, "CollectionReadOnly"), { maxLength: 3 }),
  roles: fc.subarray(["r", "s"]),
});

/** The check as the contract writes it down, grant by grant. */
function permits(grants: readonly Grant[], group: readonly string[], asked: Wanted): boolean {
  return grants.some(({ database, objectType, objectName, privilege }) => {
    if (database !== "*" && database !== asked.database) return false;
    if (privilege === "All") return true;
    const fits = (type: string, name: string, of: string): boolean =>
      type === asked.objectType && name === asked.privilege && (of === "*" || of === asked.objectName);
    if (privilege === "*") return fits(objectType, asked.privilege, objectName);
    const members = privilege === "g" ? group : builtInMembers(privilege);
    if (members === undefined) return fits(objectType, privilege, objectName);
    return members.some((member) => {
      const type = objectTypeOf(member);
      return type !== undefined && fits(type, member, type === "Global" ? "*" : objectName);
    });
  });
}

describe("what roles may do", () => {
  it("is what their grants say one by one, with groups and wildcards taken apart", () => {
    fc.assert(
      fc.property(world, fc.array(wanted, { minLength: 1, maxLength: 3 }), ({ grants, group, roles }, asked) => {
        const byRole = new Map<string, Grant[]>();
        for (const [role, given] of grants) byRole.set(role, [...(byRole.get(role) ?? []), given]);
        const picture: AccessPicture = {
          users: new Map(),
          roles: new Map(),
          grants: byRole,
          groups: new Map([["g", { name: "g", privileges: group }]]),
        };
        const user: User = { id: 2, name: "u", password: undefined, credential: "", description: "", roles };
        const rights = new Rights(picture);
        const expected = [...roles, "public"].some((role) =>
          asked.every((each) => permits(byRole.get(role) ?? [], group, each)),
        );
        expect(rights.permits(user, asked)).toBe(expected);
        expect(rights.permits({ ...user, roles: ["admin"] }, asked)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
