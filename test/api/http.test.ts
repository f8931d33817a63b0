import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Api, createApi, type ElanusServer, type ListenOptions } from "../../src/api/index.js";
import type { SearchHits } from "../../src/engine/contract/column.js";
import { operationPaths } from "../../src/engine/contract/table.js";
import { serverTraits } from "../../src/engine/model/server-version.js";
import { ElanusError, failure } from "../../src/errors.js";
import { Elanus } from "../../src/index.js";
import { authenticateAs } from "../support/authenticate.js";
import { fakeEngine } from "./fake-engine.js";

const servers: ElanusServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function started(api: Api, options: ListenOptions = {}): Promise<ElanusServer> {
  const server = await api.listen({ port: 0, ...options });
  servers.push(server);
  return server;
}

const oneHit: SearchHits = {
  topks: [1],
  ids: [9007199254740993n],
  scores: [0.5],
  primaryKey: { name: "key", type: "Int64" },
  fields: {
    rowCount: 1,
    outputFields: ["vec", "n"],
    columns: [
      {
        name: "vec",
        type: "FloatVector",
        dimension: 2,
        fieldId: 101,
        primaryKey: false,
        values: new Uint8Array(new Float32Array([0.1, 0.2]).buffer),
      },
      { name: "n", type: "Int32", fieldId: 102, primaryKey: false, values: [1] },
    ],
  },
};
const book = { collectionName: "book" };

function engine() {
  return fakeEngine({
    "collections/list": () => ({ data: ["book"] }),
    "partitions/drop": () => {
      throw failure("PartitionLoaded");
    },
    "entities/search": () => ({ data: oneHit, cost: 0 }),
    "entities/insert": (request) =>
      ({
        data: { insertCount: 2, insertIds: [1, 9007199254740993n] },
        cost: 0,
        echo: request,
      }) as never,
    "collections/load": () => new Promise(() => {}),
  });
}

