import { afterEach, describe, expect, it } from "vitest";
import { encode } from "../../src/api/grpc/messages/table.js";
import { Elanus } from "../../src/index.js";
import { framed, GrpcClient } from "../api/grpc/grpc-client.js";
import { temporaryPath } from "../support/temporary.js";

const opened: Elanus[] = [];
async function open(path: string, options: Parameters<typeof Elanus.open>[1]): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", ...options });
  opened.push(db);
  return db;
}
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

const status = async (db: Elanus, token: string): Promise<number> =>
  (
    await db.fetch("http://m/v2/vectordb/users/list", {
      method: "POST",
      body: "{}",
      headers: { authorization: `Bearer ${token}` },
    })
  ).status;

describe("users of the option `auth`", () => {
  it("are made at each opening, may do everything unless roles are named, and stay", async () => {
    const path = temporaryPath();
    const first = await open(path, { auth: { users: { anna: "one", "of any form": { password: "x", roles: [] } } } });
    expect(await first.users.select()).toMatchObject([
      { userName: "root", roles: [] },
      { userName: "anna", roles: ["admin"] },
      { userName: "of any form", roles: [] },
    ]);
    expect([await status(first, "anna:one"), await status(first, "of any form:x")]).toEqual([200, 403]);
    await first.users.revokeRole({ userName: "anna", roleName: "admin" });
    await first.close();
    const second = await open(path, { auth: { users: { anna: "two", root: "Milvus" } } });
    expect([await status(second, "anna:one"), await status(second, "anna:two")]).toEqual([401, 403]);
    expect([await status(second, "root:Milvus"), await status(second, "of any form:x")]).toEqual([200, 403]);
    await second.close();
    const third = await open(path, { auth: {} });
    expect([await status(third, "anna:two"), await status(third, "root:Milvus")]).toEqual([403, 200]);
    await third.close();
  });

  it("are known for this opening alone where the file cannot be written", async () => {
    const path = temporaryPath();
    await (await open(path, {})).close();
    const reader = await open(path, { readonly: true, auth: { users: { anna: "one", root: "two" } } });
    expect([await status(reader, "anna:one"), await status(reader, "root:two")]).toEqual([200, 200]);
    await reader.close();
    const writer = await open(path, {});
    expect(await writer.users.list()).toEqual(["root"]);
  });

  it("are refused where nobody could come in, and with unknown roles", async () => {
    await expect(open(":memory:", { auth: {} })).rejects.toThrow("auth: give at least one user or API key");
    await expect(open(":memory:", { auth: { users: { a: { password: "x", roles: ["none"] } } } })).rejects.toThrow(
      "auth: there is no role none",
    );
    for (const users of [{ a: {} }, { a: 1 }, { a: { password: "x", role: [] } }]) {
      await expect(open(":memory:", { auth: { users } as never })).rejects.toMatchObject({
        code: 1100,
        message: expect.stringContaining("of passwords, or of { password, roles }, not an Object"),
      });
    }
  });

  it("set passwords without the old ones where they are super users", async () => {
    const db = await open(":memory:", {
      auth: { users: { root: "Milvus", chief: "secret1", other: "secret1" }, superUsers: ["chief"] },
    });
    const change = async (user: string, userName: string) => {
      const view = await db.as({ user, password: user === "root" ? "Milvus" : "secret1" });
      return (await view.request("/v2/vectordb/users/update_password", { userName, newPassword: "secret2" })).code;
    };
    expect(await change("root", "other")).toBe(1400);
    expect(await change("chief", "other")).toBe(0);
    expect(await change("chief", "none")).toBe(1400);
  });

  it("are seen by a reader beside the writer that makes them", async () => {
    const path = temporaryPath();
    const writer = await open(path, { auth: { users: { root: "Milvus" } } });
    const reader = await open(path, { readonly: true, auth: {} });
    expect(await status(reader, "anna:secret1")).toBe(401);
    await writer.users.create({ userName: "anna", password: "secret1" });
    expect(await status(reader, "anna:secret1")).toBe(403);
    await writer.users.grantRole({ userName: "anna", roleName: "admin" });
    expect(await status(reader, "anna:secret1")).toBe(200);
    await writer.users.drop({ userName: "anna" });
    expect(await status(reader, "anna:secret1")).toBe(401);
  });
});

