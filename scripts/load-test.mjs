// 64 clients over HTTP for LOAD_SECONDS (default 120): inserts, upserts, deletes, searches, queries, load and release.
//
// Every client has rows of its own, all in one partition, so it knows what an answer may be: all of its matching rows, or
// none while its partition is released, or 101 or 201; never a part. At the end no row may be lost, the check must find
// nothing, and memory must not have grown in the second half. Prints a JSON report; exits with 1 when anything was wrong.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRY = new URL("../dist/esm/index.js", import.meta.url).href;
const SECONDS = Number(process.env.LOAD_SECONDS ?? 120);
const CLIENTS = Number(process.env.LOAD_CLIENTS ?? 64);
const SEED = Number(process.env.ELANUS_SEED ?? Date.now() % 2 ** 31);
const PARTITIONS = ["p0", "p1", "p2", "p3"];
const MOST_ROWS = 60;
const GRAPH_ROWS = 4000;
const GRAPH_DIMENSION = 32;

/** The server's process: answers `memory` after a collection, `check` with what the database finds, `close`. */
async function serve(path) {
  const { Elanus } = await import(ENTRY);
  const db = await Elanus.open(path, { durability: "normal", exactBelow: 1000 });
  const server = await db.listen({ port: 0 });
  process.on("message", async (message) => {
    if (message === "memory") {
      globalThis.gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      process.send({ memory: { rss, inUse: heapUsed + external } });
    }
    if (message === "check") process.send({ check: await db.check() });
    if (message === "close") {
      await db.close();
      process.disconnect();
    }
  });
  // The clients are gone.
  process.on("disconnect", () => db.close());
  process.send({ url: server.url });
}

function randomSource(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low, high) => low + Math.floor(next() * (high - low + 1));
  return { next, int, pick: (items) => items[int(0, items.length - 1)] };
}

/** Starts the server; `ask` sends it a word and waits for the answer of that name. */
async function startServer(path) {
  const child = spawn(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "serve", path], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map();
  child.on("message", (message) => {
    for (const [name, value] of Object.entries(message)) {
      waiting.get(name)?.(value);
      waiting.delete(name);
    }
  });
  const answer = (name) => new Promise((resolve) => waiting.set(name, resolve));
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await Promise.race([answer("url"), ended.then(() => Promise.reject(new Error("the server ended")))]);
  return {
    url,
    ask(name) {
      const told = answer(name);
      child.send(name);
      return told;
    },
    async close() {
      child.send("close");
      return ended;
    },
  };
}

function createCaller(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS + 4 });
  const latencies = new Map();
  const call = (path, body) =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const start = performance.now();
      const sent = httpRequest(
        `${url}/v2/vectordb/${path}`,
        {
          method: "POST",
          agent,
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text) },
        },
        (response) => {
          const chunks = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () => {
            if (!latencies.has(path)) latencies.set(path, []);
            latencies.get(path).push(performance.now() - start);
            resolve(JSON.parse(Buffer.concat(chunks).toString()));
          });
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(text);
    });
  return { call, latencies, close: () => agent.destroy() };
}

class Client {
  rows = new Map();
  calls = 0;
  codes = new Map();

  constructor(number, call, wrong) {
    this.number = number;
    this.call = call;
    this.wrong = wrong;
    this.random = randomSource(SEED + number * 7919);
    this.partition = PARTITIONS[number % PARTITIONS.length];
    this.nextId = number * 1_000_000;
  }

  /** @returns the data, or undefined for a refusal that the contract allows */
  async ask(path, body, allowed) {
    const { code, data, message } = await this.call(path, body);
    this.calls++;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (code === 0) return data;
    if (!allowed.includes(code)) this.wrong(`${path} answered ${code} ${message}`);
    return undefined;
  }

  row(id) {
    const { random } = this;
    return {
      id,
      owner: this.number,
      n: random.int(0, 9),
      vector: [random.int(-50, 50), random.int(-50, 50), this.number, 1],
    };
  }

  async step() {
    const { random } = this;
    const at = random.next();
    if (this.rows.size > MOST_ROWS || at < 0.1) return this.deleteSome();
    if (at < 0.35) return this.write();
    if (at < 0.65) return this.search();
    if (at < 0.75) return this.query();
    if (at < 0.8) return this.get();
    if (at < 0.86) return this.searchGraph();
    if (at < 0.89) return this.insertGraph();
    if (this.number < 8) return this.cycle();
    return this.search();
  }

  async write() {
    const { random } = this;
    const upsert = random.next() < 0.4 && this.rows.size > 0;
    const ids = Array.from({ length: random.int(1, 10) }, () =>
      upsert ? random.pick([...this.rows.keys()]) : ++this.nextId,
    );
    const data = [...new Set(ids)].map((id) => this.row(id));
    const path = upsert ? "entities/upsert" : "entities/insert";
    const done = await this.ask(path, { collectionName: "rows", partitionName: this.partition, data }, []);
    if (done !== undefined) for (const row of data) this.rows.set(row.id, row);
  }

