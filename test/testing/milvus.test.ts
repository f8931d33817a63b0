import { createServer } from "node:net";
import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Elanus } from "../../src/index.js";
import { type Milvus, startMilvus, type TestingOptions } from "../../src/testing/index.js";
import { temporaryPath } from "../support/temporary.js";

const started: Milvus[] = [];

async function start(options?: TestingOptions): Promise<Milvus> {
  const milvus = await startMilvus(options);
  started.push(milvus);
  return milvus;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((milvus) => milvus.close()));
});

const collectionName = "book";
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, vector: [Math.sin(from + i), Math.cos(from + i)] }));

async function fill({ db }: Pick<Milvus, "db">, count = 10): Promise<void> {
  await db.collections.create({ collectionName, dimension: 2, metricType: "L2" });
  await db.entities.insert({ collectionName, data: rows(0, count) });
}

async function count({ db }: Milvus): Promise<unknown> {
  const [row] = await db.entities.query({ collectionName, filter: "", outputFields: ["count(*)"] });
  return row?.["count(*)"];
}

async function rest(milvus: Milvus, path: string, body: object, fetched = fetch): Promise<{ code: number }> {
  const response = await fetched(`${milvus.url}/v2/vectordb/${path}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as { code: number };
}

describe("startMilvus", () => {
  it("serves REST and gRPC on a port of this machine, and the same in process", async () => {
    const milvus = await start();
    await fill(milvus);
    expect(milvus.address).toBe(`127.0.0.1:${milvus.port}`);
    expect(milvus.url).toBe(`http://${milvus.address}`);
    const client = await milvus.client<MilvusClient>();
    expect((await client.count({ collection_name: collectionName })).data).toBe(10);
    expect(await milvus.httpClient<{ listCollections(): unknown }>().listCollections()).toEqual({
      code: 0,
      data: [collectionName],
    });
    expect(await rest(milvus, "collections/has", { collectionName })).toEqual({ code: 0, data: { has: true } });
    expect(await rest(milvus, "collections/list", {}, (url, init) => milvus.fetch(url as string, init))).toEqual({
      code: 0,
      data: [collectionName],
    });
  });

  it("makes clients of the class that it is given, with the credentials of the first user", async () => {
    const milvus = await start({ auth: { users: { alice: "secret-1" } } });
    await fill(milvus);
    const client = await milvus.client(MilvusClient);
    expect(client).toBeInstanceOf(MilvusClient);
    expect((await client.showCollections()).data.map(({ name }) => name)).toEqual([collectionName]);
    await milvus.reset();
    expect((await client.showCollections()).data).toEqual([]);
    const fork = await milvus.fork();
    started.push(fork);
    expect((await (await fork.client(MilvusClient)).showCollections()).status.error_code).toBe("Success");
  });

  it("goes back to nothing under its clients", async () => {
    const milvus = await start();
    const client = await milvus.client<MilvusClient>();
    for (const round of [1, 2]) {
      await fill(milvus, round * 10);
      const found = await client.search({ collection_name: collectionName, data: [0, 1], limit: 1 });
      expect(found.results.map(({ id }) => Number(id))).toEqual([0]);
      await milvus.reset();
      expect(await milvus.db.collections.list()).toEqual([]);
    }
  });

  it("begins with what a function puts in, a file holds or a snapshot kept, and goes back to it", async () => {
    const path = temporaryPath();
    const file = await Elanus.open(path, { durability: "off" });
    await fill({ db: file }, 30);
    const snapshot = await (await start({ from: (db) => fill({ db }, 20) })).snapshot();
    for (const [from, expected] of [
      [(db: Milvus["db"]) => fill({ db }), 10],
      [snapshot, 20],
      // One that is in use is read as it was committed last.
      [path, 30],
    ] as const) {
      const milvus = await start({ from });
      await milvus.db.entities.delete({ collectionName, filter: "id < 5" });
      expect(await count(milvus)).toBe(expected - 5);
      await milvus.reset();
      expect(await count(milvus)).toBe(expected);
    }
    await file.close();
  });

  it("goes back to a snapshot as often as one likes, also from another state", async () => {
    const milvus = await start();
    await fill(milvus);
    const ten = await milvus.snapshot();
    await milvus.db.entities.insert({ collectionName, data: rows(10, 10) });
    const twenty = await milvus.snapshot();
    for (const [snapshot, expected] of [
      [ten, 10],
      [twenty, 20],
      [ten, 10],
      [ten, 10],
    ] as const) {
      await milvus.restore(snapshot);
      expect(await count(milvus)).toBe(expected);
      await milvus.db.entities.insert({ collectionName, data: rows(100, 7) });
    }
    await milvus.reset();
    await milvus.restore(twenty);
    expect(await count(milvus)).toBe(20);
  });

  it("forks: two stores that share nothing", async () => {
    const milvus = await start({ exactBelow: 50 });
    await fill(milvus, 200);
    const fork = await milvus.fork();
    started.push(fork);
    expect(fork.port).not.toBe(milvus.port);
    await fork.db.entities.delete({ collectionName, filter: "id < 100" });
    expect([await count(milvus), await count(fork)]).toEqual([200, 100]);
    await milvus.close();
    await fork.reset();
    expect(await count(fork)).toBe(200);
  });

  it("copies one moment while others write", async () => {
    const milvus = await start();
    await fill(milvus, 1);
    const client = await milvus.client(MilvusClient);
    const writing = Array.from({ length: 30 }, (_, i) =>
      client.insert({ collection_name: collectionName, data: rows(10 + i * 10, 10) }),
    );
    const forks = await Promise.all([milvus.fork(), milvus.fork(), milvus.snapshot(), milvus.fork()]);
    await Promise.all(writing);
    expect(await count(milvus)).toBe(301);
    for (const fork of forks) {
      if (!("close" in fork)) continue;
      started.push(fork);
      expect(Number(await count(fork)) % 10).toBe(1);
    }
  });

  it("gives away its methods one by one", async () => {
    const { db, address, client, reset, close, record } = await startMilvus();
    const calls = record();
    await fill({ db });
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await (await client<MilvusClient>()).showCollections()).data).toHaveLength(1);
    expect(calls.length).toBeGreaterThan(2);
    await reset();
    await close();
  });

  it("runs under mocked timers and a mocked clock", async () => {
    vi.useFakeTimers({ now: 0 });
    const milvus = await start();
    await fill(milvus);
    const slow = milvus.delay("collections/list", 5);
    expect(await milvus.db.collections.list()).toEqual([collectionName]);
    expect(slow.hits).toBe(1);
    await milvus.reset();
    await (await milvus.fork()).close();
    await milvus.close();
  });
});