describe.each([false, true])("a server with auth (worker: %s)", (worker) => {
  it("asks on each of its surfaces, and forgets nothing that was said elsewhere", async () => {
    const db = await open(":memory:", {
      worker,
      auth: { users: { root: "Milvus", anna: { password: "secret1", roles: [] } }, apiKeys: ["key"] },
    });
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2] }] });
    await db.roles.create({ roleName: "r" });
    await db.users.grantRole({ userName: "anna", roleName: "r" });
    const server = await db.listen({ port: 0 });
    const grpc = new GrpcClient(server);
    const statuses = async (token: string) => {
      const rest = await fetch(`${server.url}/v2/vectordb/collections/get_stats`, {
        method: "POST",
        body: '{"collectionName":"book"}',
        headers: { authorization: `Bearer ${token}` },
      });
      const { code } = await grpc.raw(
        "/milvus.proto.milvus.MilvusService/GetCollectionStatistics",
        framed(encode("GetCollectionStatisticsRequest", { collection_name: "book" })),
        { authorization: Buffer.from(token).toString("base64") },
      );
      return [rest.status, code];
    };
    expect(await statuses("anna:secret1")).toEqual([403, 7]);
    expect(await statuses("key")).toEqual([200, 0]);
    await db.roles.grantPrivilegeV2({ roleName: "r", privilege: "GetStatistics", collectionName: "book" });
    expect(await statuses("anna:secret1")).toEqual([200, 0]);
    await db.users.updatePassword({ userName: "anna", password: "secret1", newPassword: "secret2" });
    expect(await statuses("anna:secret1")).toEqual([401, 16]);
    expect(await statuses("anna:secret2")).toEqual([200, 0]);
    await db.users.drop({ userName: "anna" });
    expect(await statuses("anna:secret2")).toEqual([401, 16]);
    grpc.session.destroy();
  });
});

describe.each([false, true])("db.as (worker: %s)", (worker) => {
  it("is the database as a user sees it, from call to call", async () => {
    const db = await open(":memory:", { worker });
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [1, 2, 3].map((id) => ({ id, vector: [id, 0] })) });
    await db.users.create({ userName: "anna", password: "secret1" });
    await db.roles.create({ roleName: "reader" });
    await db.users.grantRole({ userName: "anna", roleName: "reader" });
    await expect(db.as({ user: "anna", password: "wrong" })).rejects.toMatchObject({ code: 1800 });
    await expect(db.as({ user: "nobody", password: "wrong" })).rejects.toMatchObject({ code: 1800 });
    await expect(db.as({ user: "root", password: "Milvus" })).rejects.toMatchObject({ code: 1800 });
    await expect(db.as({ user: "anna" } as never)).rejects.toMatchObject({
      code: 1100,
      message: "as takes { user, password }: invalid parameter",
    });
    const anna = await db.as({ user: "anna", password: "secret1" });
    expect(await anna.collections.list()).toEqual([]);
    await expect(anna.entities.query({ collectionName: "book" })).rejects.toMatchObject({
      kind: "PermissionDenied",
      code: 65535,
      message: "PrivilegeQuery: permission deny to anna in the `default` database",
    });
    expect(await anna.request("/v2/vectordb/entities/query", { collectionName: "book" })).toEqual({
      code: 65535,
      message:
        "rpc error: code = PermissionDenied desc = PrivilegeQuery: permission deny to anna in the `default` database",
    });
    const grant = { roleName: "reader", privilege: "CollectionReadOnly", collectionName: "book" };
    await db.roles.grantPrivilegeV2(grant);
    expect(await anna.collections.list()).toEqual(["book"]);
    const pages = anna.entities.queryIterator({ collectionName: "book", batchSize: 1 })[Symbol.asyncIterator]();
    expect((await pages.next()).done).toBe(false);
    await db.roles.revokePrivilegeV2(grant);
    await expect(
      (async () => {
        for (;;) if ((await pages.next()).done === true) return;
      })(),
    ).rejects.toMatchObject({ kind: "PermissionDenied" });
    // What he grants is his; the database itself is never asked.
    await db.users.grantRole({ userName: "anna", roleName: "admin" });
    await anna.roles.grantPrivilegeV2(grant);
    expect(await db.roles.describe({ roleName: "reader" })).toMatchObject([{ grantor: "anna" }]);
    await db.close();
    await expect(anna.collections.list()).rejects.toMatchObject({ code: 1 });
    expect(await anna.request("/v2/vectordb/collections/list", {})).toMatchObject({ code: 1 });
  });
});
