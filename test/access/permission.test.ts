import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../src/engine/contract/caller.js";
import { contract, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { BUILT_IN_GROUPS, levelOf, objectTypeOf } from "../../src/engine/model/privileges.js";
import { isElanusError } from "../../src/errors.js";

let engine: Engine;
let caller: Caller;
beforeAll(async () => {
  engine = openEngine(":memory:", { durability: "off" });
  const run = (path: string, request: object) => engine.execute(path, request);
  await run("databases/create", { dbName: "shop" });
  await run("users/create", { userName: "u", password: "secret1" });
  await run("roles/create", { roleName: "r" });
  await run("users/grant_role", { userName: "u", roleName: "r" });
  caller = (await engine.authenticate({ kind: "password", user: "u", password: "secret1" })) as Caller;
});
afterAll(() => engine.close());

/** What a request says of its objects; nothing of it exists. */
const named = (dbName: string) => ({
  dbName,
  collectionName: "c",
  newCollectionName: "d",
  aliasName: "a",
  partitionName: "p",
  partitionNames: ["p"],
  userName: "somebody",
  roleName: "nothing",
  password: "",
  privilegeGroupName: "none",
  privileges: [],
  properties: {},
  propertyKeys: [],
  name: "none",
  text: [],
});

/** Whether the call gets past the check; what comes after it is of no account here. */
async function passes(path: OperationPath, dbName = "shop"): Promise<boolean> {
  try {
    await engine.execute(path, named(dbName), { caller, database: dbName });
    return true;
  } catch (error) {
    if (!isElanusError(error)) throw error;
    if (error.kind === "PermissionDenied") {
      expect(error.message).toBe(
        `Privilege${contract[path].privilege?.name}: permission deny to u in the \`${dbName}\` database`,
      );
    }
    return error.kind !== "PermissionDenied";
  }
}

const asked = operationPaths.filter((path) => contract[path].privilege !== undefined);
/** What everybody may do. */
const PUBLIC = new Set(["DescribeCollection", "ListAliases", "IndexDetail"]);

/** Grants for the time of `work`. */
async function granted<T>(
  privilege: string,
  collectionName: string,
  dbName: string,
  work: () => Promise<T>,
): Promise<T> {
  const grant = { roleName: "r", privilege, collectionName, dbName };
  await engine.execute("roles/grant_privilege_v2", grant);
  try {
    return await work();
  } finally {
    await engine.execute("roles/revoke_privilege_v2", grant);
  }
}

describe("the privilege of every operation", () => {
  it("is one that exists, on the type of object that it is on", () => {
    for (const path of asked) {
      const { object = "Global", name = "" } = contract[path].privilege ?? {};
      expect([path, objectTypeOf(name)]).toEqual([path, object]);
    }
    expect(asked.length).toBeGreaterThan(70);
  });

  it.each(asked)("%s: none, exactly it, all names, all databases, groups", async (path) => {
    const { name, object } = contract[path].privilege ?? { name: "", object: "Global" };
    expect(await passes(path)).toBe(PUBLIC.has(name));
    const objectName = object === "Collection" ? "c" : object === "User" ? "somebody" : "*";
    expect(await granted(name, objectName, "shop", () => passes(path))).toBe(true);
    expect(await granted(name, "*", "shop", () => passes(path))).toBe(true);
    expect(await granted(name, objectName, "*", () => passes(path))).toBe(true);
    expect(await granted(name, "*", "default", () => passes(path))).toBe(PUBLIC.has(name));
    if (object !== "Global") {
      expect(await granted(name, "other", "shop", () => passes(path))).toBe(PUBLIC.has(name));
    }
    for (const [group, { level, privileges }] of BUILT_IN_GROUPS) {
      const place: readonly [string, string] = level === "Cluster" ? ["*", "*"] : ["*", "shop"];
      const may = privileges.includes(name) || PUBLIC.has(name);
      expect([group, await granted(group, ...place, () => passes(path))]).toEqual([group, may]);
    }
    const group = { privilegeGroupName: "g", privileges: [name] };
    await engine.execute("privilege_groups/create", group);
    await engine.execute("privilege_groups/add_privileges_to_group", group);
    const level = levelOf(name);
    const place: readonly [string, string] = level === "Cluster" ? ["*", "*"] : ["*", "shop"];
    expect(await granted("g", ...place, () => passes(path))).toBe(true);
    await granted("g", ...place, async () => {
      await engine.execute("privilege_groups/remove_privileges_from_group", group);
      expect(await passes(path)).toBe(PUBLIC.has(name));
    });
    await engine.execute("privilege_groups/drop", group);
    expect(await granted("All", "*", "shop", () => passes(path))).toBe(true);
    expect(await granted("All", "*", "default", () => passes(path))).toBe(PUBLIC.has(name));
  });

  it("is asked of nobody for what has none", async () => {
    for (const path of operationPaths.filter((known) => !asked.includes(known))) {
      expect([path, await passes(path)]).toEqual([path, true]);
    }
  });

  it("can be asked for alone: nothing is run, and nothing told of what is hidden", async () => {
    const names = { dbName: "shop", collectionName: "c", userName: "u" };
    const ask = (path: OperationPath) => engine.permit(path, names, { caller });
    await expect(ask("entities/query")).rejects.toMatchObject({ kind: "PermissionDenied" });
    await granted("Query", "c", "shop", () => expect(ask("entities/query")).resolves.toBeUndefined());
    await granted("DropOwnership", "*", "shop", () => expect(ask("users/drop")).resolves.toBeUndefined());
    expect((await engine.execute("users/list", {})).data).toContain("u");
    await expect(ask("collections/describe")).resolves.toBeUndefined();
  });

  it("is asked in the database of the connection, where it has one, for databases, roles and grants", async () => {
    const fromDefault = { caller: { ...caller, connection: "default" } };
    const refused = (path: string, request: object) =>
      engine.execute(path, request, fromDefault).then(
        () => "done",
        (error: unknown) => (isElanusError(error) ? error.message : String(error)),
      );
    await granted("CreateDatabase", "*", "shop", async () => {
      expect(await refused("databases/create", { dbName: "shop" })).toContain("in the `default` database");
    });
    await granted("CreateDatabase", "*", "default", async () => {
      expect(await refused("databases/create", { dbName: "shop" })).toMatch(/^(?:done|database already exist: shop)$/);
    });
    await granted("Insert", "*", "default", async () => {
      expect(await refused("entities/insert", { dbName: "shop", collectionName: "c" })).toContain("in the `shop`");
    });
  });

  it("is not asked for one's own: password, user, roles", async () => {
    const run = (path: string, request: object) => engine.execute(path, request, { caller });
    await run("users/describe", { userName: "u" });
    await run("roles/describe", { roleName: "r" });
    await run("roles/describe", { roleName: "public" });
    await expect(run("roles/describe", { roleName: "admin" })).rejects.toMatchObject({ kind: "PermissionDenied" });
    await expect(run("users/select", {})).rejects.toMatchObject({ kind: "PermissionDenied" });
    await expect(
      run("users/update_password", { userName: "u", password: "wrong", newPassword: "secret2" }),
    ).rejects.toMatchObject({ kind: "OldPasswordWrong" });
  });

  it("is asked for an operation on several collections that names none of them", async () => {
    const flush = (request: object) => engine.execute("collections/flush", { dbName: "shop", ...request }, { caller });
    const none = [{ collectionName: "c", collectionNames: [] }, { collectionNames: [] }];
    for (const request of none) await expect(flush(request)).rejects.toMatchObject({ kind: "PermissionDenied" });
    await granted("Flush", "c", "shop", async () => {
      await expect(flush({ collectionName: "d", collectionNames: [] })).rejects.toMatchObject({
        kind: "PermissionDenied",
      });
      await expect(flush({ collectionName: "c", collectionNames: [] })).rejects.toMatchObject({
        kind: "CollectionNotFound",
      });
    });
    await expect(engine.execute("collections/flush", { dbName: "shop", collectionNames: [] })).rejects.toMatchObject({
      code: 1100,
    });
  });

  it("must come from one role for an operation on several collections", async () => {
    const run = (path: string, request: object) => engine.execute(path, request);
    const flush = () =>
      engine
        .execute("collections/flush", { dbName: "shop", collectionName: "", collectionNames: ["c", "d"] }, { caller })
        .then(
          () => "",
          (error: { kind: string }) => error.kind,
        );
    await run("roles/create", { roleName: "q" });
    await run("users/grant_role", { userName: "u", roleName: "q" });
    const grant = (roleName: string, collectionName: string) =>
      run("roles/grant_privilege_v2", { roleName, privilege: "Flush", collectionName, dbName: "shop" });
    await grant("r", "c");
    await grant("q", "d");
    expect(await flush()).toBe("PermissionDenied");
    await grant("q", "c");
    expect(await flush()).toBe("CollectionNotFound");
    await run("roles/drop", { roleName: "q", forceDrop: true });
    for (const privilege of ["Flush"]) {
      await run("roles/revoke_privilege_v2", { roleName: "r", privilege, collectionName: "c", dbName: "shop" });
    }
    expect((await engine.execute("roles/describe", { roleName: "r", dbName: "*" })).data).toEqual([]);
  });
});

describe("what a user sees", () => {
  const run = (path: string, request: object) => engine.execute(path, request, { caller });
  const lists = async (dbName = "shop") => [
    (await run("databases/list", {})).data,
    (await run("collections/list", { dbName })).data,
    (await run("aliases/list", { dbName })).data,
  ];
  const described = (collectionName: string) =>
    run("collections/describe", { dbName: "shop", collectionName }).then(
      () => "seen",
      (error: { code: number; message: string }) => `${error.code} ${error.message}`,
    );
  beforeAll(async () => {
    // Dropping it was permitted above.
    const { data } = await engine.execute("databases/list", {});
    if (!(data as string[]).includes("shop")) await engine.execute("databases/create", { dbName: "shop" });
    for (const collectionName of ["c", "d"]) {
      await engine.execute("collections/create", { dbName: "shop", collectionName, dimension: 2 });
      await engine.execute("aliases/create", { dbName: "shop", collectionName, aliasName: `alias_${collectionName}` });
    }
  });

  it("is nothing without a grant, and none of it is told", async () => {
    expect(await lists()).toEqual([[], [], []]);
    const hidden = (name: string) =>
      `1401 not allowed to access collection, collection name: ${name}: privilege not permitted`;
    for (const name of ["c", "alias_c", "missing"]) expect(await described(name)).toBe(hidden(name));
    await granted("DescribeDatabase", "*", "default", async () => {
      await expect(run("databases/describe", { dbName: "shop" })).rejects.toMatchObject({ kind: "PermissionDenied" });
    });
    await granted("DescribeDatabase", "*", "shop", async () => {
      expect((await run("databases/describe", { dbName: "shop" })).data).toMatchObject({ dbName: "shop" });
    });
    // A grant on something global makes no collection visible.
    await granted("DescribeCollection", "*", "shop", async () => {
      expect(await lists()).toEqual([["shop"], [], []]);
      expect(await described("c")).toBe(hidden("c"));
    });
  });

  it("is what a role of his own has something on, by any way of granting it", async () => {
    for (const [privilege, collectionName, dbName, collections] of [
      ["Search", "c", "shop", ["c"]],
      ["Search", "*", "shop", ["c", "d"]],
      ["CollectionReadOnly", "c", "shop", ["c"]],
      ["Search", "*", "*", ["c", "d"]],
      ["All", "*", "shop", ["c", "d"]],
      ["Search", "alias_c", "shop", ["c"]],
      ["Search", "*", "default", []],
    ] as const) {
      await granted(privilege, collectionName, dbName, async () => {
        const databases = dbName === "*" ? ["default", "shop"] : [dbName];
        const aliases = collections.map((name) => `alias_${name}`);
        expect(await lists(), privilege).toEqual([databases, collections, aliases]);
        for (const name of ["c", "d"]) {
          const seen = (collections as readonly string[]).includes(name);
          expect((await described(name)) === "seen").toBe(seen);
          expect((await described(`alias_${name}`)) === "seen").toBe(seen);
        }
      });
    }
  });

  it("is everything for admin and root", async () => {
    await engine.execute("users/grant_role", { userName: "u", roleName: "admin" });
    expect(await lists()).toEqual([
      ["default", "shop"],
      ["c", "d"],
      ["alias_c", "alias_d"],
    ]);
    expect(await described("c")).toBe("seen");
    await engine.execute("users/revoke_role", { userName: "u", roleName: "admin" });
    expect(await lists()).toEqual([[], [], []]);
  });
});

describe("a right that is taken, a password that is changed, a user who is dropped", () => {
  it("counts from the next call on", async () => {
    const list = () =>
      engine.execute("entities/query", { dbName: "shop", collectionName: "c", filter: "", limit: 1 }, { caller });
    await granted("Query", "c", "shop", async () => {
      await expect(list()).resolves.toBeDefined();
    });
    await expect(list()).rejects.toMatchObject({ kind: "PermissionDenied" });
    const change = (password: string, newPassword: string) =>
      engine.execute("users/update_password", { userName: "u", password, newPassword });
    await change("secret1", "secret2");
    await expect(list()).rejects.toMatchObject({ kind: "NotAuthenticated", code: 1800 });
    const credential = { kind: "password", user: "u", password: "secret1" } as const;
    expect(await engine.authenticate(credential)).toBe("wrong");
    caller = (await engine.authenticate({ ...credential, password: "secret2" })) as Caller;
    await expect(list()).rejects.toMatchObject({ kind: "PermissionDenied" });
    await engine.execute("users/grant_role", { userName: "u", roleName: "admin" });
    // He may drop himself, and is nobody from then on.
    await engine.execute("users/drop", { userName: "u" }, { caller });
    await expect(list()).rejects.toMatchObject({ kind: "NotAuthenticated" });
    await engine.execute("users/create", { userName: "u", password: "secret2" });
    await expect(list()).rejects.toMatchObject({ kind: "NotAuthenticated" });
  });
});
