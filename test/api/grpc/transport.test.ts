import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { decode, encode } from "../../../src/api/grpc/messages/table.js";
import { type ApiOptions, createApi, type ElanusServer, type ListenOptions } from "../../../src/api/index.js";
import { failure } from "../../../src/errors.js";
import { authenticateAs } from "../../support/authenticate.js";
import { temporaryPath } from "../../support/temporary.js";
import { fakeEngine } from "../fake-engine.js";
import { framed, GrpcClient, resultOf, unframed } from "./grpc-client.js";

const CONNECT = "/milvus.proto.milvus.MilvusService/Connect";
const HELLO = encode("ConnectRequest", { client_info: { sdk_type: "test" } });

const servers: ElanusServer[] = [];
const clients: GrpcClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.session.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** An engine whose Connect takes as long as the test wants. */
function heldEngine() {
  const held: (() => void)[] = [];
  const engine = fakeEngine({
    "databases/describe": async (request: { dbName: string }) => {
      if (request.dbName === "missing") throw failure("DatabaseNotFound", { database: "missing" });
      if (request.dbName === "held") await new Promise<void>((resolve) => held.push(resolve));
      return { data: {} };
    },
    "collections/list": () => ({ data: [] }),
  });
  const free = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { engine, free, held };
}

async function served(options: ListenOptions & ApiOptions = {}) {
  const { engine, free, held } = heldEngine();
  const api = createApi(engine, options);
  const server = await api.listen({ port: 0, ...options });
  servers.push(server);
  const client = () => {
    const made = new GrpcClient(server);
    clients.push(made);
    return made;
  };
  return { server, engine, free, held, client };
}

const hello = (client: GrpcClient, headers: Record<string, string> = {}) =>
  client.call("Connect", "ConnectRequest", { client_info: { sdk_type: "test" } }, "ConnectResponse", headers);

/** Resolves when the server has read all that was sent on this connection before. */
const answeredPing = (client: GrpcClient) =>
  new Promise<void>((resolve, reject) => {
    client.session.ping((error) => (error === null ? resolve() : reject(error)));
  });