describe("one handler under every entry", () => {
  it("answers the same envelope in process, by fetch and over a socket", async () => {
    const api = createApi(engine());
    const server = await started(api);
    const expected = { code: 0, data: ["book"] };
    expect(await api.request("/v2/vectordb/collections/list", {})).toEqual(expected);
    const init = { method: "POST", body: "{}" };
    const fetched = await api.fetch("http://milvus/v2/vectordb/collections/list", init);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await fetched.json()).toEqual(expected);
    expect(await (await api.fetch("/v2/vectordb/collections/list", init)).json()).toEqual(expected);
    const served = await fetch(`${server.url}/v2/vectordb/collections/list`, init);
    expect(served.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(served.headers.get("access-control-allow-origin")).toBeNull();
    expect(await served.json()).toEqual(expected);
  });

  it("answers failures with HTTP 200, the code and no data", async () => {
    const api = createApi(engine());
    const part = { ...book, partitionName: "novel" };
    const message = "partition cannot be dropped, partition is loaded, please release it first";
    expect(await api.request("/v2/vectordb/partitions/drop", part)).toEqual({ code: 65535, message });
    const init = { method: "POST", body: JSON.stringify(part) };
    const response = await api.fetch("http://m/v2/vectordb/partitions/drop", init);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ code: 65535, message });
  });

  it("writes int64 exactly, and as strings when asked", async () => {
    const api = createApi(engine());
    const body = JSON.stringify({ ...book, data: [] });
    const text = async (headers: Record<string, string>) =>
      (await api.fetch("http://m/v2/vectordb/entities/search", { method: "POST", body, headers })).text();
    expect(await text({})).toBe(
      '{"code":0,"data":[{"id":9007199254740993,"distance":0.5,"vec":[0.1,0.2],"n":1}],"cost":0,"topks":[1]}',
    );
    expect(await text({ "Accept-Type-Allow-Int64": "yes please" })).toContain('"id":9007199254740993');
    expect(await text({ "Accept-Type-Allow-Int64": "f" })).toContain('"id":"9007199254740993","distance":0.5,');
    const headers = { "Accept-Type-Allow-Int64": "False" };
    expect(await api.request("/v2/vectordb/entities/insert", { ...book, data: [] }, { headers })).toEqual({
      code: 0,
      cost: 0,
      data: { insertCount: 2, insertIds: ["1", "9007199254740993"] },
    });
    expect(await api.request("/v2/vectordb/entities/search", { ...book, data: [] })).toEqual({
      code: 0,
      cost: 0,
      data: [{ id: 9007199254740993n, distance: 0.5, vec: [0.1, 0.2], n: 1 }],
      topks: [1],
    });
  });

  it("gives the operation exact digits, the database header, and the body of any content type", async () => {
    const fake = engine();
    const api = createApi(fake);
    await api.fetch("http://m/v2/vectordb/entities/insert", {
      method: "POST",
      headers: { "DB-Name": "shop", "Content-Type": "text/plain" },
      body: '{"collectionName":"book","data":[{"id":12345678901234567890}]}',
    });
    expect(fake.executed[0]?.request).toEqual({ ...book, data: [{ id: 12345678901234567890n }] });
    expect(fake.executed[0]?.options.database).toBe("shop");
  });

  it("tells an empty body from a malformed one", async () => {
    const api = createApi(engine());
    const post = async (body: string | Uint8Array) =>
      JSON.parse(
        String(
          (await api.handle({ method: "POST", path: "/v2/vectordb/collections/list", query: "", headers: {}, body }))
            .body,
        ),
      );
    expect(await post("")).toEqual({
      code: 1801,
      message: "can only accept json format request, the request body should be nil, however {} is valid",
    });
    expect(await post("{")).toMatchObject({
      code: 1801,
      message: expect.stringMatching(/^can only accept json format request, error: /),
    });
    expect(await post(new Uint8Array([0xff, 0xfe]))).toMatchObject({
      code: 1801,
      message: "can only accept json format request, error: Unexpected token '�', \"��\" is not valid JSON",
    });
    // In process there is no text that could be missing.
    expect(await api.request("/v2/vectordb/collections/list")).toMatchObject({ code: 0 });
  });

  it("answers 404 as plain text, OPTIONS with 204, and 3000 for refused families", async () => {
    const api = createApi(engine());
    for (const [method, path] of [
      ["POST", "/v2/vectordb/nope"],
      ["GET", "/v2/vectordb/collections/list"],
      ["POST", "/"],
    ]) {
      const response = await api.fetch(`http://m${path}`, { method: method! });
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("text/plain");
      expect(await response.text()).toBe("404 page not found");
    }
    expect((await api.fetch("http://m/anything", { method: "OPTIONS" })).status).toBe(204);
    expect(await api.request("/v2/vectordb/nope")).toEqual({ code: 404, message: "404 page not found" });
    for (const path of ["jobs/snapshot/create", "jobs/external_collection/x"]) {
      expect(await api.request(`/v2/vectordb/${path}`, {})).toEqual({
        code: 3000,
        message: `unsupported operation: /v2/vectordb/${path} is not supported by the embedded engine`,
      });
    }
  });

  it("answers 408 when Request-Timeout has run out, and only then", async () => {
    const api = createApi(engine(), { requestTimeoutMs: 20 });
    const patient = createApi(engine());
    const post = (path: string, headers: Record<string, string>, of = api) =>
      of.fetch(`http://m/v2/vectordb/${path}`, { method: "POST", body: JSON.stringify(book), headers });
    const late = await post("collections/load", {});
    expect(late.status).toBe(408);
    expect(await late.json()).toEqual({ code: 10001, message: "request timeout" });
    expect((await post("collections/list", { "Request-Timeout": "soon" }, patient)).status).toBe(200);
    expect((await post("collections/list", { "Request-Timeout": "0" }, patient)).status).toBe(200);
    expect(await api.request("/v2/vectordb/collections/load", book, { headers: { "Request-Timeout": "1" } })).toEqual({
      code: 10001,
      message: "request timeout",
    });
  });

  it("answers in process even to arguments of the wrong type", async () => {
    const api = createApi(engine());
    const odd = api.request as (...args: unknown[]) => Promise<unknown>;
    expect(await odd(undefined)).toMatchObject({ code: 404, message: "404 page not found" });
    expect(await odd("/v2/vectordb/collections/list", {}, null)).toMatchObject({ code: 5 });
    expect(
      await odd(
        "/v2/vectordb/entities/search",
        { ...book, data: [] },
        { headers: { "Accept-Type-Allow-Int64": false } },
      ),
    ).toMatchObject({
      data: [{ id: "9007199254740993" }],
    });
  });

  it("turns an unexpected exception into an envelope", async () => {
    const api = createApi(
      fakeEngine({
        "collections/list": () => {
          throw new TypeError("boom");
        },
      }),
    );
    expect(await api.request("/v2/vectordb/collections/list", {})).toEqual({
      code: 5,
      message: "service internal error: boom",
    });
  });
});

