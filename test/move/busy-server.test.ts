import { createServer, type RequestListener } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Channel } from "../../src/move/grpc/channel.js";
import { readServerAddress } from "../../src/move/server-address.js";
import { type Milvus, startMilvus } from "../../src/testing/index.js";
import { openStore } from "./stores.js";

const C = { collectionName: "book" };
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function busyServer(): Promise<Milvus> {
  const milvus = await startMilvus();
  ending.push(milvus.close);
  return milvus;
}

async function storeOf(rows: number) {
  const db = await openStore();
  await db.collections.create({ ...C, dimension: 4 });
  await db.entities.insert({ ...C, data: Array.from({ length: rows }, (_, id) => ({ id, vector: [id, 1, 2, 3] })) });
  return db;
}

/** Before a server something that hands on, or not. @returns its address */
async function gateway(milvus: Milvus, refused: (path: string, bytes: number) => number | undefined): Promise<string> {
  const handOn: RequestListener = async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const status = refused(request.url ?? "", body.length);
    if (status !== undefined) {
      response.writeHead(status, { "content-type": "text/html" }).end("<html>no</html>");
      return;
    }
    const init = { method: request.method ?? "GET", ...(body.length > 0 && { body }) };
    const answer = await milvus.fetch(request.url ?? "/", init);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  };
  const server = createServer(handOn);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe("a server that has too much to do", () => {
  it.each(["grpc", "rest"] as const)("is asked again (over %s)", async (over) => {
    const milvus = await busyServer();
    const db = await storeOf(300);
    for (const operation of ["collections/create", "entities/upsert", "entities/query", "collections/load"]) {
      milvus.fail(operation, { code: 8, message: "rate limit exceeded[rate=1]", times: 1 });
    }
    const { rows, comparisons } = await db.push({ to: milvus.url, over });
    expect([rows, comparisons[0]?.same]).toEqual([300, true]);
    milvus.fail("entities/query", { code: 8, message: "rate limit exceeded[rate=1]", times: 1 });
    const part = { from: milvus.url, over, into: "part", collections: ["book"], sample: 20 };
    expect((await db.pull(part)).rows).toBe(20);
  });

  it("may say so by a gateway, which takes short requests only", async () => {
    const milvus = await busyServer();
    const statuses = new Map([
      ["entities/upsert", [429]],
      ["entities/query", [503]],
    ]);
    const sizes: number[] = [];
    const address = await gateway(milvus, (path, bytes) => {
      const operation = path.split("/").slice(-2).join("/");
      if (operation === "entities/upsert") sizes.push(bytes);
      return bytes > 4000 ? 413 : statuses.get(operation)?.shift();
    });
    const db = await storeOf(300);
    const { rows, comparisons } = await db.push({ to: address, over: "rest" });
    expect([rows, comparisons[0]?.same]).toEqual([300, true]);
    expect(Math.max(...sizes)).toBeGreaterThan(4000);
  });
});

it("a part of many rows is asked for, and compared, with few calls", async () => {
  const milvus = await busyServer();
  await milvus.db.collections.create({ ...C, dimension: 4 });
  const data = Array.from({ length: 3000 }, (_, id) => ({ id, vector: [id, 1, 2, 3] }));
  await milvus.db.entities.insert({ ...C, data });
  const calls = milvus.record();
  for (const [into, part, rows] of [
    ["most", { filter: "id >= 100" }, 2900],
    ["some", { sample: 2500 }, 2500],
  ] as const) {
    const db = await openStore(":memory:");
    const before = calls.length;
    const report = await db.pull({ from: milvus.url, collections: ["book"], into, ...part });
    expect([report.rows, report.comparisons[0]?.same]).toEqual([rows, true]);
    expect(calls.slice(before).filter(({ operation }) => operation === "entities/query").length).toBeLessThan(18);
  }
});

it("a connection on which nobody answers any more is given up, and the next call goes over another one", async () => {
  let connections = 0;
  const silent = createSocketServer((socket) => {
    connections++;
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const channel = await Channel.open(readServerAddress(`127.0.0.1:${port}`, undefined));
  ending.push(
    () => silent.close(),
    () => channel.close(),
  );
  for (const call of [1, 2]) {
    const asked = channel.call("GetVersion", {}, { silenceMs: 20 });
    await expect(asked).rejects.toMatchObject({
      kind: "ServerUnreachable",
      details: { reason: "GetVersion was not answered within 0.02 s" },
    });
    await expect.poll(() => connections).toBe(call);
  }
});
