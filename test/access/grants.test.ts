import { describe, expect, it } from "vitest";
import type { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { type Ask, asking, OK, open, r, u } from "./records.js";

describe("grants", () => {
  const grant = { ...r, objectType: "Collection", objectName: "c", privilege: "Search" };
  const grants = async (ask: Ask, dbName = "*") => (await ask("roles/describe", { ...r, dbName })).data;

  it("are given and taken; twice is a success; public has its three", async () => {
    const ask = asking(await open());
    await ask("roles/create", r);
    expect(await ask("roles/grant_privilege", grant)).toEqual(OK);
    expect(await ask("roles/grant_privilege", grant)).toEqual(OK);
    const listed = {
      objectType: "Collection",
      objectName: "c",
      privilege: "Search",
      dbName: "default",
      grantor: "root",
    };
    expect(await ask("roles/describe", r)).toEqual({ code: 0, data: [listed], description: "" });
    expect(await ask("roles/drop", r)).toEqual({
      code: 65535,
      message: "fail to drop the role that it has privileges. Use REVOKE API to revoke privileges",
    });
    expect(await ask("roles/revoke_privilege", grant)).toEqual(OK);
    expect(await ask("roles/revoke_privilege", grant)).toEqual(OK);
    expect(await grants(ask)).toEqual([]);
    const { data } = await ask("roles/describe", { roleName: "public" });
    expect(data).toEqual(
      [
        ["Global", "DescribeCollection"],
        ["Global", "ListAliases"],
        ["Collection", "IndexDetail"],
      ].map(([objectType, privilege]) => ({ objectType, objectName: "*", privilege, dbName: "*", grantor: "root" })),
    );
    expect(await ask("roles/describe", { roleName: "admin" })).toMatchObject({ data: [] });
  });

  it("have a bound, of all roles together; what is granted already may be granted again", async () => {
    const ask = asking(await open());
    const restore = (grants: object[]) => ask("rbac/restore", { grants });
    const on = (roleName: string, at: number) => ({ ...grant, roleName, objectName: `c${at}`, dbName: "default" });
    const many = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => on(i % 2 === 0 ? "r" : "s", from + i));
    for (const roleName of ["r", "s"]) expect(await ask("roles/create", { roleName })).toEqual(OK);
    // Three are there from the beginning: those of everybody.
    expect(await restore(many(0, 65_532))).toMatchObject({ code: 0 });
    const full = { code: 1100, message: "the number of grants should be limited to 65536: invalid parameter" };
    expect(await restore(many(65_532, 65_534))).toEqual(full);
    expect(await ask("roles/grant_privilege", on("r", 65_532))).toEqual(OK);
    expect(await ask("roles/grant_privilege", on("s", 65_533))).toEqual(full);
    expect(await ask("roles/grant_privilege", on("r", 8))).toEqual(OK);
    expect(await ask("roles/revoke_privilege", on("r", 8))).toEqual(OK);
    expect(await ask("roles/grant_privilege", { ...on("s", 8), privilege: "Load" })).toEqual(full);
    expect(await ask("roles/grant_privilege", on("s", 65_533))).toEqual(OK);
  });

  it("stand in a database: that of the header for the older form, default for the newer one", async () => {
    const ask = asking(await open());
    await ask("roles/create", r);
    const header = { "DB-Name": "shop" };
    await ask("roles/grant_privilege", grant, header);
    await ask("roles/grant_privilege_v2", { ...r, privilege: "Query", collectionName: "c" }, header);
    await ask("roles/grant_privilege_v2", { ...r, privilege: "Query", collectionName: "*", dbName: "*" });
    const places = (list: unknown) =>
      (list as { privilege: string; dbName: string; objectName: string }[]).map(
        ({ privilege, dbName, objectName }) => `${privilege} ${dbName}.${objectName}`,
      );
    expect(places(await grants(ask))).toEqual(["Search shop.c", "Query default.c", "Query *.*"]);
    expect(places(await grants(ask, "shop"))).toEqual(["Search shop.c", "Query *.*"]);
    expect(places((await ask("roles/describe", r)).data)).toEqual(["Query default.c", "Query *.*"]);
  });

  it("bring with them what waits for their end, and know alias and level", async () => {
    const db = await open();
    const ask = asking(db);
    await ask("roles/create", r);
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.aliases.create({ collectionName: "book", aliasName: "a" });
    const v2 = (privilege: string, collectionName = "*", dbName = "*") =>
      ask("roles/grant_privilege_v2", { ...r, privilege, collectionName, dbName });
    await v2("Load", "a", "default");
    expect(await grants(ask)).toMatchObject([
      { privilege: "Load", objectType: "Collection", objectName: "book" },
      { privilege: "GetLoadState", objectName: "book" },
      { privilege: "GetLoadingProgress", objectName: "book" },
    ]);
    await ask("roles/revoke_privilege_v2", { ...r, privilege: "Load", collectionName: "book" });
    expect(await grants(ask)).toEqual([]);
    for (const [privilege, collection, database, message] of [
      [
        "ClusterAdmin",
        "*",
        "default",
        "dbName and collectionName should be * for the cluster level privilege: ClusterAdmin",
      ],
      ["DatabaseAdmin", "c", "default", "collectionName should be * for the database level privilege: DatabaseAdmin"],
      ["CollectionAdmin", "c", "*", "please specify database name for the collection level privilege: CollectionAdmin"],
    ] as const) {
      expect(await v2(privilege, collection, database)).toEqual({
        code: 1100,
        message: `${message}: invalid parameter`,
      });
    }
    expect(await v2("ClusterAdmin")).toEqual(OK);
    expect(await v2("DatabaseAdmin", "*", "default")).toEqual(OK);
    expect(await v2("CollectionAdmin", "c", "default")).toEqual(OK);
    expect(await v2("Nothing")).toEqual({ code: 65535, message: "not found the privilege name[Nothing]" });
    expect(await ask("roles/grant_privilege_v2", { ...r, privilege: "Load" })).toEqual({
      code: 1100,
      message: "collection name should be not empty: invalid parameter[expected=not empty][actual=]",
    });
  });

  it("of the older form are refused for groups, foreign privileges and unknown objects", async () => {
    const ask = asking(await open());
    await ask("roles/create", r);
    await ask("privilege_groups/create", { privilegeGroupName: "g" });
    const older = (change: object) => ask("roles/grant_privilege", { ...grant, ...change });
    expect(await older({ privilege: "g" })).toMatchObject({
      message: "can not operate the custom privilege group [g]",
    });
    expect(await older({ privilege: "ClusterAdmin", objectType: "Global" })).toMatchObject({
      message: "can not operate the built-in privilege group [ClusterAdmin]",
    });
    expect(await older({ privilege: "CreateCollection" })).toMatchObject({
      message: "not found the privilege name[CreateCollection] in object[Collection]",
    });
    expect(await older({ objectType: "Planet" })).toMatchObject({
      message: "the object entity in the request is nil or invalid",
    });
    expect(await older({ objectType: "Global", privilege: "CreateCollection", objectName: "c" })).toEqual(OK);
    expect(await older({ privilege: "ReadWrite" })).toEqual(OK);
    expect(await grants(ask)).toMatchObject([
      { objectType: "Global", objectName: "*" },
      { privilege: "ReadWrite", objectName: "c" },
    ]);
  });

  it("go with their collection and their database, and follow a rename", async () => {
    const db = await open();
    const ask = asking(db);
    await ask("roles/create", r);
    await db.databases.create({ dbName: "shop" });
    await db.collections.create({ collectionName: "c", dimension: 2 });
    await ask("roles/grant_privilege", grant);
    await ask("roles/grant_privilege_v2", { ...r, privilege: "CollectionReadOnly", collectionName: "c" });
    await ask("roles/grant_privilege", { ...grant, dbName: "*" });
    await db.collections.rename({ collectionName: "c", newCollectionName: "d", newDbName: "shop" });
    expect(await grants(ask)).toMatchObject([
      { objectName: "d", dbName: "shop" },
      { objectName: "d", dbName: "shop", privilege: "CollectionReadOnly" },
      { objectName: "c", dbName: "*" },
    ]);
    await db.collections.drop({ collectionName: "d", dbName: "shop" });
    expect(await grants(ask)).toMatchObject([{ objectName: "c", dbName: "*" }]);
    await ask("roles/grant_privilege", { ...grant, dbName: "shop" });
    await db.databases.drop({ dbName: "shop" });
    expect(await grants(ask)).toMatchObject([{ dbName: "*" }]);
  });
});

