import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { Elanus, type ListenOptions, type OpenOptions } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { atEnd } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

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

describe("who comes by a text that stands for no credential", () => {
  it("has all rights through a token of this port, and nobody else has any", async () => {
    const secrets = new Set(["open sesame"]);
    const page = { exchange: (secret: string) => (secrets.delete(secret) ? (true as const) : undefined) };
    const { get, post } = await serve({ page });
    expect(await (await get("/studio/about")).json()).toMatchObject({ data: { login: "secret" } });
    expect(await post("/v2/vectordb/collections/list", {})).toMatchObject({ code: 1800 });
    expect(await post("/v2/vectordb/collections/list", {}, "root:Milvus")).toMatchObject({ code: 1800 });
    expect(await post("/studio/session", { secret: "open" })).toMatchObject({ code: 1800 });
    const { data } = await post("/studio/session", { secret: "open sesame" });
    const { token } = data as { readonly token: string };
    expect(await post("/v2/vectordb/collections/list", {}, token)).toEqual({ code: 0, data: [] });
    expect(await post("/studio/stats", {}, token)).toMatchObject({ code: 0 });
    expect(await post("/v2/vectordb/collections/list", {}, `${token}x`)).toMatchObject({ code: 1800 });
  });

  it("is alone at a port for a whole network, where the page is not shown", async () => {
    const { url } = await serve({ page: { exchange: () => true as const }, host: "0.0.0.0", insecure: true });
    const near = url.replace("0.0.0.0", "127.0.0.1");
    expect((await fetch(near)).status).toBe(404);
    const listed = await fetch(`${near}/v2/vectordb/collections/list`, { method: "POST", body: "{}" });
    expect(await listed.json()).toMatchObject({ code: 1800 });
  });

  it("comes beside the users of a database that asks for them", async () => {
    const page = { exchange: () => true as const };
    const { post } = await serve({ page }, { auth: { users: { ann: "secret" } } });
    const { data } = await post("/studio/session", { secret: "x" });
    expect(await post("/studio/stats", {}, (data as { token: string }).token)).toMatchObject({ code: 0 });
    expect(await post("/studio/stats", {}, "ann:secret")).toMatchObject({ code: 0 });
    expect(await post("/studio/stats", {}, "ann:wrong")).toMatchObject({ code: 1800 });
  });
});

describe("the page of a handle on a server", () => {
  async function shown(page: ListenOptions["page"] = {}) {
    const { db, url } = await serve({}, { auth: { users: { ann: "secret" } } });
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 0], year: 7 }] });
    const remote = await Elanus.open(url, { token: "ann:secret" });
    atEnd(() => remote.close());
    const port = await remote.listen({ port: 0, page });
    const post = async (path: string, body: object) => {
      const response = await fetch(port.url + path, { method: "POST", body: JSON.stringify(body) });
      return (await response.json()) as { readonly code: number; readonly data?: unknown };
    };
    return { db, url, port, post };
  }
  const book = { collectionName: "book" };

  it("shows what the server has, with the token of the handle, and says what it cannot know", async () => {
    const { url, port, post } = await shown();
    expect((await fetch(port.url)).status).toBe(200);
    expect(await (await fetch(`${port.url}/studio/about`)).json()).toMatchObject({
      data: { writes: false, login: "none", server: { address: url, isElanus: true } },
    });
    expect(await post("/v2/vectordb/collections/list", {})).toEqual({ code: 0, data: ["book"] });
    expect(await post("/v2/vectordb/collections/describe", book)).toMatchObject({ data: { fields: [{}, {}] } });
    expect(await post("/v2/vectordb/entities/search", { ...book, data: [[1, 0]] })).toMatchObject({
      data: [{ id: 1 }],
    });
    expect(await post("/studio/filter", { ...book, filter: "year == 7" })).toEqual({ code: 0, data: { count: 1 } });
    expect((await post("/studio/filter", { ...book, filter: "id\n> " })).data).toEqual({
      fault: { text: expect.stringContaining("<EOF>"), start: 5, end: 5 },
    });
    expect((await post("/studio/filter", { ...book, filter: 'id == "x"' })).data).toMatchObject({
      fault: { start: 0, end: 9 },
    });
    expect(await post("/studio/filter", { collectionName: "nope", filter: "" })).toMatchObject({ code: 100 });
    expect(await post("/studio/stats", {})).toMatchObject({ code: 3000 });
  });

  it("passes nothing on that writes, unless it may", async () => {
    const { post } = await shown();
    for (const [path, body] of [
      ["collections/drop", book],
      ["collections/release", book],
      ["entities/insert", { ...book, data: [{ id: 2, vector: [1, 1] }] }],
      ["entities/delete", { ...book, filter: "id > 0" }],
      ["users/create", { userName: "bob", password: "secret1" }],
    ] as const) {
      expect([path, await post(`/v2/vectordb/${path}`, body)]).toMatchObject([path, { code: 3000 }]);
    }
    const writing = await shown({ writes: true });
    expect(await writing.post("/v2/vectordb/entities/delete", { ...book, filter: "id > 0" })).toMatchObject({
      code: 0,
    });
    expect(await writing.post("/v2/vectordb/entities/query", { ...book, filter: "id > 0" })).toMatchObject({
      data: [],
    });
  });

  it("tells a server of Milvus from one of ours", async () => {
    const { url } = await serve({});
    const other = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const known = request.url?.startsWith("/v2/") === true;
        const answer = known && (await fetch(url + request.url, { method: "POST", body: Buffer.concat(chunks) }));
        response.statusCode = answer ? 200 : 404;
        response.end(answer ? await answer.text() : "404 page not found");
      });
    }).listen(0, "127.0.0.1");
    atEnd(async () => void other.close());
    await once(other, "listening");
    const remote = await Elanus.open(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    atEnd(() => remote.close());
    const port = await remote.listen({ port: 0, page: {} });
    expect(await (await fetch(`${port.url}/studio/about`)).json()).toMatchObject({
      data: { server: { isElanus: false } },
    });
  });
});

