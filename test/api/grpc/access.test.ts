import { describe, expect, it } from "vitest";
import { serve } from "./served.js";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("users, roles and privileges over gRPC", () => {
  it("follow each other as the official clients send them", async () => {
    const { ok, codes } = await serve();
    await ok("CreateCredential", { username: "u", password: base64("secret1"), description: "who" });
    expect(await ok("ListCredUsers")).toMatchObject({ usernames: ["root", "u"] });
    await ok("UpdateCredential", { username: "u", oldPassword: base64("secret1"), newPassword: base64("secret2") });
    await ok("UpdateCredential", { username: "u", description: "else" });
    await ok("CreateRole", { entity: { name: "r", description: "readers" } });
    await ok("AlterRole", { role_name: "r", description: "all readers" });
    await ok("OperateUserRole", { username: "u", role_name: "r", type: 0 });
    expect(await ok("SelectUser", { user: { name: "u" }, include_role_info: true })).toMatchObject({
      results: [{ user: { name: "u" }, roles: [{ name: "r" }], description: "else" }],
    });
    expect(await ok("SelectUser", {})).toMatchObject({ results: [{ roles: [] }, { roles: [] }] });
    expect(await ok("SelectRole", { role: { name: "r" }, include_user_info: true })).toMatchObject({
      results: [{ role: { name: "r", description: "all readers" }, users: [{ name: "u" }] }],
    });
    expect(await ok("SelectRole", { role: { name: "none" } })).toMatchObject({ results: [] });

    const entity = {
      role: { name: "r" },
      object: { name: "Collection" },
      object_name: "c",
      grantor: { user: { name: "ignored" }, privilege: { name: "Search" } },
    };
    await ok("OperatePrivilege", { entity, type: 0 });
    await ok("OperatePrivilegeV2", {
      role: { name: "r" },
      grantor: { privilege: { name: "Query" } },
      type: 0,
      db_name: "other",
      collection_name: "c",
    });
    const grants = { role: { name: "r" } };
    const listed = { role: { name: "r" }, object: { name: "Collection" }, object_name: "c" };
    const search = {
      ...listed,
      grantor: { user: { name: "root" }, privilege: { name: "Search" } },
      db_name: "default",
    };
    expect(await ok("SelectGrant", { entity: { ...grants, db_name: "*" } })).toMatchObject({
      entities: [search, { ...listed, db_name: "other" }],
    });
    expect(await ok("SelectGrant", { entity: grants })).toMatchObject({ entities: [search] });

    await ok("CreatePrivilegeGroup", { group_name: "g" });
    const members = { group_name: "g", privileges: [{ name: "Search" }, { name: "Query" }] };
    await ok("OperatePrivilegeGroup", { ...members, type: 0 });
    await ok("OperatePrivilegeGroup", { ...members, privileges: [{ name: "Query" }], type: 1 });
    expect(await ok("ListPrivilegeGroups")).toMatchObject({
      privilege_groups: expect.arrayContaining([{ group_name: "g", privileges: [{ name: "Search" }] }]),
    });

    const backup = await ok<"BackupRBACMetaResponse">("BackupRBAC");
    expect(backup.RBAC_meta).toMatchObject({
      users: [{ user: "u", password: expect.stringMatching(/^scrypt:/), roles: [{ name: "r" }] }],
      roles: [{ name: "r", description: "all readers" }],
      grants: [search, { db_name: "other" }],
      privilege_groups: [{ group_name: "g" }],
    });
    expect(await codes("RestoreRBAC", { RBAC_meta: backup.RBAC_meta })).toEqual([65535, 1]);
    await ok("DropPrivilegeGroup", { group_name: "g" });
    await ok("DropRole", { role_name: "r", force_drop: true });
    await ok("DeleteCredential", { username: "u" });
    await ok("RestoreRBAC", { RBAC_meta: backup.RBAC_meta });
    await ok("RestoreRBAC", {});
    expect(await ok<"BackupRBACMetaResponse">("BackupRBAC")).toEqual(backup);
  });

  it("fail with the error codes that each call has of old", async () => {
    const { codes, ok } = await serve();
    await ok("CreateRole", { entity: { name: "r" } });
    await ok("CreateCredential", { username: "u", password: base64("secret1") });
    await ok("OperatePrivilegeV2", {
      role: { name: "r" },
      grantor: { privilege: { name: "Query" } },
      collection_name: "c",
    });
    const expected: readonly [string, object, number, number][] = [
      ["CreateCredential", { username: "u", password: base64("secret1") }, 65535, 29],
      ["CreateCredential", { username: "1", password: base64("secret1") }, 1100, 5],
      ["CreateCredential", { username: "v", password: base64("short") }, 1100, 5],
      ["CreateCredential", { username: "v", password: "no base64!" }, 1100, 5],
      ["UpdateCredential", { username: "u", oldPassword: base64("wrong"), newPassword: base64("secret2") }, 1400, 30],
      ["UpdateCredential", { username: "u" }, 1100, 5],
      ["DeleteCredential", { username: "root" }, 1401, 31],
      ["CreateRole", { entity: { name: "r" } }, 65535, 35],
      ["CreateRole", {}, 1100, 5],
      ["DropRole", { role_name: "none" }, 65535, 36],
      ["DropRole", { role_name: "r" }, 65535, 36],
      ["DropRole", { role_name: "admin" }, 1401, 36],
      ["OperateUserRole", { username: "none", role_name: "r" }, 65535, 37],
      ["OperatePrivilege", { entity: { role: { name: "r" } } }, 1100, 5],
      [
        "OperatePrivilegeV2",
        { role: { name: "r" }, grantor: { privilege: { name: "x" } }, collection_name: "*" },
        65535,
        41,
      ],
      ["SelectGrant", { entity: { role: { name: "none" } } }, 65535, 42],
      ["CreatePrivilegeGroup", { group_name: "ClusterAdmin" }, 65535, 58],
      ["CreatePrivilegeGroup", { group_name: "" }, 1402, 58],
      ["OperatePrivilegeGroup", { group_name: "none", privileges: [{ name: "Search" }] }, 1100, 5],
      ["OperatePrivilegeGroup", { group_name: "none" }, 65535, 61],
    ];
    for (const [name, request, code, errorCode] of expected) {
      expect(await codes(name, request), `${name} ${JSON.stringify(request)}`).toEqual([code, errorCode]);
    }
  });

  it.each([["default"], ["other"]])("leave what is permitted as it is, in database %s", async (dbName) => {
    const { db, ok } = await serve({ auth: { users: { root: "Milvus1", anna: "secret1" } } });
    if (dbName === "other") await db.databases.create({ dbName });
    await db.collections.create({ dbName, collectionName: "c", dimension: 2 });
    await db.entities.insert({ dbName, collectionName: "c", data: [{ id: 1, vector: [1, 2] }] });
    for (const user of ["root:Milvus1", "anna:secret1"]) {
      for (const named of [{}, { db_name: dbName }]) {
        const headers = { authorization: base64(user), dbname: dbName };
        const asked = { ...named, collection_name: "c" };
        for (const rpc of [
          "DescribeCollection",
          "DescribeIndex",
          "GetIndexState",
          "GetIndexBuildProgress",
          "GetLoadState",
          "GetLoadingProgress",
          "ShowPartitions",
          "GetCollectionStatistics",
        ]) {
          await ok(rpc, asked, headers);
        }
        const query = { ...asked, expr: "id > 0", output_fields: ["id"], query_params: [{ key: "limit", value: "5" }] };
        await ok("Query", query, headers);
        await ok("Delete", { ...asked, expr: "id in [7]" }, headers);
        await ok("Flush", { ...named, collection_names: ["c"] }, headers);
      }
    }
  });
});