describe("privilege groups", () => {
  const g = { privilegeGroupName: "g" };
  it("hold privileges of one level, and stand before the nine", async () => {
    const db = await open();
    const ask = asking(db);
    const change = (privileges: string[], action = "add_privileges_to_group") =>
      ask(`privilege_groups/${action}`, { ...g, privileges });
    expect(await change(["Search"])).toEqual({
      code: 1100,
      message: "there is no privilege group name [g] defined in system to operate: invalid parameter",
    });
    expect(await ask("privilege_groups/create", g)).toEqual(OK);
    expect(await ask("privilege_groups/create", g)).toMatchObject({
      code: 65535,
      message: "privilege group name [g] is defined by users",
    });
    expect(await ask("privilege_groups/create", { privilegeGroupName: "ClusterAdmin" })).toMatchObject({
      message: "privilege group name [ClusterAdmin] is defined by built in privileges or privilege groups in system",
    });
    expect(await change(["Search", "Query", "Search"])).toEqual(OK);
    expect(await change([])).toMatchObject({ message: "privileges is empty when alter the privilege group" });
    expect(await change(["Nothing"])).toMatchObject({
      message: "there is no privilege name or privilege group name [Nothing] defined in system to operate",
    });
    expect(await change(["CreateDatabase"])).toMatchObject({ message: "privileges are not the same privilege level" });
    const { privilegeGroups } = await db.privilegeGroups.list();
    expect(privilegeGroups[0]).toEqual({ privilegeGroupName: "g", privileges: "Search,Query" });
    expect(privilegeGroups.map((group) => group.privilegeGroupName).slice(1)).toEqual(
      ["Collection", "Database", "Cluster"].flatMap((level) =>
        ["ReadOnly", "ReadWrite", "Admin"].map((kind) => level + kind),
      ),
    );
    await ask("roles/create", r);
    await ask("roles/grant_privilege_v2", { ...r, privilege: "g", collectionName: "c" });
    expect(await ask("privilege_groups/drop", g)).toMatchObject({
      message: "privilege group [g] is used by role [r], Use REVOKE API to revoke it first",
    });
    await ask("roles/revoke_privilege_v2", { ...r, privilege: "g", collectionName: "c" });
    expect(await change(["Search"], "remove_privileges_from_group")).toEqual(OK);
    expect((await db.privilegeGroups.list()).privilegeGroups[0]?.privileges).toBe("Query");
    expect(await ask("privilege_groups/drop", g)).toEqual(OK);
    expect(await ask("privilege_groups/drop", g)).toEqual(OK);
  });

  it.each([
    [" ", 1402, "invalid privilege group name[privilegeGroup=privilege group name should not be empty]"],
    [
      "a".repeat(256),
      1402,
      `${"a".repeat(256)}->255: invalid privilege group name[privilegeGroup=the length of a privilege group name %s must be less than %s characters]`,
    ],
    [
      "1",
      1402,
      "1: invalid privilege group name[privilegeGroup=the first character of a privilege group name %s must be an underscore or letter]",
    ],
    ["a$", 1100, "privilege group name a$ can only contain numbers, letters and underscores: invalid parameter"],
  ])("refuses the name %j", async (privilegeGroupName, code, message) => {
    expect(await asking(await open())("privilege_groups/create", { privilegeGroupName })).toEqual({ code, message });
  });
});

