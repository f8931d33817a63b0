import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type ElanusServer, type ListenOptions, type OpenOptions } from "../../src/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
/** Bytes in use after a collection, buffers outside of the heap included. */
async function memoryInUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
const MEGABYTE = 1024 * 1024;

const open: Elanus[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

async function serve(
  options: OpenOptions = {},
  listen: ListenOptions = {},
): Promise<{
  db: Elanus;
  server: ElanusServer;
  post: (
    path: string,
    body: string | Uint8Array,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; code: number; message: string }>;
}> {
  const db = await Elanus.open(":memory:", { maxBodyBytes: MEGABYTE, ...options });
  open.push(db);
  await db.collections.create({ collectionName: "c", dimension: 2 });
  await db.entities.insert({ collectionName: "c", data: [{ id: 1, vector: [1, 2], n: 1 }] });
  const server = await db.listen({ port: 0, maxConcurrentRequests: 8, ...listen });
  const post = async (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, { method: "POST", body, headers });
    const { code, error_code, message, reason } = (await response.json()) as Record<string, unknown>;
    return { status: response.status, code: (code ?? error_code) as number, message: (message ?? reason) as string };
  };
  return { db, server, post };
}

const query = (filter: string) => JSON.stringify({ collectionName: "c", filter, outputFields: ["id"] });