  async deleteSome() {
    const { random, rows } = this;
    if (rows.size === 0) return;
    if (random.next() < 0.5) {
      const id = [...rows.keys()].filter(() => random.next() < 0.5);
      if (id.length === 0) return;
      const data = await this.ask("entities/delete", { collectionName: "rows", id }, []);
      if (data === undefined) return;
      if (data.deleteCount !== id.length) this.wrong(`delete of ${id.length} own ids removed ${data.deleteCount}`);
      for (const gone of id) rows.delete(gone);
      return;
    }
    const bound = random.int(3, 8);
    const filter = `owner == ${this.number} and n > ${bound}`;
    const data = await this.ask("entities/delete", { collectionName: "rows", filter }, [101]);
    if (data === undefined) return;
    const gone = [...rows.values()].filter((row) => row.n > bound);
    // Of a released partition nothing is deleted.
    if (data.deleteCount === 0) return;
    if (data.deleteCount !== gone.length) this.wrong(`delete by filter removed ${data.deleteCount} of ${gone.length}`);
    for (const row of gone) rows.delete(row.id);
  }

  async search() {
    const { random } = this;
    const vector = [random.int(-50, 50), random.int(-50, 50), this.number, 1];
    const bound = random.int(0, 9);
    const named = random.next() < 0.5;
    const data = await this.ask(
      "entities/search",
      {
        collectionName: "rows",
        data: [vector],
        limit: 10,
        filter: `owner == ${this.number} and n <= ${bound}`,
        outputFields: ["n"],
        ...(named ? { partitionNames: [this.partition] } : {}),
      },
      named ? [101, 201] : [101],
    );
    if (data === undefined) return;
    const expected = [...this.rows.values()]
      .filter((row) => row.n <= bound)
      .map((row) => ({
        id: row.id,
        n: row.n,
        distance: (row.vector[0] - vector[0]) ** 2 + (row.vector[1] - vector[1]) ** 2,
      }))
      .sort((a, b) => a.distance - b.distance || a.id - b.id)
      .slice(0, 10);
    this.wholeOrNone(
      data.map(({ id, n, distance }) => ({ id, n, distance })),
      expected,
      named,
      "search",
    );
  }

  async query() {
    const named = this.random.next() < 0.5;
    const data = await this.ask(
      "entities/query",
      {
        collectionName: "rows",
        filter: `owner == ${this.number}`,
        outputFields: ["id", "n"],
        limit: 1000,
        ...(named ? { partitionNames: [this.partition] } : {}),
      },
      named ? [101, 201] : [101],
    );
    if (data === undefined) return;
    const expected = [...this.rows.values()].sort((a, b) => a.id - b.id).map(({ id, n }) => ({ id, n }));
    this.wholeOrNone(
      data.map(({ id, n }) => ({ id, n })),
      expected,
      named,
      "query",
    );
  }

  async get() {
    if (this.rows.size === 0) return;
    const row = this.random.pick([...this.rows.values()]);
    const data = await this.ask(
      "entities/get",
      { collectionName: "rows", id: row.id, outputFields: ["id", "n"] },
      [101],
    );
    if (data !== undefined)
      this.wholeOrNone(
        data.map(({ id, n }) => ({ id, n })),
        [{ id: row.id, n: row.n }],
        false,
        "get",
      );
  }