describe("all of it", () => {
  async function fill(db: Elanus): Promise<void> {
    const ask = asking(db);
    await ask("roles/create", { ...r, description: "readers" });
    await ask("users/create", { ...u, password: "secret1", description: "who" });
    await ask("users/grant_role", { ...u, ...r });
    await ask("users/grant_role", { ...u, roleName: "public" });
    await ask("privilege_groups/create", { privilegeGroupName: "g" });
    await ask("privilege_groups/add_privileges_to_group", { privilegeGroupName: "g", privileges: ["Search"] });
    await ask("roles/grant_privilege_v2", { ...r, privilege: "g", collectionName: "c" });
  }

  it("is kept in the file", async () => {
    const path = temporaryPath();
    const db = await open(path);
    await fill(db);
    const before = await db.rbac.backup();
    await db.close();
    const again = await open(path);
    expect(await again.rbac.backup()).toEqual(before);
    expect(before.users[0]?.password).toMatch(/^scrypt:/);
    expect(JSON.stringify(before)).not.toContain("secret1");
  });

  it("is backed up and restored, whole or not at all", async () => {
    const db = await open();
    await fill(db);
    const backup = await db.rbac.backup();
    expect(backup).toMatchObject({
      users: [{ userName: "u", roles: ["public", "r"], description: "who" }],
      roles: [{ roleName: "r", description: "readers" }],
      grants: [{ roleName: "r", privilege: "g", objectName: "c", dbName: "default", objectType: "Global" }],
      privilegeGroups: [{ privilegeGroupName: "g", privileges: ["Search"] }],
    });
    const other = await open();
    await other.rbac.restore(backup);
    expect(await other.rbac.backup()).toEqual(backup);
    const changed = await asking(other)("users/update_password", { ...u, password: "secret1", newPassword: "secret2" });
    expect(changed).toEqual(OK);
    const refused = async (meta: object) => {
      const empty = await open();
      const before = await empty.rbac.backup();
      const answer = await asking(empty)("rbac/restore", meta);
      expect(await empty.rbac.backup()).toEqual(before);
      return [answer.code, answer.message];
    };
    const { roles, grants, users } = backup;
    expect(await refused({ roles: [...roles, ...roles] })).toEqual([65535, "role [r] already exists"]);
    expect(await refused({ roles, grants })).toEqual([65535, "privilege [g] does not exist"]);
    expect(await refused({ users })).toEqual([65535, "role [r] does not exist"]);
    expect(await refused({ roles, users: [...users, ...users] })).toEqual([65535, "user [u] already exists"]);
    expect(await refused({ roles: [{}] })).toMatchObject([1100, expect.anything()]);
    expect(await asking(await open())("rbac/restore", {})).toEqual(OK);
  });
});
