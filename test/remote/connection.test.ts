import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { atEnd, fakeServer, opened, refused, served } from "../support/served.js";

const json = { "content-type": "application/json" };
const success = JSON.stringify({ code: 0, data: [] });

/** A port where nobody listens. */
const NOBODY = "http://127.0.0.1:1";

describe("what becomes of a call whose server", () => {
  it("is not there: the address and the cause", async () => {
    const error = await refused((await opened(NOBODY, { retries: 0 })).collections.list());
    expect([error.kind, error.code]).toEqual(["ServerUnreachable", 2]);
    expect(error.message).toBe(`service unavailable: ${NOBODY}: connect ECONNREFUSED 127.0.0.1:1`);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
    expect(await (await opened(NOBODY, { retries: 0 })).request("/v2/vectordb/collections/list")).toMatchObject({
      code: 2,
    });
  });

  it("has a name that nobody knows", async () => {
    const error = await refused((await opened("http://nowhere.invalid:19530")).collections.list());
    expect(error.message).toMatch(/^service unavailable: http:\/\/nowhere\.invalid:19530: getaddrinfo /);
  });

  it.each([
    ["a page", 502, "text/html", "<html>Bad Gateway</html>", "is no JSON"],
    ["half of a JSON text", 200, "application/json", '{"code":0,"data":[', "is no JSON"],
    ["another JSON", 200, "application/json", '{"ok":true}', "is none of Milvus"],
    ["a list", 200, "application/json", "[]", "is no JSON object"],
    ["nothing", 200, "text/plain", "", "is no JSON"],
    ["another place", 301, "text/plain", "", "leads to https://elsewhere"],
  ])("answers %s", async (_, status, type, body, said) => {
    const url = await fakeServer((_request, response) =>
      response.writeHead(status, { "content-type": type, location: "https://elsewhere" }).end(body),
    );
    const error = await refused((await opened(url, { retries: 0 })).collections.list());
    expect([error.kind, error.code]).toEqual(["AnswerUnreadable", 2]);
    expect(error.message).toContain(`service unavailable: ${url}: the answer (HTTP ${status}, ${type}) ${said}`);
  });

  it("ends in the middle of its answer: a read is done again, a write is not", async () => {
    let calls = 0;
    const url = await fakeServer((_request, response) => {
      calls++;
      response.writeHead(200, { ...json, "content-length": 1000 }).write('{"code":0,');
      setTimeout(() => response.destroy(), 5);
    });
    const db = await opened(url, { retries: 1 });
    const error = await refused(db.collections.list());
    expect(error.message).toContain(`${url}: the connection ended 10 bytes into the answer`);
    expect(calls).toBe(2);
    await refused(db.collections.drop({ collectionName: "c" }));
    expect(calls).toBe(3);
  });

  it("has no such path: 3000 with the reason", async () => {
    const url = await fakeServer((_request, response) => response.writeHead(404).end("404 page not found"));
    const error = await refused((await opened(url)).snapshots.list({ collectionName: "c" }));
    expect([error.kind, error.code]).toEqual(["Unsupported", 3000]);
    expect(error.message).toContain(`the server at ${url} has no /v2/vectordb/snapshots/list`);
  });

  it.each([
    [401, "NotAuthenticated", 1800],
    [408, "Timeout", 10001],
  ])("says it by a status alone: %i", async (status, kind, code) => {
    const url = await fakeServer((_request, response) => response.writeHead(status).end());
    expect(await refused((await opened(url)).collections.list())).toMatchObject({ kind, code });
  });

  it.each<[string, unknown]>([
    ["no rows", { code: 0, data: { a: 1 } }],
    ["no objects", { code: 0, data: [1] }],
    ["hits without keys", { code: 0, data: [{ distance: 1 }], topks: [1] }],
  ])("answers %s", async (_, body) => {
    const url = await fakeServer((_request, response) => response.writeHead(200, json).end(JSON.stringify(body)));
    const error = await refused((await opened(url)).entities.search({ collectionName: "c", data: [[1]] }));
    expect(error.kind).toBe("AnswerUnreadable");
  });

  it("cannot be asked that: a path with a space, a header of two lines", async () => {
    const { db } = await served();
    const odd = { collection_name: Object.create(null), more: Symbol("x") };
    expect(await db.request("/api/v1/index/state", odd, { method: "GET" })).toMatchObject({ code: 1801 });
    expect(
      await db.request("/api/v1/index/state", { collection_name: Object.create(null) }, { method: "GET" }),
    ).toMatchObject({
      error_code: expect.any(Number),
    });
    expect(await db.request("/v2/a b")).toMatchObject({ code: 1100 });
    expect(await db.request("/v2/vectordb/collections/list", {}, { headers: { x: "a\r\nb" } })).toMatchObject({
      code: 1100,
    });
  });

  it("knows a failure that has no kind here", async () => {
    const body = JSON.stringify({ code: 4242, message: "the moon is full" });
    const url = await fakeServer((_request, response) => response.writeHead(200, json).end(body));
    const error = await refused((await opened(url)).collections.list());
    expect([error.kind, error.code, error.message]).toEqual(["ServerFailure", 4242, "the moon is full"]);
  });
});