describe("one port", () => {
  it("answers gRPC and HTTP/1.1 side by side", async () => {
    const { server, client } = await served();
    const reply = await hello(client());
    expect(reply.status).toEqual(decode("Status", new Uint8Array()));
    expect(reply.server_info?.build_tags).toMatch(/^v3\.0\.2/);
    expect(reply.identifier > 0).toBe(true);
    const rest = await fetch(`${server.url}/v2/vectordb/collections/list`, { method: "POST", body: "{}" });
    expect(await rest.json()).toEqual({ code: 0, data: [] });
  });

  it("decides when the first bytes come one by one", async () => {
    const { server } = await served();
    const text = "POST /v2/vectordb/collections/list HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}";
    const socket = connect(server.port, "127.0.0.1").setNoDelay();
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    for (const letter of text) {
      socket.write(letter);
      await delay(1);
    }
    while (!answer.includes('"data":[]')) await once(socket, "data");
    socket.destroy();
    // PRI is how HTTP/2 begins, PR alone is not.
    const other = connect(server.port, "127.0.0.1");
    other.end("PROPFIND / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const [chunk] = await once(other, "data");
    expect(String(chunk)).toMatch(/^HTTP\/1.1 404/);
  });

  it("cuts clients that say nothing, or not enough to know what they speak", async () => {
    const { server } = await served({ headersTimeoutMs: 100 });
    for (const text of ["", "PR"]) {
      const socket = connect(server.port, "127.0.0.1");
      socket.write(text);
      await once(socket, "close");
    }
  });

  it("serves both on a Unix socket, and takes over the file of a dead process", async () => {
    const path = temporaryPath("elanus.sock");
    const { server, client } = await served({ path });
    expect(server.url).toBe(`unix:${path}`);
    expect((await hello(client())).server_info?.deploy_mode).toBe("STANDALONE");
    const status = await new Promise((resolve) => {
      httpRequest({ socketPath: path, path: "/v2/vectordb/collections/list", method: "POST" }, (response) => {
        resolve(response.statusCode);
        response.resume();
      }).end("{}");
    });
    expect(status).toBe(200);
    const { engine } = heldEngine();
    await expect(createApi(engine).listen({ path })).rejects.toMatchObject({ kind: "Unavailable" });
    await server.close();
    expect(existsSync(path)).toBe(false);
    const dead = spawnSync(process.execPath, [
      "-e",
      `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
    ]);
    expect(dead.signal).toBe("SIGKILL");
    expect(existsSync(path)).toBe(true);
    const revived = await served({ path });
    expect((await hello(revived.client())).identifier > 0).toBe(true);
    await revived.server.close();
    // A file that is no socket is nobody's to remove.
    writeFileSync(path, "");
    await expect(createApi(engine).listen({ path })).rejects.toMatchObject({ kind: "Unavailable" });
  });
});

describe("framing", () => {
  it("refuses other content types with 415, other services and methods with UNIMPLEMENTED", async () => {
    const { client } = await served();
    const grpc = client();
    const json = await grpc.raw(CONNECT, framed(HELLO), { "content-type": "application/json" });
    expect(json.http).toBe(415);
    expect(await grpc.raw(CONNECT, framed(HELLO), { "content-type": "application/grpc+proto" })).toMatchObject({
      code: 0,
    });
    for (const [path, message] of [
      ["/a.b.C/D", "unknown service a.b.C"],
      [`${CONNECT}s`, "unknown method Connects for service milvus.proto.milvus.MilvusService"],
      ["/milvus.proto.milvus.MilvusService/constructor", /unknown method constructor/],
      ["/constructor/x", /unknown service constructor/],
      ["/", /unknown service/],
    ] as const) {
      const result = await grpc.raw(path, framed(HELLO));
      expect(result.code).toBe(12);
      expect(result.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    }
    const known = await grpc.raw("/milvus.proto.milvus.MilvusService/GetReplicateInfo", framed(HELLO));
    expect(known).toMatchObject({
      code: 12,
      message: "unknown method GetReplicateInfo for service milvus.proto.milvus.MilvusService",
    });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["half a prefix", Buffer.from([0, 0, 0])],
    ["less than is announced", framed(HELLO).subarray(0, -1)],
    ["two messages", Buffer.concat([framed(HELLO), framed(HELLO)])],
    ["a flag that is none", framed(HELLO, 7)],
    ["a compressed message that is not said to be one", framed(gzipSync(HELLO), 1)],
    ["bytes that are not the message", framed(Buffer.from([0x12, 0x7f]))],
  ])("answers %s with INTERNAL", async (_, body) => {
    const { client } = await served();
    expect(await client().raw(CONNECT, body)).toMatchObject({ http: 200, code: 13 });
  });

  it("expands gzip and deflate, and says so where another encoding is asked for", async () => {
    const { client } = await served();
    const grpc = client();
    for (const [encoding, compress] of [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
    ] as const) {
      const result = await grpc.raw(CONNECT, framed(compress(HELLO), 1), { "grpc-encoding": encoding });
      expect(result.code).toBe(0);
      expect(decode("ConnectResponse", unframed(result.body)).identifier > 0).toBe(true);
      // The flag of the frame counts, not the header.
      expect(await grpc.raw(CONNECT, framed(HELLO), { "grpc-encoding": encoding })).toMatchObject({ code: 0 });
    }
    const snappy = await grpc.raw(CONNECT, framed(HELLO), { "grpc-encoding": "snappy" });
    expect(snappy.code).toBe(12);
    expect(snappy.headers["grpc-accept-encoding"]).toBe("identity,gzip,deflate");
    expect(await grpc.raw(CONNECT, framed(Buffer.from("no gzip"), 1), { "grpc-encoding": "gzip" })).toMatchObject({
      code: 13,
    });
  });

  it("bounds what a message may measure, before it is received and after it is expanded", async () => {
    const { client } = await served({ maxBodyBytes: 1000 });
    const grpc = client();
    const long = encode("ConnectRequest", { client_info: { sdk_type: "x".repeat(2000) } });
    expect(await grpc.raw(CONNECT, framed(long))).toMatchObject({
      code: 8,
      message: `grpc: received message larger than max (${long.length} vs. 1000)`,
    });
    expect(await grpc.raw(CONNECT, framed(gzipSync(long), 1), { "grpc-encoding": "gzip" })).toMatchObject({ code: 8 });
    // Only announced: nothing of it is awaited.
    const stream = grpc.open(CONNECT);
    const result = resultOf(stream);
    stream.write(Buffer.from([0, 0x7f, 0, 0, 0]));
    expect(await result).toMatchObject({ code: 8 });
    expect((await hello(grpc)).identifier > 0).toBe(true);
  });

  it("cuts a client that stops in the middle of a message", async () => {
    const { client } = await served({ bodyTimeoutMs: 100 });
    const stream = client().open(CONNECT);
    const result = resultOf(stream);
    stream.write(framed(HELLO).subarray(0, 6));
    expect(await result).toMatchObject({ code: 13 });
  });

  it("answers health probes, with credentials where these are asked for", async () => {
    const { client } = await served({ authenticate: authenticateAs({ apiKeys: ["secret"] }) });
    const CHECK = "/grpc.health.v1.Health/Check";
    const authorization = Buffer.from("secret").toString("base64");
    const result = await client().raw(CHECK, framed(Buffer.alloc(0)), { authorization });
    expect([...unframed(result.body)]).toEqual([0x08, 1]);
    expect(await client().raw(CHECK, framed(Buffer.alloc(0)))).toMatchObject({ code: 16 });
    const open = await served();
    expect(await open.client().raw(CHECK, framed(Buffer.alloc(0)))).toMatchObject({ body: { length: 7 } });
    expect(await client().raw("/grpc.health.v1.Health/Watch", framed(Buffer.alloc(0)))).toMatchObject({ code: 12 });
  });
});

describe("metadata", () => {
  it("takes the database from dbname: the first of several, default for none and for an empty one", async () => {
    const { engine, client } = await served();
    const grpc = client();
    for (const [dbname, expected] of [
      ["one", "one"],
      ["two, three", "two"],
      ["", "default"],
      [undefined, "default"],
    ] as const) {
      await hello(grpc, dbname === undefined ? {} : { dbname });
      expect(engine.executed.at(-1)).toMatchObject({ request: { dbName: expected }, options: { database: expected } });
    }
    const refused = await hello(grpc, { dbname: "missing" });
    expect(refused.status).toMatchObject({
      code: 800,
      error_code: 1,
      reason: "database not found[database=missing]",
      detail: "database not found[database=missing]",
    });
    expect(refused.identifier).toBe(0);
  });

  it("passes the deadline on, and answers 10001 when it is over", async () => {
    const { engine, client, held, free } = await served();
    const grpc = client();
    const began = Date.now();
    await hello(grpc, { "grpc-timeout": "20S" });
    const { deadline = 0 } = engine.executed.at(-1)?.options ?? {};
    expect(deadline).toBeGreaterThanOrEqual(began + 20_000);
    expect(deadline).toBeLessThanOrEqual(Date.now() + 20_000);
    await hello(grpc, { "grpc-timeout": "soon" });
    expect(engine.executed.at(-1)?.options.deadline).toBeUndefined();
    // More and more time, until the call has begun before its end.
    for (let timeout = 100; held.length === 0; timeout *= 2) {
      const late = await hello(grpc, { "grpc-timeout": `${timeout}m`, dbname: "held" });
      expect(late.status).toMatchObject({ code: 10001, error_code: 1 });
    }
    free();
  });
});

describe("authentication", () => {
  const authenticate = authenticateAs({ users: { root: "Milvus" }, apiKeys: ["secret"] });
  const credential = (text: string) => ({ authorization: Buffer.from(text).toString("base64") });

  it.each([
    ["none", {}, "missing authorization in header"],
    ["no base64", { authorization: "Bearer root:Milvus" }, "invalid token format"],
    ["an unknown key", credential("wrong"), "auth check failure, please check api key is correct"],
    [
      "a wrong password",
      credential("root:milvus"),
      "auth check failure, please check username and password are correct",
    ],
    ["no user", credential(":"), "auth check failure, please check username and password are correct"],
  ])("refuses %s with UNAUTHENTICATED", async (_, headers, message) => {
    const { client } = await served({ authenticate });
    expect(await client().raw(CONNECT, framed(HELLO), headers)).toMatchObject({ code: 16, message });
  });

  it("lets users and keys in, and ignores credentials when nobody is asked", async () => {
    const { client } = await served({ authenticate });
    for (const text of ["root:Milvus", "secret"]) {
      expect((await hello(client(), credential(text))).identifier > 0).toBe(true);
    }
    const open = await served();
    expect((await hello(open.client(), credential("nobody:nothing"))).identifier > 0).toBe(true);
  });
});

describe("load", () => {
  it("lets calls wait for their turn, in order, and drops those whose client leaves", async () => {
    const { client, engine, free, held } = await served({ maxConcurrentRequests: 2 });
    const grpc = client();
    const first = [hello(grpc, { dbname: "held" }), hello(grpc, { dbname: "held" })];
    while (held.length < 2) await delay(5);
    const waiting = ["a", "b"].map((dbname) => hello(grpc, { dbname }));
    const leaving = grpc.open(CONNECT, { dbname: "gone" });
    leaving.end(framed(HELLO));
    await answeredPing(grpc);
    leaving.close(8);
    await answeredPing(grpc);
    expect(engine.executed).toHaveLength(2);
    free();
    await Promise.all([...first, ...waiting]);
    expect(engine.executed.slice(2).map((call) => (call.request as { dbName: string }).dbName)).toEqual(["a", "b"]);
  });

  it("answers that the rate limit is exceeded when too many wait", async () => {
    const { client, free, held } = await served({ maxConcurrentRequests: 1 });
    const grpc = client();
    const other = client();
    const first = hello(grpc, { dbname: "held" });
    while (held.length < 1) await delay(5);
    const replies = [
      ...Array.from({ length: 900 }, () => hello(grpc)),
      ...Array.from({ length: 200 }, () => hello(other)),
    ];
    let refused = 0;
    for (const reply of replies) {
      reply.then(({ status }) => {
        if (status?.code !== 8) return;
        expect(status).toMatchObject({ error_code: 49, retriable: true, reason: "rate limit exceeded[rate=1]" });
        refused++;
      });
    }
    while (refused < 76) await delay(5);
    free();
    await Promise.all([first, ...replies]);
    expect(refused).toBe(76);
  });

  it("bounds the memory of all messages that are being received", async () => {
    const { client } = await served({ maxBodyBytes: 100_000 });
    const grpc = client();
    const half = framed(encode("ConnectRequest", { client_info: { sdk_type: "x".repeat(90_000) } })).subarray(
      0,
      80_000,
    );
    const streams = Array.from({ length: 6 }, () => grpc.open(CONNECT));
    const results = streams.map(resultOf);
    for (const stream of streams) stream.write(half);
    const refused = await Promise.race(results);
    expect(decode("ConnectResponse", unframed(refused.body)).status).toMatchObject({ code: 8, error_code: 49 });
    for (const stream of streams) stream.close();
    await Promise.all(results);
    expect((await hello(grpc)).identifier > 0).toBe(true);
  });
});

describe("keepalive", () => {
  it("answers every ping, however many come, and goes on serving", async () => {
    const { client } = await served();
    const grpc = client();
    await hello(grpc);
    const answered = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const [error] = await new Promise<unknown[]>((resolve) => {
          if (!grpc.session.ping((...outcome: unknown[]) => resolve(outcome))) resolve([new Error("not sent")]);
        });
        return error === null;
      }),
    );
    // Node itself sends no more than ten at a time.
    expect(answered.filter(Boolean).length).toBeGreaterThanOrEqual(10);
    for (let round = 0; round < 50; round++) {
      expect(await new Promise((resolve) => grpc.session.ping((error) => resolve(error)))).toBeNull();
    }
    expect(grpc.goaways).toEqual([]);
    expect((await hello(grpc)).identifier > 0).toBe(true);
  });
});

describe("close", () => {
  it("says GOAWAY, ends calls under way, and takes no new ones", async () => {
    const { server, client, free, held } = await served();
    const grpc = client();
    const running = hello(grpc, { dbname: "held" });
    while (held.length < 1) await delay(5);
    const closed = server.close();
    await expect.poll(() => grpc.goaways).toEqual([0]);
    free();
    expect((await running).identifier > 0).toBe(true);
    await closed;
    expect(grpc.session.closed || grpc.session.destroyed).toBe(true);
    await expect(once(connect(server.port, "127.0.0.1"), "connect")).rejects.toThrow();
  });

  it("ends idle connections at once, and cuts calls that never end", async () => {
    const { server, client, held } = await served({ closeTimeoutMs: 200 });
    const idle = client();
    await hello(idle);
    const stuck = client().raw(CONNECT, framed(HELLO), { dbname: "held" });
    while (held.length < 1) await delay(5);
    await server.close();
    expect((await stuck).code).not.toBe(0);
  });
});