describe("a seed", () => {
  const made = async (seed: number) => {
    const milvus = await start({ seed });
    const field = [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    ];
    const run = async () => {
      await milvus.db.collections.create({ collectionName, schema: { autoID: true, fields: field } });
      const { insertIds } = await milvus.db.entities.insert({
        collectionName,
        data: rows(0, 60).map(({ vector }) => ({ vector })),
      });
      await milvus.db.indexes.create({
        collectionName,
        indexParams: [{ fieldName: "vector", indexName: "v", indexType: "FLAT", metricType: "L2" }],
      });
      await milvus.db.collections.load({ collectionName });
      const sample = await milvus.db.entities.query({
        collectionName,
        filter: "random_sample(0.2)",
        outputFields: ["id"],
      });
      return { insertIds, sample };
    };
    const first = await run();
    await milvus.reset();
    expect(await run()).toEqual(first);
    return first;
  };

  it("makes keys and samples the same at each run, and after each reset", async () => {
    const [one, again, other] = [await made(1), await made(1), await made(2)];
    expect(again).toEqual(one);
    expect(other.insertIds).toEqual(one.insertIds);
    expect(other.sample).not.toEqual(one.sample);
  });

  it("has a clock that a test turns", async () => {
    const milvus = await start({ seed: 1 });
    await milvus.db.collections.create({ collectionName, dimension: 2, params: { ttlSeconds: 60 } });
    await milvus.db.entities.insert({ collectionName, data: rows(0, 3) });
    expect(await count(milvus)).toBe(3);
    milvus.advance(61_000);
    expect(await count(milvus)).toBe(0);
    const real = await start();
    expect(() => real.advance(1)).toThrow(/advance needs a clock of its own/);
    expect(() => milvus.advance(-1)).toThrow(/milliseconds/);
  });
});

