import { describe, expect, it } from "vitest";
import { Elanus, type ListenOptions, type OpenOptions } from "../../src/index.js";
import { atEnd } from "../support/served.js";

async function serve(listen: ListenOptions, options: OpenOptions = {}) {
  const db = await Elanus.open(":memory:", options);
  atEnd(() => db.close());
  const { url } = await db.listen({ port: 0, ...listen });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
  const post = async (path: string, body: object, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body), headers });
    return (await response.json()) as { readonly code: number; readonly data?: unknown; readonly message?: string };
  };
  return { db, url, get, post };
}

describe("the page's port", () => {
  it("has nothing at / unless it is asked for, and never in process", async () => {
    const { db, get } = await serve({});
    for (const path of ["/", "/studio/about", "/studio/main.js"]) expect((await get(path)).status).toBe(404);
    const shown = await serve({ page: {} });
    expect((await shown.get("/")).status).toBe(200);
    expect(await shown.db.request("/", {}, { method: "GET" })).toMatchObject({ code: 404 });
    expect((await db.fetch("http://localhost/")).status).toBe(404);
    expect((await shown.get("/openapi.json")).status).toBe(200);
  });

  it("sends files that may load nothing from elsewhere, packed where that is understood", async () => {
    const { get } = await serve({ page: {} });
    for (const path of ["/", "/studio/main.js", "/studio/main.css", "/studio/map-worker.js"]) {
      for (const encoding of ["br", "identity"]) {
        const response = await get(path, { "accept-encoding": encoding });
        expect([path, response.status]).toEqual([path, 200]);
        expect(response.headers.get("content-encoding")).toBe(encoding === "br" ? "br" : null);
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
        expect(response.headers.get("x-content-type-options")).toBe("nosniff");
        expect((await response.text()).length).toBeGreaterThan(100);
      }
    }
  });

  it("answers HEAD as it answers GET, without the body", async () => {
    const { db, url } = await serve({ page: {} });
    for (const path of ["/", "/studio/main.js", "/studio/about", "/healthz", "/livez", "/metrics", "/openapi.json"]) {
      const whole = await fetch(url + path, { headers: { "accept-encoding": "identity" } });
      const head = await fetch(url + path, { method: "HEAD", headers: { "accept-encoding": "identity" } });
      expect([path, head.status, await head.text()]).toEqual([path, 200, ""]);
      expect(head.headers.get("content-type")).toBe(whole.headers.get("content-type"));
      expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    }
    expect((await fetch(`${url}/studio/session`, { method: "HEAD" })).status).toBe(404);
    const inProcess = await db.fetch("http://localhost/healthz", { method: "HEAD" });
    expect([inProcess.status, await inProcess.text()]).toEqual([200, ""]);
  });

  it("is guarded as REST is against pages of others", async () => {
    const { get } = await serve({ page: {} });
    expect((await get("/", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await get("/studio/about", { origin: "http://evil.example" })).status).toBe(403);
  });

  it("does not show itself to a network unless somebody is asked who he is", async () => {
    const open = await serve({ page: {}, host: "0.0.0.0", insecure: true });
    expect((await fetch(open.url.replace("0.0.0.0", "127.0.0.1"))).status).toBe(404);
    const asked = await serve({ page: {}, host: "0.0.0.0" }, { auth: { users: { ann: "secret" } } });
    expect((await fetch(asked.url.replace("0.0.0.0", "127.0.0.1"))).status).toBe(200);
  });

  it("refuses options that are none", async () => {
    const db = await Elanus.open(":memory:");
    atEnd(() => db.close());
    await expect(db.listen({ port: 0, page: { write: true } as never })).rejects.toThrow(
      /did you mean "page.writes|writes/,
    );
    await expect(db.listen({ port: 0, page: true as never })).rejects.toThrow("must be an object");
  });
});

describe("who comes to the page", () => {
  it("gets its files with auth, and data with credentials only", async () => {
    const { db, get, post } = await serve({ page: {} }, { auth: { users: { ann: "secret" } } });
    await db.collections.create({ collectionName: "book", dimension: 4 });
    expect((await get("/")).status).toBe(200);
    expect(await (await get("/studio/about")).json()).toEqual({
      code: 0,
      data: { announced: expect.any(String), writes: false, login: "password" },
    });
    for (const path of ["/studio/stats", "/studio/filter", "/v2/vectordb/collections/list"]) {
      expect(await post(path, { collectionName: "book" })).toMatchObject({ code: 1800 });
      expect(await post(path, { collectionName: "book" }, "ann:wrong")).toMatchObject({ code: 1800 });
      expect(await post(path, { collectionName: "book" }, "ann:secret")).toMatchObject({ code: 0 });
    }
  });

  it("hears nothing of collections that he does not see", async () => {
    const { db, post } = await serve({ page: {} }, { auth: { users: { ann: "secret" } } });
    for (const collectionName of ["seen", "hidden"]) {
      await db.collections.create({ collectionName, dimension: 2 });
      await db.entities.insert({ collectionName, data: [{ id: 1, vector: [1, 0] }] });
      await db.entities.search({ collectionName, data: [[1, 0]] });
    }
    await db.roles.create({ roleName: "reader" });
    await db.roles.grantPrivilegeV2({
      roleName: "reader",
      privilege: "CollectionReadOnly",
      dbName: "default",
      collectionName: "seen",
    });
    await db.users.create({ userName: "bob", password: "secret1" });
    await db.users.grantRole({ userName: "bob", roleName: "reader" });
    const names = async (token: string) => {
      const { data } = await post("/studio/stats", {}, token);
      return (data as { segments: { collection: string }[] }).segments.map(({ collection }) => collection);
    };
    expect(await names("ann:secret")).toEqual(["seen", "hidden"]);
    expect(await names("bob:secret1")).toEqual(["seen"]);
    expect(await post("/studio/filter", { collectionName: "hidden", filter: "" }, "bob:secret1")).not.toMatchObject({
      code: 0,
    });
  });

  it("comes in once by a secret", async () => {
    const secrets = new Set(["open sesame"]);
    const page = { exchange: (secret: string) => (secrets.delete(secret) ? "the-key" : undefined) };
    const { get, post } = await serve({ page }, { auth: { apiKeys: ["the-key"] } });
    expect(await (await get("/studio/about")).json()).toMatchObject({ data: { login: "secret" } });
    expect(await post("/studio/session", { secret: "open" })).toMatchObject({ code: 1800 });
    expect(await post("/studio/session", {})).toMatchObject({ code: 1802 });
    expect(await post("/studio/session", { secret: "open sesame" })).toEqual({ code: 0, data: { token: "the-key" } });
    expect(await post("/studio/session", { secret: "open sesame" })).toMatchObject({ code: 1800 });
    expect(await post("/studio/stats", {}, "the-key")).toMatchObject({ code: 0 });
  });
});

describe.each([false, true])("a filter that is tried, worker: %s", (worker) => {
  it("is counted, or told where it is wrong", async () => {
    const { db, post } = await serve({ page: {} }, { worker });
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({
      collectionName: "book",
      data: [1, 2, 3].map((id) => ({ id, vector: [id, 0], year: id })),
    });
    const tried = async (filter: string) => (await post("/studio/filter", { collectionName: "book", filter })).data;
    expect(await tried("")).toEqual({ count: 3 });
    expect(await tried("year > 1")).toEqual({ count: 2 });
    expect(await tried("id > ")).toEqual({ fault: { text: expect.stringContaining("<EOF>"), start: 5, end: 5 } });
    expect(await tried('id > 1 and id == "é"')).toMatchObject({ fault: { start: 11, end: 20 } });
    expect(await tried("id + 1")).toMatchObject({
      fault: { text: expect.stringContaining("Int64"), start: 0, end: 6 },
    });
    await db.collections.release({ collectionName: "book" });
    expect(await post("/studio/filter", { collectionName: "book", filter: "" })).toMatchObject({ code: 101 });
    expect(await post("/studio/filter", { collectionName: "nope", filter: "" })).toMatchObject({ code: 100 });
    expect(await post("/studio/filter", { filter: 7 })).toMatchObject({ code: 1801 });
  });
});