describe("repetition", () => {
  it("waits for a server that starts again, since nothing was sent", async () => {
    const store = await Elanus.open(":memory:");
    atEnd(() => store.close());
    const first = await store.listen({ port: 0 });
    const db = await opened(first.url, { retries: 10 });
    await db.collections.create({ collectionName: "c", dimension: 2 });
    await first.close();
    const call = db.entities.insert({ collectionName: "c", data: { id: 1, vector: [1, 2] } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.listen({ port: first.port });
    expect(await call).toEqual({ insertCount: 1, insertIds: [1] });
  });

  it("is for reads when a gateway has no server, and for nothing when there may have been a write", async () => {
    const calls: string[] = [];
    const url = await fakeServer((request, response) => {
      calls.push(request.url ?? "");
      if (calls.length === 1) response.writeHead(503).end("no server");
      else if (request.url?.endsWith("list") === true) response.writeHead(200, json).end(success);
      else request.socket.destroy();
    });
    const db = await opened(url);
    expect(await db.collections.list()).toEqual([]);
    calls.length = 0;
    calls.push("");
    const error = await refused(db.collections.drop({ collectionName: "c" }));
    expect(error).toMatchObject({ kind: "ServerUnreachable", details: { sent: true } });
    expect(calls).toEqual(["", "/v2/vectordb/collections/drop"]);
  });

  it("keeps one connection for calls that come one after the other", async () => {
    const ports = new Set<number | undefined>();
    const url = await fakeServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200, json).end(success);
    });
    const db = await opened(url);
    for (let i = 0; i < 10; i++) await db.collections.list();
    expect(ports.size).toBe(1);
  });
});

describe("the limits of a call", () => {
  it("are the time that it may take: 10001, and the server is told", async () => {
    let told: unknown;
    const url = await fakeServer((request) => {
      told = request.headers["request-timeout"];
    });
    const db = await opened(url);
    // More and more time, until the request has come to the server before its end.
    for (let timeoutMs = 50; told === undefined; timeoutMs *= 2) {
      const error = await refused((await opened(url, { timeoutMs })).collections.list());
      expect([error.kind, error.code, error.message]).toEqual([
        "Timeout",
        10001,
        `${url} has not answered in ${timeoutMs} ms: request timeout`,
      ]);
      if (told !== undefined) expect(told).toBe(String(Math.ceil(timeoutMs / 1000)));
    }
    expect(await db.request("/v2/vectordb/collections/list", {}, { timeoutMs: 20 })).toMatchObject({ code: 10001 });
    const own = await refused((await opened(url)).collections.list({}, { timeoutMs: 30 }));
    expect(own.kind).toBe("Timeout");
  });

  it("are a signal, which ends the request too", async () => {
    let ended: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const controller = new AbortController();
    const url = await fakeServer((_request, response) => {
      response.on("close", ended);
      controller.abort(new Error("enough"));
    });
    const db = await opened(url);
    const data = [{ id: 1 }];
    const error = await refused(db.entities.insert({ collectionName: "c", data }, { signal: controller.signal }));
    expect([error.kind, error.code, error.message, (error.cause as Error).message]).toEqual([
      "Canceled",
      10000,
      "context canceled",
      "enough",
    ]);
    await closed;
    expect((await refused(db.collections.list({}, { signal: AbortSignal.abort() }))).kind).toBe("Canceled");
    expect(await db.request("/v2/vectordb/collections/list", {}, { signal: AbortSignal.abort() })).toMatchObject({
      code: 10000,
    });
  });

  it("are those of a database in this process as well", async () => {
    const db = await Elanus.open(":memory:");
    atEnd(() => db.close());
    expect((await refused(db.collections.list({}, { signal: AbortSignal.abort() }))).kind).toBe("Canceled");
    expect(await db.collections.list({}, { signal: new AbortController().signal, timeoutMs: 1000 })).toEqual([]);
    const error = await refused(db.collections.list({}, { timeout: 5 } as never));
    expect(error.message).toContain('a call has no option "timeout": did you mean "timeoutMs"?');
  });
});

