import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationPaths } from "../../src/engine/contract/table.js";
import { Elanus, type ElanusServer } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

interface Target {
  readonly method: string;
  readonly path: string;
}

/** Every route of the three surfaces: the table of operations, and the tables of the other two as their sources have them. */
function targets(): Target[] {
  const read = (file: string) => readFileSync(new URL(`../../src/api/${file}`, import.meta.url), "utf8");
  const v1 = [...read("rest/v1/routes.ts").matchAll(/\["(GET|POST|PUT|PATCH|DELETE)", "([\w/-]+)"/g)];
  const legacy = [...read("legacy-9091/routes.ts").matchAll(/"(GET|POST|PUT|PATCH|DELETE) (\/[\w/-]+)"/g)];
  return [
    ...operationPaths.map((path) => ({ method: "POST", path: `/v2/vectordb/${path}` })),
    { method: "POST", path: "/v2/vectordb/jobs/snapshot/create" },
    { method: "POST", path: "/v2/vectordb/file_resources/add" },
    ...v1.map(([, method, path]) => ({ method: method as string, path: `/v1/vector/${path}` })),
    ...legacy.map(([, method, path]) => ({ method: method as string, path: `/api/v1${path}` })),
  ].filter(({ path }) => path !== "/api/v1/health");
}

const SECRETS = ["s3cret-of-root", "key-no-one-knows"];
const auth = { users: { root: SECRETS[0] as string }, apiKeys: [SECRETS[1] as string] };
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const WRONG: readonly (string | undefined)[] = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Bearer root",
  "Bearer root:",
  "Bearer root:s3cret-of-roo",
  "Bearer root:s3cret-of-rootx",
  "Bearer ROOT:s3cret-of-root",
  "Bearer :s3cret-of-root",
  "Bearer s3cret-of-root",
  "Bearer key-no-one-know",
  "Bearer key-no-one-knows, Bearer key-no-one-knows",
  "Bearer root:$2b$10$aaaaaaaaaaaaaaaaaaaaaa",
  basic("root:wrong"),
  basic("root"),
  "Basic s3cret",
  "Digest username=root",
];

/** Would change something, or give something away, on every route that takes it. */
const BODY = JSON.stringify({
  collectionName: "secret",
  collection_name: "secret",
  partitionName: "p",
  partitionNames: ["_default"],
  dbName: "default",
  dimension: 2,
  filter: "id > 0",
  id: [1],
  data: [{ id: 1, vector: [1, 2] }],
  vector: [1, 2],
  newCollectionName: "stolen",
  aliasName: "a",
  indexName: "vector",
});