describe("fail, delay and record", () => {
  it("has an operation fail on every surface, so many times", async () => {
    const milvus = await start();
    await fill(milvus);
    const client = await milvus.client(MilvusClient);
    const rule = milvus.fail("entities/insert", { code: 8, message: "slow down", times: 3 });
    await expect(milvus.db.entities.insert({ collectionName, data: rows(10, 1) })).rejects.toMatchObject({
      code: 8,
      message: "slow down",
    });
    expect(await rest(milvus, "entities/insert", { collectionName, data: rows(10, 1) })).toEqual({
      code: 8,
      message: "slow down",
    });
    const { status } = await client.insert({ collection_name: collectionName, data: rows(10, 1) });
    expect(status).toMatchObject({ code: 8, reason: "slow down", error_code: "RateLimit" });
    expect((await client.insert({ collection_name: collectionName, data: rows(10, 1) })).status.code).toBe(0);
    expect(rule.hits).toBe(3);
    expect(await count(milvus)).toBe(11);
  });

  it("has it fail with any code of a server, in the kind that the code and the words have", async () => {
    const milvus = await start();
    const failed = async (code: number, message?: string) => {
      milvus.fail("collections/list", { code, ...(message !== undefined && { message }), times: 2 });
      const typed: unknown = await milvus.db.collections.list().catch((error: unknown) => error);
      const { code: told, message: said } = (await rest(milvus, "collections/list", {})) as never;
      expect(typed).toMatchObject({ code, message: said });
      expect(told).toBe(code);
      return (typed as { kind: string }).kind;
    };
    // 503: a channel is not available; 80011: a limit of Zilliz Cloud; neither is anything that Elanus does.
    expect([await failed(503), await failed(80011), await failed(65535)]).toEqual(Array(3).fill("ServerFailure"));
    expect([await failed(100), await failed(101), await failed(1804)]).toEqual([
      "CollectionNotFound",
      "CollectionNotLoaded",
      "BadRow",
    ]);
    expect(await failed(65535, "collection not loaded[collection=42]")).toBe("CollectionNotLoaded");
    const client = await milvus.client(MilvusClient);
    for (const [code, message] of [
      [100, "gone"],
      [100, "can't find collection[database=default][collection=book]"],
      [202, "slow"],
    ] as const) {
      const rule = milvus.fail("DescribeCollection", { code, message, times: Infinity });
      const { status } = await client.describeCollection({ collection_name: collectionName });
      expect(status).toMatchObject({ code, reason: message, retriable: code === 202 });
      rule.stop();
    }
  });

  it("has a remote procedure fail, and leaves the operation alone", async () => {
    const milvus = await start();
    await fill(milvus);
    const client = await milvus.client(MilvusClient);
    const [rule, other] = [milvus.fail("Query", 1), milvus.fail("CheckHealth", { code: 2, times: Infinity })];
    expect((await client.query({ collection_name: collectionName, filter: "id >= 0" })).status.code).toBe(1);
    expect(await count(milvus)).toBe(10);
    expect((await client.checkHealth()).isHealthy).toBe(false);
    other.stop();
    expect((await client.checkHealth()).isHealthy).toBe(true);
    expect([rule.hits, other.hits]).toEqual([1, 1]);
  });

  it("tells the calls that were made, by what surface and how they ended", async () => {
    const milvus = await start();
    await fill(milvus);
    const client = await milvus.client(MilvusClient);
    const calls = milvus.record();
    await milvus.db.entities.get({ collectionName, id: [1] });
    await rest(milvus, "entities/query", { collectionName, filter: "id in [" });
    milvus.fail("Delete", 1);
    await client.delete({ collection_name: collectionName, filter: "id == 1" });
    await client.delete({ collection_name: collectionName, filter: "id == 1" });
    await milvus.db.collections.load({ collectionName: "boook" }).catch(() => {});
    // The client looks at a collection before it deletes.
    expect(calls.filter(({ rpc }) => rpc !== "DescribeCollection")).toEqual([
      { operation: "entities/get", surface: "typed", request: expect.objectContaining({ id: [1] }), code: 0 },
      { operation: "entities/query", surface: "rest-v2", request: expect.anything(), code: 1100 },
      { operation: "entities/delete", surface: "grpc", rpc: "Delete", request: {}, code: 1 },
      {
        operation: "entities/delete",
        surface: "grpc",
        rpc: "Delete",
        request: expect.objectContaining({ collectionName, filter: "id == 1" }),
        code: 0,
      },
      { operation: "collections/load", surface: "typed", request: { collectionName: "boook" }, code: 100 },
    ]);
    await milvus.reset();
    await milvus.db.collections.list();
    expect(calls.at(-1)).toMatchObject({ operation: "collections/load" });
  });

  it("holds calls up no longer than their callers wait", async () => {
    const milvus = await start();
    await fill(milvus, 1);
    milvus.delay("collections/list", 60_000);
    milvus.delay("entities/insert", 60_000);
    await expect(milvus.db.collections.list({}, { timeoutMs: 5 })).rejects.toMatchObject({ kind: "Timeout" });
    const stop = new AbortController();
    const insert = milvus.db.entities.insert({ collectionName, data: rows(5, 1) }, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(insert).rejects.toMatchObject({ kind: "Canceled", cause: { message: "enough" } });
    expect(await count(milvus)).toBe(1);
  });

  it("holds calls up, and lets go of them at a reset", async () => {
    const milvus = await start();
    const rule = milvus.delay("collections/list", { ms: 20, times: 1 });
    const before = performance.now();
    await milvus.db.collections.list();
    expect(performance.now() - before).toBeGreaterThan(15);
    milvus.delay("collections/list", 60_000);
    const held = milvus.db.collections.list();
    await Promise.all([expect(held).rejects.toMatchObject({ code: 1 }), milvus.reset()]);
    expect(await milvus.db.collections.list()).toEqual([]);
    expect(rule.hits).toBe(1);
  });
});

describe("misuse", () => {
  it.each([
    [{ prot: 1 }, 'startMilvus has no option "prot": did you mean "port"?'],
    [{ worker: true }, 'startMilvus has no option "worker"'],
    [{ seed: "x" }, '"seed" of startMilvus must be an integer from 0 to 4294967295, not "x"'],
    [{ from: {} }, '"from" of startMilvus must be a snapshot, a database file or a function, not an Object'],
    [{ from: "/nowhere/x.db" }, "there is no folder /nowhere"],
  ])("of options is told: %o", async (options, message) => {
    await expect(startMilvus(options as never)).rejects.toThrow(message);
  });

  it("of a port that is taken is told, and nothing stays behind", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await expect(startMilvus({ port })).rejects.toMatchObject({ kind: "Unavailable" });
    await new Promise((resolve) => other.close(resolve));
    await start({ port });
  });

  it("passes on what a beginning throws", async () => {
    const from = () => {
      throw new Error("no such fixture");
    };
    await expect(startMilvus({ from })).rejects.toThrow("no such fixture");
  });

  it("of snapshots is told", async () => {
    const [one, other] = [await start(), await start()];
    const snapshot = await one.snapshot();
    await expect(other.restore(snapshot)).rejects.toThrow(/of another Milvus: startMilvus\(\{ from: snapshot \}\)/);
    await expect(one.restore({ bytes: 1 })).rejects.toThrow(/takes what snapshot\(\) has given/);
    await expect(one.restore(undefined as never)).rejects.toMatchObject({
      code: 1100,
      message: "restore takes what snapshot() has given in this process, not undefined: invalid parameter",
    });
    await one.restore(snapshot);
  });

  it("of rules is told, with the nearest name", async () => {
    const milvus = await start();
    expect(() => milvus.fail("entities/inset", 1)).toThrow('did you mean "entities/insert"?');
    expect(() => milvus.fail("Serch", 1)).toThrow('did you mean "Search"?');
    expect(() => milvus.delay(7 as never, 1)).toThrow("there is no operation or RPC 7");
    expect(() => milvus.fail("Search", 0)).toThrow('"code" of fail must be an integer from 1 to 2147483647, not 0');
    expect(() => milvus.fail("Search", {} as never)).toThrow("fail takes a code");
    expect(() => milvus.fail("Search", { code: 1, time: 2 } as never)).toThrow('did you mean "times"?');
    expect(() => milvus.fail("Search", { code: 1, times: 0 })).toThrow("times");
    expect(() => milvus.delay("Search", -1)).toThrow("ms");
  });

  it("after close is told; closing twice is none", async () => {
    const milvus = await start();
    const snapshot = await milvus.snapshot();
    const client = await milvus.client(MilvusClient);
    const running = milvus.db.collections.list();
    await Promise.all([milvus.close(), milvus.close(), running]);
    await milvus[Symbol.asyncDispose]();
    for (const use of [
      () => milvus.reset(),
      () => milvus.snapshot(),
      () => milvus.restore(snapshot),
      () => milvus.fork(),
      () => milvus.client(),
      () => milvus.db.collections.list(),
      async () => milvus.fail("Search", 1),
      async () => milvus.delay("Search", 1),
      async () => milvus.record(),
      async () => milvus.httpClient(),
      async () => milvus.advance(1),
    ]) {
      await expect(use()).rejects.toMatchObject({ kind: "NotReady" });
    }
    expect(
      (await (await milvus.fetch("http://x/v2/vectordb/collections/list", { method: "POST" })).json()) as object,
    ).toMatchObject({ code: 1 });
    await expect(client.showCollections()).rejects.toThrow();
  });
});