describe("who calls", () => {
  const auth = { users: { root: "Milvus", anna: { password: "secret1", roles: ["public"] } }, apiKeys: ["a-key"] };

  it("is told by the token, a user of the address, or a key", async () => {
    const { server } = await served({ auth }, { token: "root:Milvus" });
    const inside = server.url.replace("http://", "http://root:Milvus@");
    for (const db of [await opened(server.url, { token: "a-key" }), await opened(inside)]) {
      expect(await db.collections.list()).toEqual([]);
      expect(String(db)).not.toContain("Milvus@");
    }
    for (const token of [undefined, "root:wrong", "another-key"]) {
      const error = await refused((await opened(server.url, token === undefined ? {} : { token })).collections.list());
      expect([error.kind, error.code]).toEqual(["NotAuthenticated", 1800]);
    }
  });

  it("is another one behind `as`", async () => {
    const { db } = await served({ auth }, { token: "root:Milvus" });
    await db.collections.create({ collectionName: "c", dimension: 2 });
    const anna = await db.as({ user: "anna", password: "secret1" });
    expect((await refused(anna.entities.query({ collectionName: "c", filter: "id > 0" }))).kind).toBe(
      "PermissionDenied",
    );
    expect(await anna.request("/v2/vectordb/collections/drop", { collectionName: "c" })).toMatchObject({
      message: expect.stringContaining("permission deny to anna"),
    });
    expect((await refused(db.as({ user: "anna", password: "wrong12" }))).kind).toBe("NotAuthenticated");
  });
});

describe("the options of a server", () => {
  it("say in which database requests are that name none", async () => {
    const { store, server } = await served();
    await store.databases.create({ dbName: "library" });
    const db = await opened(server.url, { database: "library" });
    await db.collections.create({ collectionName: "c", dimension: 2 });
    expect(await store.collections.list()).toEqual([]);
    expect(await store.collections.list({ dbName: "library" })).toEqual(["c"]);
    expect(await db.collections.list({ dbName: "default" })).toEqual([]);
    expect(await db.request("/v2/vectordb/collections/list")).toEqual({ code: 0, data: ["c"] });
    expect(await db.databases.list()).toEqual(["default", "library"]);
    expect(await db.entities.query({ collectionName: "c", filter: "id > 0" })).toEqual([]);
  });

  it.each([
    [{ worker: true }, '"worker" of Elanus.open is of a database in this process'],
    [{ durability: "off" }, '"durability" of Elanus.open is of a database in this process'],
    [{ vectorIndex: "kernel" }, '"vectorIndex" of Elanus.open is of a database in this process'],
    [{ functions: {} }, '"functions" of Elanus.open is of a database in this process'],
    [{ tokn: "x" }, 'Elanus.open has no option "tokn": did you mean "token"?'],
    [{ token: "a\nb" }, '"token" of Elanus.open must be a text of one line that is not empty'],
    [{ database: "" }, '"database" of Elanus.open must be a text of one line that is not empty'],
    [{ timeoutMs: 0 }, '"timeoutMs" of Elanus.open must be an integer from 1 to 2147483647, or Infinity, not 0'],
    [{ retries: -1 }, '"retries" of Elanus.open must be an integer from 0 to 100, not -1'],
  ])("refuse %j", async (options, said) => {
    expect((await refused(Elanus.open(NOBODY, options as never))).message).toContain(said);
  });

  it.each([
    ["http://", "http://host:port"],
    ["http://a:99999", "http://host:port"],
    ["http://root:secret@:x", "//...@"],
    ["http://host/?a=1", "says more than where a server is"],
  ])("refuse the address %s", async (url, said) => {
    const error = await refused(Elanus.open(url));
    expect(error.message).toContain(said);
    expect(error.message).not.toContain("secret");
  });
});

