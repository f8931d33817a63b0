import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus, type ElanusServer, type ListenOptions } from "../../src/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const MEGABYTE = 1024 * 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The server's ends of all connections since the test began. */
let accepted: Socket[] = [];
const noted = (message: unknown) => accepted.push((message as { readonly socket: Socket }).socket);
const clients: Socket[] = [];
let db: Elanus;
beforeEach(async () => {
  accepted = [];
  subscribe("net.server.socket", noted);
});
afterEach(async () => {
  unsubscribe("net.server.socket", noted);
  for (const client of clients.splice(0)) client.destroy();
  await db.close();
});

async function serve(options: ListenOptions = {}): Promise<ElanusServer> {
  db = await Elanus.open(":memory:", { maxBodyBytes: MEGABYTE });
  await db.collections.create({ collectionName: "c", dimension: 2 });
  return db.listen({ port: 0, maxConcurrentRequests: 16, ...options });
}

/** A client that says something and never ends its side, nor reads unless told. */
function speak(server: ElanusServer, text: string): Socket {
  const client = connect({ port: server.port, host: server.host, allowHalfOpen: true });
  client.on("error", () => {});
  client.pause();
  client.write(text);
  clients.push(client);
  return client;
}

const LIST = "POST /v2/vectordb/collections/list HTTP/1.1\r\nhost: localhost\r\n";

async function list(server: ElanusServer): Promise<number> {
  const response = await fetch(`${server.url}/v2/vectordb/collections/list`, { method: "POST", body: "{}" });
  return ((await response.json()) as { code: number }).code;
}

const open = () => accepted.filter((socket) => !socket.destroyed).length;
const until = (condition: () => boolean) => expect.poll(condition).toBe(true);

