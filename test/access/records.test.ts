import { describe, expect, it } from "vitest";
import { asking, OK, open, r, u } from "./records.js";

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
    expect(await update("secret1", "short")).toMatchObject({
      code: 1100,
      message: "invalid password length: invalid parameter[5 out of range 6 <= value <= 72]",
    });
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

describe("with errorForm late", () => {
  it("is told as newer servers tell it", async () => {
    const db = await open(":memory:", { errorForm: "late" });
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
