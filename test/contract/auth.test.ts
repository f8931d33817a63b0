import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operationPaths } from "../../src/engine/contract/table.js";
import { Elanus, type ElanusServer } from "../../src/index.js";

const auth = { users: { root: "Milvus" }, apiKeys: ["key"] };
const LEGACY = [
  "POST /collection",
  "DELETE /collection",
  "GET /collection",
  "GET /collection/existence",
  "POST /collection/load",
  "DELETE /collection/load",
  "GET /collection/statistics",
  "GET /collections",
  "POST /partition",
  "DELETE /partition",
  "GET /partition/existence",
  "POST /partitions/load",
  "DELETE /partitions/load",
  "GET /partition/statistics",
  "GET /partitions",
  "POST /alias",
  "DELETE /alias",
  "PATCH /alias",
  "POST /index",
  "GET /index",
  "GET /index/state",
  "GET /index/progress",
  "DELETE /index",
  "POST /entities",
  "DELETE /entities",
  "POST /search",
  "POST /query",
  "POST /persist",
  "GET /metrics",
  "POST /credential",
];
const V1 = [
  "GET collections",
  "GET collections/describe",
  "POST collections/create",
  "POST collections/drop",
  "POST insert",
  "POST upsert",
  "POST delete",
  "POST get",
  "POST query",
  "POST search",
  "POST collections/import",
];
const WRONG = ["Bearer root:milvus", "Bearer nobody:Milvus", "Bearer other-key"];
const MALFORMED = [undefined, "", "Bearer ", "Bearer :", "Bearer root:", "Bearer :Milvus"];

describe.each(["cloud", "server"] as const)("with auth on, dialect %s", (v1ErrorDialect) => {
  let db: Elanus;
  let server: ElanusServer;
  beforeAll(async () => {
    db = await Elanus.open(":memory:", { auth, v1ErrorDialect });
    server = await db.listen({ port: 0 });
  });
  afterAll(() => db.close());

  /** The same request by fetch and over the socket. */
  async function both(method: string, path: string, authorization: string | undefined): Promise<[number, unknown][]> {
    const init: RequestInit = { method, headers: authorization === undefined ? {} : { authorization } };
    if (method !== "GET") init.body = "{}";
    const responses = [await db.fetch(`http://milvus${path}`, init), await fetch(server.url + path, init)];
    return Promise.all(responses.map(async (r): Promise<[number, unknown]> => [r.status, await r.json()]));
  }

  it("refuses every v2 operation with 401 and 1800", async () => {
    for (const path of operationPaths) {
      for (const answer of await both("POST", `/v2/vectordb/${path}`, undefined)) {
        expect(answer, path).toEqual([401, { code: 1800, message: "user hasn't authenticated" }]);
      }
    }
    for (const header of [...WRONG, ...MALFORMED]) {
      for (const [status] of await both("POST", "/v2/vectordb/collections/list", header))
        expect(status, header).toBe(401);
    }
  });

  it("refuses every v1 endpoint in the words of the dialect", async () => {
    const server1800 = [401, { code: 1800, message: "user hasn't authenticated" }];
    for (const target of V1) {
      const [method = "", path] = target.split(" ");
      for (const header of MALFORMED) {
        const expected =
          v1ErrorDialect === "cloud" ? [200, { code: 80001, message: "The token is illegal" }] : server1800;
        for (const answer of await both(method, `/v1/vector/${path}`, header)) expect(answer, target).toEqual(expected);
      }
      for (const header of WRONG) {
        const expected =
          v1ErrorDialect === "cloud" ? [200, { code: 80002, message: "The token is invalid" }] : server1800;
        for (const answer of await both(method, `/v1/vector/${path}`, header)) expect(answer, target).toEqual(expected);
      }
    }
    const [[, raw]] = (await both("GET", "/v1/vector/collections", "root:Milvus")) as [[number, unknown]];
    expect(raw).toMatchObject({ code: v1ErrorDialect === "cloud" ? 80001 : 200 });
  });

  it("refuses every path of the 9091 surface but health", async () => {
    for (const target of LEGACY) {
      const [method = "", path] = target.split(" ");
      for (const answer of await both(method, `/api/v1${path}`, WRONG[0])) {
        expect(answer, target).toEqual([401, { error_code: 1, code: 1800, reason: "user hasn't authenticated" }]);
      }
    }
    for (const answer of await both("GET", "/api/v1/health", undefined))
      expect(answer).toEqual([200, { status: "ok" }]);
  });

  it("lets valid credentials in everywhere, and asks none in process", async () => {
    for (const header of ["Bearer root:Milvus", "Bearer key", `Basic ${btoa("root:Milvus")}`]) {
      for (const [status, body] of await both("POST", "/v2/vectordb/collections/list", header))
        expect([status, body]).toEqual([200, { code: 0, data: [] }]);
      for (const [, body] of await both("GET", "/v1/vector/collections", header))
        expect(body).toEqual({ code: 200, data: [] });
      for (const [, body] of await both("GET", "/api/v1/collections", header))
        expect(body).toMatchObject({ status: {}, collection_names: [] });
    }
    expect(await db.request("/v2/vectordb/collections/list", {})).toEqual({ code: 0, data: [] });
    expect(await db.request("/v1/vector/collections", undefined, { method: "GET" })).toEqual({ code: 200, data: [] });
  });
});
