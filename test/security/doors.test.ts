import { isIP } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isLoopback, refuseBrowser } from "../../src/api/http/browser-guard.js";
import { Elanus, type ElanusServer } from "../../src/index.js";
import { framed, GrpcClient } from "../api/grpc/grpc-client.js";
import { authenticateAs } from "../support/authenticate.js";

describe("passwords", () => {
  let db: Elanus;
  let server: ElanusServer;
  const users = { root: "right", anna: "pässwörd-✓", ivan: "пароль" };
  beforeAll(async () => {
    db = await Elanus.open(":memory:", { auth: { users } });
    server = await db.listen({ port: 0 });
  });
  afterAll(() => db.close());

  /** One request with a header as bytes: what a client really sends. */
  const ask = async (authorization: Buffer): Promise<number> => {
    const response = await fetch(`${server.url}/v2/vectordb/collections/list`, {
      method: "POST",
      body: "{}",
      headers: { authorization: authorization.toString("latin1") },
    });
    return ((await response.json()) as { code: number }).code;
  };
  const bearer = (text: string) => ask(Buffer.from(`Bearer ${text}`));

  it("are taken in UTF-8 in every form of the header", async () => {
    for (const [user, password] of Object.entries(users)) {
      const credential = `${user}:${password}`;
      expect(await bearer(credential)).toBe(0);
      expect(await ask(Buffer.from(credential))).toBe(0);
      expect(await ask(Buffer.from(`Basic ${Buffer.from(credential).toString("base64")}`))).toBe(0);
      expect(await bearer(`${credential}x`)).toBe(1800);
    }
  });

  it("may come in one byte per character where they are no UTF-8", async () => {
    const latin = await Elanus.open(":memory:", { auth: { users: { anna: "pässword" } } });
    const authorization = Buffer.from("Bearer anna:pässword", "latin1").toString("latin1");
    const response = await latin.fetch("http://m/v2/vectordb/collections/list", {
      method: "POST",
      body: "{}",
      headers: { authorization },
    });
    expect(await response.json()).toMatchObject({ code: 0 });
    await latin.close();
  });

  it("that are wrong, a hundred at a time, never make the right one wrong", async () => {
    const authenticate = authenticateAs({ users });
    const judge = (password: string) => authenticate({ kind: "password", user: "root", password });
    const wrong = Array.from({ length: 100 }, (_, i) => judge(`wrong-${i}`));
    const right = judge("right");
    const verdicts = await Promise.all(wrong);
    expect(verdicts.filter((verdict) => verdict === "wrong")).toHaveLength(64);
    expect(verdicts.filter((verdict) => verdict === "busy")).toHaveLength(36);
    expect(await right).toBe("busy");
    expect(await judge("right")).toMatchObject({ user: "root" });
    // Once it is known it waits for nobody.
    const more = Array.from({ length: 100 }, (_, i) => judge(`wrong-again-${i}`));
    expect(judge("right")).toMatchObject({ user: "root" });
    await Promise.all(more);
  });

  it("beyond those that may wait are answered with 1807 on every surface", async () => {
    const surfaces = ["/v2/vectordb/collections/list", "/v1/vector/insert", "/api/v1/query"];
    const answers = await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        const response = await fetch(`${server.url}${surfaces[i % 3]}`, {
          method: "POST",
          body: "{}",
          headers: { authorization: `Bearer root:no-${i}` },
        });
        const { code } = (await response.json()) as { code: number };
        return code;
      }),
    );
    expect(new Set(answers)).toEqual(new Set([1800, 80002, 1807]));
  });
});

describe("wrong passwords over gRPC, a hundred at a time", () => {
  it("are UNAUTHENTICATED, beyond those that may wait RESOURCE_EXHAUSTED; the right one is never wrong", async () => {
    const db = await Elanus.open(":memory:", { auth: { users: { root: "right" } } });
    const grpc = new GrpcClient(await db.listen({ port: 0 }));
    const call = async (password: string) => {
      const authorization = Buffer.from(`root:${password}`).toString("base64");
      const path = "/milvus.proto.milvus.MilvusService/GetVersion";
      return (await grpc.raw(path, framed(Buffer.alloc(0)), { authorization })).code;
    };
    const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => call(i === 99 ? "right" : `no-${i}`)));
    expect([0, 8]).toContain(codes.pop());
    expect(new Set(codes)).toEqual(new Set([16, 8]));
    expect(await call("right")).toBe(0);
    grpc.session.destroy();
    await db.close();
  });
});

const LOOPBACK = { loopback: true, host: "127.0.0.1", allowedHosts: ["db.local"], cors: false };
const allowed = (host: string) => refuseBrowser({ host }, LOOPBACK) === undefined;

describe("the Host header of a server that only this machine can reach", () => {
  it.each([
    "localhost",
    "localhost:19530",
    "LOCALHOST:1",
    "app.localhost",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.255.0.9",
    "[::1]",
    "[::1]:80",
    "[::ffff:127.0.0.1]:80",
    "192.168.0.7:80",
    "[fe80::1]",
    "db.local",
  ])("may be %s", (host) => {
    expect(allowed(host)).toBe(true);
  });

  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "127.evil.example",
    "::ffff:127.evil.example",
    "[::ffff:127.evil.example]",
    "[::1]evil.example",
    "[::1]evil.example:80",
    "[::1].evil.example",
    "evil.example[::1]",
    "[evil.example]",
    "[[::1]]",
    "[::1",
    "localhost.evil.example",
    "localhost@evil.example",
    "127.1",
    "0x7f.0.0.1",
    "db.local.evil.example",
    "",
  ])("may not be %j", (host) => {
    expect(allowed(host)).toBe(false);
  });

  it("is an address, or a name of ours, whatever stands in it", () => {
    const part = fc.constantFrom(
      "127.",
      "0.0.1",
      "::1",
      "::ffff:",
      "[",
      "]",
      "evil.example",
      "localhost",
      ".",
      ":80",
      "1",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const host = parts.join("");
        if (!allowed(host)) return;
        // As a browser would read it: what it connects to is this machine's, or an address.
        expect(URL.canParse(`http://${host}/`)).toBe(true);
        const { hostname } = new URL(`http://${host}/`);
        const name = hostname.replace(/^\[|\]$/g, "");
        expect(isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost") || name === "db.local").toBe(
          true,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["127.0.0.1", true],
    ["::1", true],
    ["[::1]", true],
    ["::ffff:127.0.0.1", true],
    ["localhost", true],
    ["0.0.0.0", false],
    ["::ffff:127.evil.example", false],
    ["::ffff:10.0.0.1", false],
    ["127.evil.example", false],
  ])("the address %s is this machine's own: %s", (host, own) => {
    expect(isLoopback(host)).toBe(own);
  });
});
