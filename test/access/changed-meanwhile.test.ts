import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Elanus } from "../../src/index.js";
import { serve } from "../api/grpc/served.js";
import { asking, OK, open, r, u } from "./records.js";

const c = { collectionName: "c" };
const INSERT = { ...r, privilege: "Insert", ...c };

/** A user `u` whose role `r` lets him insert into a collection of which a model makes the vectors. */
async function filled(worker: boolean, meanwhile: (db: Elanus) => Promise<unknown>): Promise<Elanus> {
  const db: Elanus = await open(":memory:", {
    worker,
    functions: {
      embed: async (texts) => {
        await meanwhile(db);
        return texts.map((text) => [text.length, 1]);
      },
    },
  });
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
      functions: [
        {
          name: "f",
          type: "TextEmbedding",
          inputFieldNames: ["text"],
          outputFieldNames: ["v"],
          params: { provider: "openai", model_name: "m" },
        },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  await db.users.create({ ...u, password: "secret1" });
  await db.roles.create(r);
  await db.users.grantRole({ ...u, ...r });
  await db.roles.grantPrivilegeV2(INSERT);
  return db;
}

describe.each([
  ["a right that is taken", (db: Elanus) => db.roles.revokePrivilegeV2(INSERT), "PermissionDenied"],
  ["a role that is dropped", (db: Elanus) => db.roles.drop({ ...r, forceDrop: true }), "PermissionDenied"],
  ["a user who is dropped", (db: Elanus) => db.users.drop(u), "NotAuthenticated"],
  [
    "a password that is changed",
    (db: Elanus) => db.users.updatePassword({ ...u, password: "secret1", newPassword: "secret2" }),
    "NotAuthenticated",
  ],
] as const)("%s in the middle of a call", (_, change, kind) => {
  it.each([false, true])("lets it end, and refuses the next one (worker: %s)", async (worker) => {
    const changes = [change];
    const db = await filled(worker, async (opened) => changes.pop()?.(opened));
    const view = await db.as({ user: "u", password: "secret1" });
    const data = [{ id: 1, text: "one" }];
    expect(await view.entities.insert({ ...c, data })).toMatchObject({ insertCount: 1 });
    await expect(view.entities.insert({ ...c, data: [{ id: 2, text: "two" }] })).rejects.toMatchObject({ kind });
    expect(await db.entities.query({ ...c, filter: "id > 0", outputFields: ["id"] })).toEqual([{ id: 1 }]);
  });
});

it("a user drops himself: he is answered, and is nobody from then on", async () => {
  const served = await serve({ auth: { users: { root: "Milvus", u: "secret1", v: "secret1" } } });
  const as = (user: string) => ({ authorization: Buffer.from(`${user}:secret1`).toString("base64") });
  await served.ok("DeleteCredential", { username: "u" }, as("u"));
  await expect(served.call("ListCredUsers", {}, as("u"))).rejects.toMatchObject({ code: 16 });
  const rest = async (path: string) => {
    const init = { method: "POST", body: '{"userName":"v"}', headers: { authorization: "Bearer v:secret1" } };
    const response = await fetch(`${served.server.url}/v2/vectordb/users/${path}`, init);
    return [response.status, ((await response.json()) as { code: number }).code];
  };
  expect(await rest("drop")).toEqual([200, 0]);
  expect(await rest("list")).toEqual([401, 1800]);
  expect(await served.db.users.list()).toEqual(["root"]);
});

it("a role in use is dropped with its bindings where nothing is granted to it, and else stays whole", async () => {
  const db = await filled(false, async () => {});
  const ask = asking(db);
  const before = await db.rbac.backup();
  expect(await ask("roles/drop", r)).toEqual({
    code: 65535,
    message: "fail to drop the role that it has privileges. Use REVOKE API to revoke privileges",
  });
  expect(await db.rbac.backup()).toEqual(before);
  await db.roles.revokePrivilegeV2(INSERT);
  const view = await db.as({ user: "u", password: "secret1" });
  expect(await ask("roles/drop", r)).toEqual(OK);
  expect(await db.users.describe(u)).toEqual([]);
  await db.roles.create(r);
  await db.roles.grantPrivilegeV2(INSERT);
  await expect(view.entities.insert({ ...c, data: [{ id: 1, text: "a" }] })).rejects.toMatchObject({
    kind: "PermissionDenied",
  });
});

it("a grant on a collection that there is not counts when it comes, and goes with it", async () => {
  const db = await open();
  await db.users.create({ ...u, password: "secret1" });
  await db.roles.create(r);
  await db.users.grantRole({ ...u, ...r });
  await db.roles.grantPrivilegeV2({ ...r, privilege: "Query", collectionName: "later" });
  const view = await db.as({ user: "u", password: "secret1" });
  const query = () => view.entities.query({ collectionName: "later", filter: "id > 0" });
  await expect(query()).rejects.toMatchObject({ code: 100 });
  await db.collections.create({ collectionName: "later", dimension: 2 });
  expect(await query()).toEqual([]);
  await db.collections.drop({ collectionName: "later" });
  await expect(query()).rejects.toMatchObject({ kind: "PermissionDenied" });
  expect(await db.roles.describe(r)).toEqual([]);
});

it("a request asks about what it is on, whatever other names stand in it", async () => {
  const db = await filled(false, async () => {});
  await db.collections.create({ collectionName: "other", dimension: 2 });
  const view = await db.as({ user: "u", password: "secret1" });
  const body = { collectionName: "other", collectionNames: ["c"], sourceCollectionName: "c", data: [{ id: 1 }] };
  expect(await view.request("/v2/vectordb/entities/insert", body)).toMatchObject({
    code: 65535,
    message: expect.stringContaining("PrivilegeInsert: permission deny to u"),
  });
});

/** What each kind of name may be. */
const FORMS: readonly (readonly [path: string, key: string, form: RegExp, more: object])[] = [
  ["roles/create", "roleName", /^[A-Za-z_][\w$]{0,254}$/, {}],
  ["privilege_groups/create", "privilegeGroupName", /^[A-Za-z_]\w{0,254}$/, {}],
  ["roles/grant_privilege_v2", "collectionName", /^(?:\*|[A-Za-z_][\w$]{0,254})$/, { ...r, privilege: "Search" }],
  [
    "roles/grant_privilege",
    "objectName",
    /^(?:\*|[A-Za-z_][\w$]{0,254})$/,
    { ...r, privilege: "Search", objectType: "Collection" },
  ],
];
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "Z", "_", "$", "1", "-", ".", " ", "*", "ü", "\0", "'", "\n"), maxLength: 5 }),
  fc.integer({ min: 250, max: 260 }).map((length) => "a".repeat(length)),
  fc.string({ unit: "binary", maxLength: 8 }),
);

it.each(FORMS)(
  "%s takes a name as %s in its form alone, and refuses others with nothing changed",
  async (path, key, form, more) => {
    const db = await open();
    await db.roles.create(r);
    const whole = async () => JSON.stringify([await db.rbac.backup(), await db.roles.list()]);
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const before = await whole();
        const { code } = await asking(db)(path, { ...more, [key]: name });
        const known = code === 65535;
        if (form.test(name.trim()) && name.trim() === name) expect(code === 0 || known).toBe(true);
        else if (!form.test(name.trim())) {
          expect([1100, 1402, 1802]).toContain(code);
          expect(await whole()).toBe(before);
        }
        for (const roleName of await db.roles.list()) {
          if (!["admin", "public", "r"].includes(roleName)) await db.roles.drop({ roleName, forceDrop: true });
        }
      }),
      { numRuns: 60 },
    );
  },
);