describe.each(["cloud", "server"] as const)("with auth set (v1 dialect %s)", (v1ErrorDialect) => {
  let db: Elanus;
  let server: ElanusServer;
  const said: string[] = [];
  beforeAll(async () => {
    db = await Elanus.open(temporaryPath(), { auth, v1ErrorDialect, durability: "off" });
    await db.collections.create({ collectionName: "secret", dimension: 2 });
    await db.entities.insert({ collectionName: "secret", data: [{ id: 1, vector: [1, 2], word: "treasure" }] });
    server = await db.listen({ port: 0 });
  });
  afterAll(() => db.close());

  const send = async ({ method, path }: Target, authorization: string | undefined) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(method === "GET" ? {} : { body: BODY }),
      headers: authorization === undefined ? {} : { authorization },
    });
    const text = await response.text();
    said.push(text);
    return { status: response.status, text };
  };

  it("no route answers anything but its refusal without a valid header, and none does anything", async () => {
    const all = targets();
    expect(all.length).toBeGreaterThan(120);
    const before = await stored(db);
    for (const [i, target] of all.entries()) {
      // Every route with no header, and with some of the wrong ones in turn.
      for (const authorization of [undefined, ...[0, 1, 2].map((n) => WRONG[(i * 3 + n) % WRONG.length])]) {
        const { status, text } = await send(target, authorization);
        const place = `${target.method} ${target.path} with ${authorization}: ${status} ${text}`;
        const { code, error_code, message, reason } = JSON.parse(text) as Record<string, unknown>;
        if (target.path.startsWith("/v1/") && v1ErrorDialect === "cloud") {
          expect([status, code === 80001 || code === 80002], place).toEqual([200, true]);
        } else {
          expect(status, place).toBe(401);
          expect([code, error_code], place).toContain(1800);
          expect(message ?? reason, place).toMatch(/authenticated/);
        }
        expect(
          Object.keys(JSON.parse(text) as object)
            .sort()
            .join(),
          place,
        ).toMatch(/^(code,message|code,error_code,reason)$/);
      }
    }
    expect(await stored(db)).toBe(before);
  });

  it("every wrong header is refused on a route of each surface", async () => {
    for (const path of ["/v2/vectordb/collections/list", "/v1/vector/query", "/api/v1/query"]) {
      for (const authorization of [...WRONG, ...WRONG]) {
        const { text } = await send({ method: "POST", path }, authorization);
        expect(text, `${path} ${authorization}`).not.toContain("secret");
        expect(text, `${path} ${authorization}`).toMatch(/"(code|error_code)":(1800|80001|80002)/);
      }
    }
  });

  it("a valid header opens every surface, in any of its forms", async () => {
    for (const authorization of [
      "Bearer root:s3cret-of-root",
      "Bearer key-no-one-knows",
      basic("root:s3cret-of-root"),
    ]) {
      for (const target of [
        { method: "POST", path: "/v2/vectordb/collections/list" },
        { method: "GET", path: "/v1/vector/collections" },
        { method: "GET", path: "/api/v1/collections" },
      ]) {
        const { status, text } = await send(target, authorization);
        expect({ status, text }, target.path).toEqual({ status: 200, text: expect.stringContaining("secret") });
      }
    }
  });

  it("health, OPTIONS and unknown paths need none and tell nothing", async () => {
    expect((await send({ method: "GET", path: "/api/v1/health" }, undefined)).status).toBe(200);
    expect(await send({ method: "OPTIONS", path: "/v2/vectordb/collections/list" }, undefined)).toEqual({
      status: 204,
      text: "",
    });
    for (const path of [
      "/",
      "/v2/vectordb/",
      "/v2/vectordb/collections/list/",
      "/v2/vectordb/collections//list",
      "/api/v1",
      "/v2/../v2/nothing",
    ]) {
      expect((await send({ method: "POST", path }, undefined)).status, path).toBe(404);
    }
  });

  it("no secret is in any answer, in an error, or in the database", async () => {
    const everything = said.join("\n");
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
    expect(JSON.stringify(await db.stats())).not.toContain(SECRETS[0]);
    const errors = await Promise.all(
      [{ users: { root: SECRETS[0] as string, "a:b": "x" } }, { apiKeys: [SECRETS[1] as string, ""] }].map((wrong) =>
        Elanus.open(":memory:", { auth: wrong }).then(() => "opened", String),
      ),
    );
    for (const error of errors) expect(error).toMatch(/auth: /);
    for (const secret of SECRETS) expect(errors.join()).not.toContain(secret);
  });

  it("a page of another origin, or under another name, is refused before that on every surface", async () => {
    const { request } = await import("node:http");
    const ask = (target: Target, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(
          `${server.url}${target.path}`,
          { method: target.method, headers, agent: false },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        sent.on("error", reject).end();
      });
    const good = { authorization: "Bearer key-no-one-knows" };
    for (const target of targets().filter((_, i) => i % 7 === 0)) {
      for (const headers of [
        { host: "evil.example" },
        { host: `evil.example:${server.port}` },
        { origin: "http://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
      ]) {
        expect(await ask(target, { ...good, ...headers }), `${target.path} ${JSON.stringify(headers)}`).toBe(403);
      }
    }
    const response = await fetch(`${server.url}/api/v1/health`);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

async function stored(db: Elanus): Promise<string> {
  const rows = await db.entities.query({ collectionName: "secret", limit: 10 });
  const aliases = await db.aliases.list();
  return JSON.stringify([
    await db.collections.list(),
    await db.databases.list(),
    aliases,
    rows,
    await db.partitions.list({ collectionName: "secret" }),
  ]);
}