describe("clients that take their time", () => {
  it("who never read their answers are cut off, take bounded memory and keep nobody out", async () => {
    const server = await serve({ writeTimeoutMs: 1_500 });
    const text = "x".repeat(60_000);
    const data = Array.from({ length: 20 }, (_, id) => ({ id, vector: [id, 0], text }));
    for (const row of data) await db.entities.insert({ collectionName: "c", data: [row] });
    const body = JSON.stringify({ collectionName: "c", filter: "id >= 0", outputFields: ["text"] });
    const ask = `POST /v2/vectordb/entities/query HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    collectGarbage();
    const before = process.memoryUsage().external;
    for (let i = 0; i < 60; i++) {
      speak(server, ask);
      if (i % 10 === 0) await pause(20);
    }
    await until(() => accepted.length === 60);
    // While the last of them are answered there may be no place for one more.
    await expect.poll(() => list(server)).toBe(0);
    collectGarbage();
    // 60 answers of 1.2 MB would be 72; the system's own buffers are not counted here.
    expect(process.memoryUsage().external - before).toBeLessThan(24 * MEGABYTE);
    // The one that may be left is kept alive by fetch.
    await until(() => open() <= 1);
  });

  describe("who want large answers, many at a time,", () => {
    const body = JSON.stringify({ collectionName: "c", filter: "id >= 0", outputFields: ["text"], limit: 100 });
    const ask = `POST /v2/vectordb/entities/query HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

    /** Answers of 6 MB each; room for 16 MB of them. */
    async function serveLarge(): Promise<ElanusServer> {
      db = await Elanus.open(":memory:", { maxBodyBytes: 4 * MEGABYTE });
      await db.collections.create({ collectionName: "c", dimension: 2 });
      const text = "x".repeat(60_000);
      for (let id = 0; id < 100; id += 20) {
        const data = Array.from({ length: 20 }, (_, i) => ({ id: id + i, vector: [id, 0], text }));
        await db.entities.insert({ collectionName: "c", data });
      }
      return db.listen({ port: 0, maxConcurrentRequests: 16 });
    }

    it("and read them get all of them, in turn", async () => {
      const server = await serveLarge();
      const answers = await Promise.all(
        Array.from({ length: 16 }, async () => {
          const response = await fetch(`${server.url}/v2/vectordb/entities/query`, { method: "POST", body });
          return ((await response.json()) as { code: number; data: unknown[] }).data.length;
        }),
      );
      expect(answers).toEqual(Array.from({ length: 16 }, () => 100));
    });

    it("and do not read take no more memory than answers may, and keep nobody out", async () => {
      const server = await serveLarge();
      collectGarbage();
      const before = process.memoryUsage().external;
      let most = 0;
      // What is held, and not what nobody has collected yet.
      const sampling = setInterval(() => {
        collectGarbage();
        most = Math.max(most, process.memoryUsage().external - before);
      }, 20);
      for (let i = 0; i < 30; i++) speak(server, ask);
      await until(() => accepted.length === 30);
      for (let i = 0; i < 20; i++) {
        expect(await list(server)).toBe(0);
        await pause(100);
      }
      clearInterval(sampling);
      expect(most).toBeLessThan(48 * MEGABYTE);
    });

    it("on one connection, without waiting for them, get one after the other", async () => {
      const server = await serveLarge();
      const one = ask.replace("connection: close\r\n", "");
      collectGarbage();
      const before = process.memoryUsage().external;
      const client = speak(server, one.repeat(40));
      await until(() => client.writableLength === 0);
      let most = 0;
      for (let i = 0; i < 20; i++) {
        expect(await list(server)).toBe(0);
        collectGarbage();
        most = Math.max(most, process.memoryUsage().external - before);
        await pause(20);
      }
      // Two answers of 6 MB; 40 of them would be refused, or fill all the room.
      expect(most).toBeLessThan(16 * MEGABYTE);
      const response = await fetch(`${server.url}/v2/vectordb/entities/query`, { method: "POST", body });
      expect(((await response.json()) as { data: unknown[] }).data).toHaveLength(100);
    });

    it("and leave before their turn are not worked for", async () => {
      const server = await serveLarge();
      for (let i = 0; i < 12; i++) speak(server, ask);
      await until(() => accepted.length === 12);
      for (const client of clients) client.destroy();
      await until(() => open() === 0);
      const response = await fetch(`${server.url}/v2/vectordb/entities/query`, { method: "POST", body });
      expect(((await response.json()) as { data: unknown[] }).data).toHaveLength(100);
    });
  });

  it("who read slowly but steadily get their whole answer", async () => {
    const server = await serve({ writeTimeoutMs: 1_500 });
    const text = "x".repeat(60_000);
    for (let id = 0; id < 100; id++)
      await db.entities.insert({ collectionName: "c", data: [{ id, vector: [id, 0], text }] });
    const body = JSON.stringify({ collectionName: "c", filter: "id >= 0", outputFields: ["text"], limit: 100 });
    const client = speak(
      server,
      `POST /v2/vectordb/entities/query HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    let received = 0;
    let ended = false;
    client.on("data", (chunk) => {
      received += chunk.length;
      client.pause();
    });
    client.on("end", () => {
      ended = true;
    });
    // All in all it takes longer than a part of it may.
    const slowly = setInterval(() => client.resume(), 25);
    await until(() => ended);
    clearInterval(slowly);
    expect(received).toBeGreaterThan(6_000_000);
  });

  it("whose bodies come in pieces of one byte take no more memory than others", async () => {
    const server = await serve();
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    const size = 100_000;
    const piece = "1\r\n \r\n".repeat(size);
    const bodies = Array.from({ length: 4 }, () => speak(server, `${LIST}transfer-encoding: chunked\r\n\r\n`));
    for (const client of bodies) client.write(piece);
    await until(() => bodies.every((client) => client.writableLength === 0));
    await pause(500);
    collectGarbage();
    const now = process.memoryUsage();
    // In pieces of their own these are 40 MB and more.
    expect(now.heapUsed + now.external - heapUsed - external).toBeLessThan(12 * MEGABYTE);
    const answers = bodies.map(
      (client) =>
        new Promise<string>((resolve) => {
          client.on("data", (chunk) => resolve(String(chunk)));
          client.resume();
          client.write("2\r\n{}\r\n0\r\n\r\n");
        }),
    );
    for (const answer of await Promise.all(answers)) expect(answer).toContain('"code":0');
  });

  it("whose bodies do not come keep nobody out for long", async () => {
    const server = await serve({ bodyTimeoutMs: 60_000 });
    const slow = Array.from({ length: 40 }, () => speak(server, `${LIST}content-length: 1000\r\n\r\n{`));
    await until(() => accepted.length === 40);
    await pause(1_200);
    // The first of them have been arriving for a second now, or will have been soon.
    await expect.poll(() => list(server)).toBe(0);
    const dripping = setInterval(() => {
      for (const client of slow) if (!client.destroyed) client.write(" ");
    }, 100);
    for (let i = 0; i < 40; i++) expect(await list(server)).toBe(0);
    clearInterval(dripping);
  });

  it("who never end their side hold no descriptor: slow heads, nonsense, unread bodies, silence", async () => {
    const server = await serve({ bodyTimeoutMs: 300, headersTimeoutMs: 300 });
    for (let i = 0; i < 15; i++) {
      speak(server, "");
      speak(server, "POST /v2/vectordb/collections/list HTTP/1.1\r\nhost: loc");
      speak(server, "nonsense\r\n\r\n");
      speak(server, `${LIST}content-length: 1000\r\n\r\n{`);
    }
    await until(() => accepted.length === 60);
    await until(() => open() === 0);
  });

  it("whose heads have more headers than node keeps are refused before anything else is read", async () => {
    const server = await serve();
    const answer = (headers: number): Promise<string> =>
      new Promise((resolve) => {
        const many = Array.from({ length: headers }, () => "a:b\r\n").join("");
        const client = speak(server, `${LIST}${many}content-length: 2\r\nconnection: close\r\n\r\n{}`);
        let text = "";
        client.on("data", (chunk) => {
          text += chunk;
        });
        client.on("end", () => resolve(text));
        client.resume();
      });
    expect(await answer(1_900)).toContain('"code":0');
    expect(await answer(2_100)).toMatch(/^HTTP\/1\.1 431 /);
  });
});