describe("credentials", () => {
  const authenticate = authenticateAs({ users: { root: "Milvus:1", reader: "s3cret" }, apiKeys: ["key-1"] });
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it("lets in users, keys and HTTP Basic, again and again", async () => {
    const api = createApi(engine(), { authenticate });
    for (const authorization of [
      "Bearer root:Milvus:1",
      "Bearer reader:s3cret",
      "Bearer key-1",
      "key-1",
      basic("root:Milvus:1"),
    ]) {
      for (let i = 0; i < 2; i++) {
        const response = await api.fetch("http://m/v2/vectordb/collections/list", {
          method: "POST",
          body: "{}",
          headers: { authorization },
        });
        expect(response.status, authorization).toBe(200);
      }
    }
  });

  it("refuses everything else with 401 and 1800, on every operation", async () => {
    const fake = engine();
    const api = createApi(fake, { authenticate });
    const bad = [
      undefined,
      "",
      "Bearer ",
      "Bearer root",
      "Bearer root:",
      "Bearer :Milvus:1",
      "Bearer root:Milvus",
      "Bearer nobody:Milvus:1",
      "Bearer  key-1",
      "bearer key-1",
      "Bearer key-12",
      basic("root:x"),
      "Basic ???",
    ];
    for (const authorization of [...bad, ...bad]) {
      const response = await api.fetch("http://m/v2/vectordb/collections/list", {
        method: "POST",
        body: "{}",
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.status, authorization).toBe(401);
      expect(await response.json()).toEqual({ code: 1800, message: "user hasn't authenticated" });
    }
    for (const path of operationPaths) {
      expect((await api.fetch(`http://m/v2/vectordb/${path}`, { method: "POST", body: "{}" })).status).toBe(401);
    }
    expect(fake.executed).toEqual([]);
  });

  it("asks nobody in process, for unknown paths and for OPTIONS", async () => {
    const api = createApi(engine(), { authenticate });
    expect(await api.request("/v2/vectordb/collections/list", {})).toMatchObject({ code: 0 });
    expect((await api.fetch("http://m/nope")).status).toBe(404);
    expect((await api.fetch("http://m/v2/vectordb/collections/list", { method: "OPTIONS" })).status).toBe(204);
  });

  it("refuses settings that could never match", async () => {
    for (const wrong of [
      {},
      { users: { "a:b": "x" } },
      { users: { a: "" } },
      { apiKeys: [""] },
      { apiKeys: ["a:b"] },
    ]) {
      await expect(Elanus.open(":memory:", { auth: wrong })).rejects.toThrow(ElanusError);
    }
  });
});

describe("the HTTP server", () => {
  const path = "/v2/vectordb/collections/list";

  it("refuses addresses other than loopback without auth, unless told otherwise", async () => {
    const open = createApi(engine());
    await expect(open.listen({ host: "0.0.0.0", port: 0 })).rejects.toMatchObject({ kind: "InvalidParameter" });
    await started(open, { host: "0.0.0.0", insecure: true });
    await started(createApi(engine(), { authenticate: authenticateAs({ apiKeys: ["k"] }) }), { host: "0.0.0.0" });
  });

  it("says which port is taken", async () => {
    const api = createApi(engine());
    const { port } = await started(api);
    await expect(api.listen({ port })).rejects.toMatchObject({
      kind: "Unavailable",
      message: expect.stringContaining(String(port)),
    });
  });

  it("refuses web pages: rebound names, foreign origins, cross-site requests", async () => {
    const { port } = await started(createApi(engine()));
    const status = (headers: Record<string, string>) => post(port, path, "{}", headers).then((r) => r.status);
    expect(await status({ host: "evil.example:19530" })).toBe(403);
    expect(await status({ host: "localhost.evil.example" })).toBe(403);
    expect(await status({ origin: "https://evil.example" })).toBe(403);
    expect(await status({ origin: "null" })).toBe(403);
    expect(await status({ origin: "http://localhost:3000" })).toBe(403);
    expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await status({})).toBe(200);
    expect(await status({ host: "localhost:1" })).toBe(200);
    expect(await status({ host: "[::1]:19530" })).toBe(200);
    expect(await status({ host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` })).toBe(200);
    const named = await started(createApi(engine()), { allowedHosts: ["Milvus.internal"] });
    expect((await post(named.port, path, "{}", { host: "milvus.internal:19530" })).status).toBe(200);
  });

  it("sends CORS headers and lets pages in only when asked", async () => {
    const { port } = await started(createApi(engine(), { cors: true }));
    const answer = await post(port, path, "{}", { origin: "https://page.example" });
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect((await post(port, path, "{}", { host: "evil.example" })).status).toBe(403);
    const preflight = await post(port, path, "", { origin: "https://page.example" }, "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-methods"]).toContain("POST");
  });

  it("refuses large bodies with 413 while they arrive, and goes on serving", async () => {
    const api = createApi(engine(), { maxBodyBytes: 100_000 });
    const { port } = await started(api);
    const message = "request body exceeds 100000 bytes: parameter too large";
    const announced = await post(port, path, Buffer.alloc(200_000, 32));
    expect([announced.status, JSON.parse(announced.text)]).toEqual([413, { code: 1102, message }]);
    const chunked = await post(port, path, Buffer.alloc(200_000, 32), { "transfer-encoding": "chunked" });
    expect([chunked.status, JSON.parse(chunked.text)]).toEqual([413, { code: 1102, message }]);
    const response = await api.handle({ method: "POST", path, query: "", headers: {}, body: " ".repeat(100_001) });
    expect(response.status).toBe(413);
    expect((await post(port, path, `{}${" ".repeat(99_998)}`)).status).toBe(200);
  });

  it("cuts off slow bodies with 408", async () => {
    const { port } = await started(createApi(engine()), { bodyTimeoutMs: 30 });
    const text = await raw(port, `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{`);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('{"code":10001,"message":"request timeout"}');
  });

  it("cuts off slow heads with 408, and refuses endless ones with 431", async () => {
    // Servers of 3.0 take heads of 16 MB.
    const api = createApi(engine(), { server: serverTraits("2.6") });
    const { port } = await started(api, { headersTimeoutMs: 40 });
    expect(await raw(port, `POST ${path} HTTP/1.1\r\nHost: loc`)).toMatch(/^HTTP\/1\.1 408 /);
    const patient = await started(api);
    expect(await raw(patient.port, `POST ${path} HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    expect(await raw(port, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("refuses large bodies beyond what may be in memory at one time with 1807", async () => {
    const { port } = await started(createApi(engine(), { maxBodyBytes: 1000 }));
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n`;
    const answers: string[] = [];
    const sockets = Array.from({ length: 5 }, () => {
      const socket = connect(port, "127.0.0.1", () => socket.write(head + " ".repeat(900)));
      return socket.setEncoding("utf8").on("data", (chunk: string) => answers.push(chunk));
    });
    await until(() => answers.length > 0);
    expect(answers).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 [\s\S]*"code":1807/)]);
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.every((socket) => socket.closed));
    expect((await post(port, path, `${" ".repeat(998)}{}`)).status).toBe(200);
  });

  it("refuses requests beyond the concurrent ones with 1807", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const fake = fakeEngine({
      "collections/list": () => ({ data: [] }),
      "collections/load": async () => {
        entered();
        await gate;
        return { data: {} };
      },
    });
    const { port } = await started(createApi(fake), { maxConcurrentRequests: 1 });
    const first = post(port, "/v2/vectordb/collections/load", JSON.stringify(book));
    await inside;
    const second = await post(port, path, "{}");
    expect([second.status, JSON.parse(second.text).code]).toEqual([200, 1807]);
    expect(JSON.parse(second.text).message).toMatch(/^request is rejected by limiter, error: /);
    release();
    expect((await first).status).toBe(200);
    expect(JSON.parse((await post(port, path, "{}")).text).code).toBe(0);
  });

  it("accepts a GET with a body", async () => {
    const { port } = await started(createApi(engine()));
    const answer = await post(port, "/nope", "{}", {}, "GET");
    expect([answer.status, answer.text]).toEqual([404, "404 page not found"]);
  });

  it("keeps connections alive between requests and closes them on close", async () => {
    const server = await createApi(engine()).listen({ port: 0 });
    const socket = connect(server.port, "127.0.0.1");
    const message = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`;
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    socket.write(message);
    await until(() => text.includes('["book"]'));
    text = "";
    socket.write(message);
    await until(() => text.includes('["book"]'));
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await server.close();
    await server.close();
    await ended;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("does not wait for connections that never sent anything", async () => {
    const server = await createApi(engine()).listen({ port: 0, closeTimeoutMs: 2 ** 31 - 1 });
    const socket = connect(server.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    const ended = new Promise((resolve) => socket.once("close", resolve));
    // A round trip: by now the server has accepted both.
    await post(server.port, path, "{}");
    await server.close();
    await ended;
  });

  it("lets running requests finish before it is closed", async () => {
    let release = () => {};
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const fake = fakeEngine({
      "collections/load": () =>
        new Promise((resolve) => {
          release = () => resolve({ data: {} });
          entered();
        }),
    });
    const server = await createApi(fake).listen({ port: 0 });
    const answer = post(server.port, "/v2/vectordb/collections/load", JSON.stringify(book));
    await inside;
    const closed = server.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
  });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function post(
  port: number,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  method = "POST",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string | number> =
      "transfer-encoding" in headers ? {} : { "content-length": Buffer.byteLength(body) };
    const request = httpRequest(
      { host: "127.0.0.1", port, path, method, headers: { ...length, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

function raw(port: number, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(message));
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      if (text.includes("}")) socket.destroy();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