describe("limits against abuse", () => {
  it("bodies beyond the limit are refused on every surface, however often, and nothing of them stays", async () => {
    const { server, post } = await serve();
    const large = JSON.stringify({ collectionName: "c", filter: "x".repeat(2 * MEGABYTE) });
    const paths = ["/v2/vectordb/entities/query", "/v1/vector/query", "/api/v1/query"];
    const round = async () => {
      for (const path of paths) expect(await post(path, large), path).toMatchObject({ status: 413, code: 1102 });
    };
    for (let i = 0; i < 5; i++) await round();
    const before = await memoryInUse();
    for (let i = 0; i < 40; i++) await round();
    expect((await memoryInUse()) - before).toBeLessThan(8 * MEGABYTE);
    // The length is only announced: refused before anything is sent.
    const announced = await speak(
      server,
      `POST ${paths[0]} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999999\r\n\r\n`,
    );
    expect(announced).toMatch(/^HTTP\/1\.1 413 .*1102/s);
    expect(await post(paths[0] as string, query("id > 0"))).toMatchObject({ status: 200, code: 0 });
  });

  it("bodies that come slowly or never are cut off with 408 and 10001", async () => {
    const { server, post } = await serve({}, { bodyTimeoutMs: 300 });
    const heads = ["content-length: 100", "transfer-encoding: chunked"];
    const slow = heads.map((head) =>
      speak(server, `POST /v2/vectordb/collections/list HTTP/1.1\r\nhost: localhost\r\n${head}\r\n\r\n1\r\n{`),
    );
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 .*10001/s);
    expect(await post("/v2/vectordb/collections/list", "{}")).toMatchObject({ code: 0 });
  });

  it("requests beyond the concurrent ones get 1807 and take nothing from those that run", async () => {
    const { server, post } = await serve();
    let complete = (_: string): void => {};
    const later = new Promise<string>((resolve) => {
      complete = resolve;
    });
    const held = Array.from({ length: 8 }, () =>
      speak(
        server,
        "POST /v2/vectordb/collections/list HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{",
        later,
      ),
    );
    await expect.poll(async () => (await post("/v2/vectordb/collections/list", "{}")).code).toBe(1807);
    complete("}");
    for (const answer of await Promise.all(held)) expect(answer).toMatch(/"code":0/);
    expect(await post("/v2/vectordb/collections/list", "{}")).toMatchObject({ code: 0 });
  });

  it("compressed bodies are not unpacked: a bomb is no JSON", async () => {
    const { post } = await serve();
    const bomb = gzipSync(Buffer.alloc(64 * MEGABYTE));
    expect(bomb.length).toBeLessThan(MEGABYTE);
    expect(await post("/v2/vectordb/collections/list", bomb, { "content-encoding": "gzip" })).toMatchObject({
      code: 1801,
    });
  });

  it("JSON nested without end is refused, not a stack overflow", async () => {
    const { post, db } = await serve();
    for (const body of [
      "[".repeat(900_000),
      '{"a":'.repeat(150_000),
      `{"data":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    ]) {
      expect((await post("/v2/vectordb/entities/insert", body)).code).toBe(1801);
    }
    let nested: unknown = 1;
    for (let i = 0; i < 100_000; i++) nested = [nested];
    for (const data of [[{ id: 1, vector: [1, 2], nested }], nested]) {
      const { code } = await db.request("/v2/vectordb/entities/insert", { collectionName: "c", data });
      expect([1100, 1801, 1804]).toContain(code);
    }
  });

  it.each<[string, string, number]>([
    ["50,000 parentheses", `${"(".repeat(50_000)}id > 0${")".repeat(50_000)}`, 1100],
    ["50,000 negations", `${"not ".repeat(50_000)}id > 0`, 1100],
    ["50,000 minus signs", `id > ${"- ".repeat(50_000)}1`, 1100],
    ["20,000 alternatives", Array.from({ length: 20_000 }, (_, i) => `id == ${i}`).join(" or "), 0],
    ["20,000 different conditions", Array.from({ length: 20_000 }, (_, i) => `n > ${i}`).join(" and "), 0],
    ["a list of 100,000 ids", `id in [${Array.from({ length: 100_000 }, (_, i) => i).join()}]`, 0],
    ["a list nested 10,000 deep", `n in ${"[".repeat(10_000)}${"]".repeat(10_000)}`, 1100],
    ["a path of 10,000 keys", `$meta${'["a"]'.repeat(10_000)} == 1`, 0],
    ["a pattern of 100,000 wildcards", `n like "${"%a".repeat(100_000)}"`, 0],
    ["a string of 900,000 characters", `n == "${"x".repeat(900_000)}"`, 0],
    ["a number of 100,000 digits", `id == ${"9".repeat(100_000)}`, 1100],
    ["900,000 opening brackets", "(".repeat(900_000), 1100],
  ])("an expression of %s is answered or refused with 1100", async (_name, filter, expected) => {
    const { post } = await serve();
    const { code, message } = await post("/v2/vectordb/entities/query", query(filter));
    // Either way is documented; what must not come is an internal error, or no answer.
    expect([expected, 1100], message?.slice(0, 200)).toContain(code);
    expect(message ?? "").toHaveLength(Math.min((message ?? "").length, 2 * MEGABYTE));
    expect(await post("/v2/vectordb/entities/query", query("id > 0"))).toMatchObject({ code: 0 });
  });

  it("numbers of results, vectors and offsets beyond the window are refused", async () => {
    const { db } = await serve();
    const ask = (path: string, body: object) =>
      db.request(`/v2/vectordb/entities/${path}`, { collectionName: "c", ...body });
    expect(await ask("query", { filter: "id > 0", limit: 16385 })).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "invalid max query result window, (offset+limit) should be in range [1, 16384], but got 16385",
      ),
    });
    expect(await ask("query", { filter: "id > 0", limit: 1, offset: 2 ** 40 })).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "invalid max query result window, (offset+limit) should be in range [1, 16384], but got 1099511627777",
      ),
    });
    expect((await ask("search", { data: [[1, 2]], limit: 16385 })).code).not.toBe(0);
    const many = Array.from({ length: 16_385 }, () => [1, 2]);
    expect((await ask("search", { data: many, limit: 1 })).code).not.toBe(0);
  });

  it("a deadline is kept: 408 and 10001, and the next call works", async () => {
    const { post, db } = await serve({ maxBodyBytes: 64 * MEGABYTE });
    const data = Array.from({ length: 20_000 }, (_, id) => ({ id, vector: [id % 97, id % 89], n: id }));
    await db.entities.insert({ collectionName: "c", data });
    // Long work: many query vectors, searched one after the other without a pause.
    const search = JSON.stringify({
      collectionName: "c",
      data: Array.from({ length: 16_000 }, (_, i) => [i % 31, i]),
      limit: 65,
    });
    expect(await post("/v2/vectordb/entities/search", search, { "request-timeout": "1" })).toMatchObject({
      status: 408,
      code: 10001,
    });
    expect(await post("/v2/vectordb/entities/query", query("id == 5"))).toMatchObject({ code: 0 });
  });

  it("many wrong passwords grow nothing", async () => {
    const { server } = await serve({ auth: { users: { root: "right" } } });
    const round = async (from: number, count: number) => {
      for (let i = from; i < from + count; i += 16) {
        const answers = Array.from({ length: 16 }, (_, j) =>
          fetch(`${server.url}/v2/vectordb/collections/list`, {
            method: "POST",
            body: "{}",
            headers: { authorization: `Bearer root:wrong-${i + j}-${"x".repeat(500)}` },
          }).then((r) => r.text().then(() => r.status)),
        );
        for (const status of await Promise.all(answers)) expect(status).toBe(401);
      }
    };
    await round(0, 32);
    const before = await memoryInUse();
    await round(100, 64);
    expect((await memoryInUse()) - before).toBeLessThan(4 * MEGABYTE);
  });
});

/** Says something over a bare socket, and perhaps more of it later, and listens until the other side ends. */
function speak(server: ElanusServer, text: string, later?: Promise<string>): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(server.port, server.host, () => {
      socket.write(text);
      void later?.then((more) => socket.write(more));
    });
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      // The first answer is enough.
      if (later === undefined) socket.end();
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", () => {});
  });
}