  /** All of what was asked for; nothing only while the partition is released, and never when it was named. */
  wholeOrNone(found, expected, named, what) {
    const same = JSON.stringify(found) === JSON.stringify(expected);
    if (same || (found.length === 0 && !named)) return;
    this.wrong(`${what} of client ${this.number}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }

  async searchGraph() {
    const data = await this.ask(
      "entities/search",
      { collectionName: "graph", data: [graphVector(this.random)], limit: 10 },
      [101],
    );
    if (data === undefined) return;
    if (data.length !== 10) this.wrong(`graph search found ${data.length}`);
    for (let i = 1; i < data.length; i++) {
      if (data[i].distance < data[i - 1].distance) this.wrong("graph search: hits are out of order");
    }
  }

  async insertGraph() {
    // No key twice: an upsert with one is refused whole.
    const ids = new Set(Array.from({ length: 10 }, () => this.random.int(1, GRAPH_ROWS)));
    const data = [...ids].map((id) => ({ id, vector: graphVector(this.random) }));
    await this.ask("entities/upsert", { collectionName: "graph", data }, []);
  }

  /** Releases something and loads it again. */
  async cycle() {
    const { random } = this;
    const at = random.next();
    const whole = { collectionName: random.next() < 0.7 ? "rows" : "graph" };
    const part = { collectionName: "rows", partitionNames: [random.pick(PARTITIONS)] };
    const [family, request] = at < 0.3 ? ["collections", whole] : ["partitions", part];
    // Answers 101 when another client releases what is being loaded.
    await this.ask(`${family}/release`, request, []);
    await this.ask(`${family}/load`, request, [101]);
    await this.ask("collections/load", { collectionName: request.collectionName }, [101]);
  }
}

function graphVector(random) {
  return Array.from({ length: GRAPH_DIMENSION }, () => Math.round(random.next() * 1000) / 1000);
}

function fields(dimension, more) {
  return [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    ...more.map((fieldName) => ({ fieldName, dataType: "Int32" })),
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: dimension } },
  ];
}

async function prepare(call) {
  const must = async (path, body) => {
    const { code, message } = await call(path, body);
    if (code !== 0) throw new Error(`${path}: ${code} ${message}`);
  };
  const index = (indexType) => [{ fieldName: "vector", indexType, metricType: "L2" }];
  await must("collections/create", {
    collectionName: "rows",
    schema: { fields: fields(4, ["owner", "n"]) },
    indexParams: index("FLAT"),
  });
  for (const partitionName of PARTITIONS) await must("partitions/create", { collectionName: "rows", partitionName });
  await must("collections/create", {
    collectionName: "graph",
    schema: { fields: fields(GRAPH_DIMENSION, []) },
    indexParams: index("HNSW"),
  });
  const random = randomSource(SEED);
  for (let from = 1; from <= GRAPH_ROWS; from += 500) {
    const data = Array.from({ length: 500 }, (_, i) => ({ id: from + i, vector: graphVector(random) }));
    await must("entities/insert", { collectionName: "graph", data });
  }
}

function summary(latencies) {
  const of = (list) => {
    const sorted = [...list].sort((a, b) => a - b);
    const at = (share) =>
      Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
    return { calls: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  const all = [...latencies.values()].flat();
  return { all: of(all), ...Object.fromEntries([...latencies].sort().map(([path, list]) => [path, of(list)])) };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "elanus-load-"));
  const problems = new Map();
  const wrong = (text) => problems.set(text, (problems.get(text) ?? 0) + 1);
  try {
    const server = await startServer(join(folder, "load.db"));
    const caller = createCaller(server.url);
    await prepare(caller.call);
    caller.latencies.clear();
    const clients = Array.from({ length: CLIENTS }, (_, number) => new Client(number, caller.call, wrong));
    const samples = [];
    const start = performance.now();
    const end = start + SECONDS * 1000;
    const sampler = setInterval(async () => samples.push(await server.ask("memory")), Math.max(500, SECONDS * 20));
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() < end && problems.size < 20) await client.step();
      }),
    );
    clearInterval(sampler);
    const seconds = (performance.now() - start) / 1000;
    const report = {
      seed: SEED,
      clients: CLIENTS,
      seconds: Math.round(seconds),
      milliseconds: summary(caller.latencies),
    };
    // Nothing may be lost, and nobody may be left half loaded.
    await caller.call("collections/load", { collectionName: "rows" });
    await caller.call("collections/load", { collectionName: "graph" });
    for (const client of clients) {
      const { data } = await caller.call("entities/query", {
        collectionName: "rows",
        filter: `owner == ${client.number}`,
        outputFields: ["id", "n", "vector"],
        limit: 1000,
      });
      const stored = JSON.stringify(data?.map(({ id, n, vector }) => [id, n, vector]));
      const expected = JSON.stringify(
        [...client.rows.values()].sort((a, b) => a.id - b.id).map(({ id, n, vector }) => [id, n, vector]),
      );
      if (stored !== expected)
        wrong(`rows of client ${client.number} are not what it wrote: ${stored} instead of ${expected}`);
    }
    const { data } = await caller.call("entities/query", { collectionName: "graph", outputFields: ["count(*)"] });
    if (data?.[0]?.["count(*)"] !== GRAPH_ROWS) wrong(`graph holds ${JSON.stringify(data)} of ${GRAPH_ROWS} rows`);
    for (const problem of (await server.ask("check")).problems) wrong(`check: ${problem}`);
    caller.close();
    const code = await server.close();
    if (code !== 0) wrong(`the server ended with ${code}`);
    const quarter = Math.floor(samples.length / 4);
    const [second, last] = [samples.slice(quarter, 2 * quarter), samples.slice(-Math.max(1, quarter))];
    const of = (list, key) => median(list.map((sample) => sample[key]));
    const memory = {
      rssHalf: megabytes(of(second, "rss")),
      rssEnd: megabytes(of(last, "rss")),
      inUseHalf: megabytes(of(second, "inUse")),
      inUseEnd: megabytes(of(last, "inUse")),
    };
    // A short run says nothing about growth.
    if (SECONDS >= 60) {
      if (memory.inUseEnd > memory.inUseHalf * 1.1 + 8) wrong(`memory in use grew: ${JSON.stringify(memory)}`);
      if (memory.rssEnd > memory.rssHalf * 1.15 + 16) wrong(`resident memory grew: ${JSON.stringify(memory)}`);
    }
    const codes = {};
    for (const client of clients) for (const [code, count] of client.codes) codes[code] = (codes[code] ?? 0) + count;
    const calls = clients.reduce((sum, client) => sum + client.calls, 0);
    console.log(
      JSON.stringify(
        { ...report, callsPerSecond: Math.round(calls / seconds), codes, memory, problems: [...problems.keys()] },
        null,
        1,
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = problems.size === 0 ? 0 : 1;
}

if (process.argv[2] === "serve") await serve(process.argv[3]);
else await main();