describe("elanus studio", () => {
  /** Runs the command until the test ends. @returns the address that it prints, and what it may be asked */
  async function studio(...argv: string[]) {
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const said: string[] = [];
    const running = runCommand(
      ["studio", ...argv],
      () => stopped,
      (text) => said.push(text),
    );
    atEnd(async () => {
      stop();
      await running;
    });
    await expect.poll(() => said.join("")).toMatch(/#secret=/);
    const [, url = "", secret = ""] = /(http:\/\/127\S+)\/#secret=(\S+)/.exec(said.join("")) ?? [];
    const ask = async (path: string, body: object, token = "") => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body), headers });
      return (await response.json()) as { readonly code: number; readonly data?: unknown };
    };
    const { data } = await ask("/studio/session", { secret });
    const { token } = data as { readonly token: string };
    return { said, ask, call: (path: string, body: object) => ask(`/v2/vectordb/${path}`, body, token) };
  }
  const book = { collectionName: "book" };

  it("shows a server to who has the secret, and prints no credentials", async () => {
    const { db, url } = await serve({}, { auth: { users: { ann: "se:cret" } } });
    await db.collections.create({ ...book, dimension: 2 });
    const { said, ask, call } = await studio("--url", url, "--token", "ann:se:cret");
    expect(said[0]).toContain(`shows ${url} on http://127.0.0.1:`);
    expect(await ask("/v2/vectordb/collections/list", {})).toMatchObject({ code: 1800 });
    expect(await ask("/v2/vectordb/collections/list", {}, "ann:se:cret")).toMatchObject({ code: 1800 });
    expect(await call("collections/list", {})).toEqual({ code: 0, data: ["book"] });
    expect(await call("collections/drop", book)).toMatchObject({ code: 3000 });
    const again = await studio(url.replace("//", "//ann:se%3Acret@"), "--write");
    expect(again.said.join("")).not.toContain("cret@");
    expect(await again.call("collections/drop", book)).toMatchObject({ code: 0 });
  });

  it("says at once that a server lets nobody in with this token, or is none", async () => {
    const { url } = await serve({}, { auth: { users: { ann: "secret" } } });
    const refused = async (...argv: string[]) => {
      const { code, out } = await runCommand(["studio", ...argv], () => Promise.resolve());
      return { code, said: JSON.parse(out) as object };
    };
    expect(await refused("--url", url)).toMatchObject({ code: 1, said: { code: 1800 } });
    expect(await refused(url, "--token", "ann:wrong")).toMatchObject({ code: 1, said: { code: 1800 } });
    expect(await refused("http://127.0.0.1:1")).toMatchObject({ code: 1, said: { code: 2 } });
    expect(await refused("/nowhere/at/all.db")).toMatchObject({ code: 1, said: { code: 2 } });
  });

  it("writes to a file by way of the process that shares it, and reads one beside its writer", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path, { shared: true });
    atEnd(() => db.close());
    await db.collections.create({ ...book, dimension: 2 });
    const reading = await studio(path);
    expect(await reading.call("entities/insert", { ...book, data: [{ id: 1, vector: [1, 0] }] })).toMatchObject({
      code: 3000,
    });
    const writing = await studio(path, "--write");
    expect(await writing.call("entities/insert", { ...book, data: [{ id: 1, vector: [1, 0] }] })).toMatchObject({
      code: 0,
    });
    expect(await reading.call("entities/get", { ...book, id: 1, outputFields: ["id"] })).toMatchObject({
      data: [{ id: 1 }],
    });
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
