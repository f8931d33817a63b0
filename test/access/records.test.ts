import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type Envelope } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const opened: Elanus[] = [];
async function open(path = ":memory:"): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off" });
  opened.push(db);
  return db;
}
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

type Ask = (path: string, body?: object, headers?: Record<string, string>) => Promise<Envelope>;
const asking =
  (db: Elanus): Ask =>
  (path, body = {}, headers = {}) =>
    db.request(`/v2/vectordb/${path}`, body, { headers });
const OK = { code: 0, data: {} };
const r = { roleName: "r" };
const u = { userName: "u" };

describe("users", () => {
  it("are created, listed, described, dropped; root is always there", async () => {
    const ask = asking(await open());
    expect(await ask("users/list")).toEqual({ code: 0, data: ["root"] });
    expect(await ask("users/create", { ...u, password: "secret1", description: "who" })).toEqual(OK);
    expect(await ask("users/create", { ...u, password: "secret1" })).toEqual({
      code: 65535,
      message: "user already exists: u",
    });
    expect(await ask("users/list")).toEqual({ code: 0, data: ["root", "u"] });
    expect(await ask("users/describe", u)).toEqual({ code: 0, data: [], description: "who" });
    expect(await ask("users/describe", { userName: "none" })).toEqual({ code: 0, data: [], description: "" });
    expect(await ask("users/drop", u)).toEqual(OK);
    expect(await ask("users/drop", u)).toEqual(OK);
    expect(await ask("users/drop", { userName: "root" })).toEqual({
      code: 1401,
      message: "root user cannot be deleted: privilege not permitted",
    });
    expect(await ask("users/list")).toEqual({ code: 0, data: ["root"] });
  });

  it.each([
    ["", /username must be not empty: invalid parameter$|missing required parameters/],
    ["  ", "username must be not empty: invalid parameter"],
    [
      "a".repeat(33),
      `invalid username ${"a".repeat(33)} with length 33, the length of username must be less than 32: invalid parameter`,
    ],
    ["1a", "invalid user name 1a, the first character must be a letter, but got 1: invalid parameter"],
    ["_a", "invalid user name _a, the first character must be a letter, but got _: invalid parameter"],
    [
      "a b",
      "invalid user name a b, username must contain only numbers, letters, underscores, dots, and hyphens, but got %!s(uint8=32): invalid parameter",
    ],
    ["aé", /but got %!s\(uint8=195\): invalid parameter$/],
  ])("refuses the name %j", async (userName, message) => {
    const answer = await asking(await open())("users/create", { userName, password: "secret1" });
    expect([1100, 1802]).toContain(answer.code);
    if (typeof message === "string") expect(answer.message).toBe(message);
    else expect(answer.message).toMatch(message);
  });

  it("refuses passwords by their bytes", async () => {
    const ask = asking(await open());
    for (const [password, length] of [
      ["12345", 5],
      ["ü".repeat(37), 74],
    ]) {
      expect(await ask("users/create", { ...u, password })).toEqual({
        code: 1100,
        message: `invalid password length: invalid parameter[${length} out of range 6 <= value <= 72]`,
      });
    }
    expect(await ask("users/create", { ...u, password: "ü".repeat(36) })).toEqual(OK);
    expect((await ask("users/create", { ...u, password: "secret1", description: "x".repeat(1025) })).message).toBe(
      "invalid user description with length 1025, the length of user description must be less than or equal to 1024: invalid parameter",
    );
  });

  it("change their password with the old one only", async () => {
    const ask = asking(await open());
    await ask("users/create", { ...u, password: "secret1" });
    const wrong = (name: string) => ({
      code: 1400,
      message: `old password not correct for ${name}: not authenticated`,
    });
    const update = (password: string, newPassword: string, userName = "u") =>
      ask("users/update_password", { userName, password, newPassword });
    expect(await update("secret2", "secret3")).toEqual(wrong("u"));
    expect(await update("secret1", "secret3", "none")).toEqual(wrong("none"));
    expect(await update("Milvus", "secret3", "root")).toEqual(wrong("root"));
    expect(await update("secret1", "short")).toMatchObject({ code: 1100 });
    expect(await update("secret1", "secret1")).toEqual(OK);
    expect(await update("secret1", "secret2")).toEqual(OK);
    expect(await update("secret1", "secret2")).toEqual(wrong("u"));
    expect(await ask("users/update_password", u)).toEqual({
      code: 1100,
      message: "must update either password or description: invalid parameter",
    });
    expect(await ask("users/update_password", { ...u, description: "new" })).toEqual(OK);
    expect(await ask("users/describe", u)).toMatchObject({ description: "new" });
  });

  it("are created once when several calls race, and one of two changes of a password wins", async () => {
    const ask = asking(await open());
    const made = await Promise.all([1, 2, 3].map(() => ask("users/create", { ...u, password: "secret1" })));
    expect(made.map((answer) => answer.code).sort()).toEqual([0, 65535, 65535]);
    const changed = await Promise.all(
      ["secret2", "secret3"].map((newPassword) =>
        ask("users/update_password", { ...u, password: "secret1", newPassword }),
      ),
    );
    expect(changed.map((answer) => answer.code).sort()).toEqual([0, 1400]);
  });

  it("are 100 at most, and passwords that wait to be hashed 64", async () => {
    const db = await open();
    const ask = asking(db);
    await ask("rbac/restore", {
      users: Array.from({ length: 98 }, (_, i) => ({ userName: `u${i}`, password: "$2a$10$abcdefghijk", roles: [] })),
    });
    const many = await Promise.all(
      Array.from({ length: 66 }, () => ask("users/create", { userName: "last", password: "secret1" })),
    );
    expect(many.filter((answer) => answer.code === 0)).toHaveLength(1);
    expect(many.filter((answer) => answer.code === 1807)).toHaveLength(2);
    expect(await ask("users/create", { userName: "more", password: "secret1" })).toEqual({
      code: 65535,
      message: "unable to add user because the number of users has reached the limit",
    });
  });
});