describe("close", () => {
  it("waits for running calls, and refuses others", async () => {
    const { db } = await served();
    const call = db.collections.create({ collectionName: "c", dimension: 2 });
    const raw = db.request("/v2/vectordb/collections/has", { collectionName: "c" });
    const response = await db.fetch("/v2/vectordb/collections/list", { method: "POST", body: "{}" });
    await db.close();
    expect(await call).toEqual({});
    expect(await raw).toMatchObject({ code: 0 });
    expect(await response.json()).toMatchObject({ code: 0 });
    expect((await refused(db.collections.list())).kind).toBe("NotReady");
    expect(await db.request("/v2/vectordb/collections/list")).toMatchObject({ code: 1 });
  });
});

describe("a door to a server", () => {
  it("hands on requests with the credentials of the handle, those of browsers excepted", async () => {
    const { db } = await served({ auth: { users: { root: "Milvus" } } }, { token: "root:Milvus" });
    const door = await db.listen({ port: 0 });
    atEnd(() => door.close());
    const list = (headers: Record<string, string> = {}) =>
      fetch(`${door.url}/v2/vectordb/collections/list`, { method: "POST", body: "{}", headers });
    expect(await (await list()).json()).toEqual({ code: 0, data: [] });
    expect((await list({ authorization: "Bearer root:wrong" })).status).toBe(401);
    expect((await list({ origin: "https://evil.example" })).status).toBe(403);
    const nobody = await opened(NOBODY, { retries: 0 });
    const blind = await nobody.listen({ port: 0 });
    atEnd(() => blind.close());
    const answer = await fetch(`${blind.url}/v2/vectordb/collections/list`, { method: "POST", body: "{}" });
    expect([answer.status, await answer.json()]).toEqual([502, expect.objectContaining({ code: 2 })]);
    expect((await nobody.fetch("http://x/any")).status).toBe(502);
  });

  it("is opened on loopback, and leaves to the server what is its own", async () => {
    const { db } = await served();
    expect((await refused(db.listen({ port: 0, host: "0.0.0.0" }))).message).toContain("insecure: true");
    expect((await refused(db.listen({ port: 0, writeTimeoutMs: 5 }))).message).toContain('"writeTimeoutMs" of listen');
  });

  it("hands on gRPC byte by byte", async () => {
    const { db } = await served();
    const door = await db.listen({ port: 0 });
    atEnd(() => door.close());
    const socket = connect(door.port, "127.0.0.1");
    const first = await new Promise<Buffer>((resolve, reject) => {
      socket.on("error", reject);
      socket.once("data", resolve);
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");
    });
    socket.destroy();
    // SETTINGS, with which every server of HTTP/2 begins.
    expect(first[3]).toBe(4);
  });

  it("lets an answer come piece by piece, and half of one be half", async () => {
    const url = await fakeServer((_request, response) => {
      response.writeHead(200, { ...json, "content-length": 100 }).write("{");
      setTimeout(() => response.destroy(), 30);
    });
    const db = await opened(url);
    const response = await db.fetch("http://x/v2/vectordb/collections/list", { method: "POST", body: "{}" });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    const door = await db.listen({ port: 0 });
    atEnd(() => door.close());
    const through = await fetch(`${door.url}/x`);
    await expect(through.text()).rejects.toThrow();
  });
});