describe("roles", () => {
  it("are created, bound, listed, dropped; admin and public stay", async () => {
    const db = await open();
    const ask = asking(db);
    expect(await ask("roles/list")).toEqual({ code: 0, data: ["admin", "public"] });
    expect(await ask("roles/create", r)).toEqual(OK);
    expect(await ask("roles/create", r)).toEqual({ code: 65535, message: 'role [name:"r"] already exists' });
    await ask("users/create", { ...u, password: "secret1" });
    const unknown = {
      code: 65535,
      message: "not found the role, maybe the role isn't existed or internal system error",
    };
    expect(await ask("users/grant_role", { ...u, ...r })).toEqual(OK);
    expect(await ask("users/grant_role", { ...u, ...r })).toEqual(OK);
    expect(await ask("users/grant_role", { ...u, roleName: "none" })).toEqual(unknown);
    expect(await ask("users/grant_role", { userName: "none", ...r })).toEqual({
      code: 65535,
      message: "not found the user, maybe the user isn't existed or internal system error",
    });
    expect(await ask("users/describe", u)).toMatchObject({ data: ["r"] });
    expect(await db.roles.select({ roleName: "r" })).toEqual([{ roleName: "r", users: ["u"], description: "" }]);
    expect(await db.users.select()).toMatchObject([{ userName: "root" }, { userName: "u", roles: ["r"] }]);
    expect(await ask("users/revoke_role", { userName: "none", ...r })).toEqual(OK);
    expect(await ask("users/revoke_role", { ...u, roleName: "none" })).toEqual(unknown);
    expect(await ask("roles/drop", r)).toEqual(OK);
    expect(await ask("users/describe", u)).toMatchObject({ data: [] });
    for (const path of ["roles/drop", "roles/describe"]) expect(await ask(path, r)).toEqual(unknown);
    for (const [roleName, action, path] of [
      ["admin", "dropped", "roles/drop"],
      ["public", "dropped", "roles/drop"],
      ["admin", "altered", "roles/alter"],
    ]) {
      expect(await ask(path as string, { roleName })).toEqual({
        code: 1401,
        message: `the role[${roleName}] is a default role, which can't be ${action}: privilege not permitted`,
      });
    }
  });

  it("have names of their own form, and are ten at most", async () => {
    const ask = asking(await open());
    for (const [roleName, message] of [
      [" ", "role name should be not empty: invalid parameter[expected=not empty][actual=]"],
      [
        "a".repeat(256),
        "the length of role name must be not greater than limit: invalid parameter[256 out of range 0 <= value <= 255]",
      ],
      [
        "1a",
        "the first character of role name must be an underscore or letter: invalid parameter[expected=95][actual=49]",
      ],
      [
        "a-b",
        "role name can only contain numbers, letters, underscores, and allowed characters ($), found - at 1: invalid parameter",
      ],
    ]) {
      expect(await ask("roles/create", { roleName })).toEqual({ code: 1100, message });
    }
    for (let i = 0; i < 8; i++) expect(await ask("roles/create", { roleName: `_r$${i}` })).toEqual(OK);
    expect(await ask("roles/create", r)).toEqual({
      code: 65535,
      message: "unable to create role because the number of roles has reached the limit",
    });
  });
});

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

describe("with errorForm late", () => {
  it("is told as newer servers tell it", async () => {
    const db = await Elanus.open(":memory:", { errorForm: "late" });
    opened.push(db);
    const ask = asking(db);
    const told = async (path: string, body: object) => {
      const { code, message } = await ask(path, body);
      return [code, message];
    };
    await ask("roles/create", r);
    expect(await told("roles/create", r)).toEqual([1100, 'role [name:"r"] already exists: invalid parameter']);
    expect(await told("users/grant_role", { ...u, ...r })).toEqual([1100, 'user "u" not found: invalid parameter']);
    const grant = { roleName: "none", privilege: "Search", collectionName: "c" };
    expect(await told("roles/grant_privilege_v2", grant)).toEqual([
      1100,
      'the role "none" does not exist: invalid parameter',
    ]);
    expect(await told("roles/drop", { roleName: "none" })).toEqual([
      1100,
      "not found the role, maybe the role isn't existed or internal system error: invalid parameter",
    ]);
    await db.rbac.restore({ users: Array.from({ length: 99 }, (_, i) => ({ userName: `u${i}` })) });
    expect((await told("users/create", { userName: "more", password: "secret1" }))[0]).toBe(9);
  });
});
