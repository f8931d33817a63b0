// Clients over HTTP or gRPC for LOAD_SECONDS (default 120): inserts, upserts, deletes, searches, queries, load and release, and
// partitions that come and go.
//
//   LOAD_SURFACE=http (64 clients) or grpc (32 official ones); LOAD_CLIENTS, ELANUS_SEED
//
// Every client has rows of its own, all in one partition, so it knows what an answer may be: all of its matching rows, or
// none while its partition is released, or 101 or 201; never a part. At the end no row may be lost, the check must find
// nothing, and memory must not have grown in the second half. Prints a JSON report; exits with 1 when anything was wrong.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, GRAPH_DIMENSION, GRAPH_ROWS, graphVector, PARTITIONS } from "./load/client.mjs";
import { createGrpcCaller } from "./load/grpc-caller.mjs";
import { createHttpCaller } from "./load/http-caller.mjs";
import { randomSource } from "./load/random.mjs";
import { startServer } from "./load/server.mjs";

const SECONDS = Number(process.env.LOAD_SECONDS ?? 120);
const GRPC = process.env.LOAD_SURFACE === "grpc";
const CLIENTS = Number(process.env.LOAD_CLIENTS ?? (GRPC ? 32 : 64));
const SEED = Number(process.env.ELANUS_SEED ?? Date.now() % 2 ** 31);

/** The same call, its time noted. */
function timed(call, latencies) {
  return async (path, body) => {
    const start = performance.now();
    const reply = await call(path, body);
    if (!latencies.has(path)) latencies.set(path, []);
    latencies.get(path).push(performance.now() - start);
    return reply;
  };
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
    const caller = GRPC ? createGrpcCaller(server.url) : createHttpCaller(server.url, CLIENTS);
    const call = caller.connect();
    await prepare(call);
    const latencies = new Map();
    const clients = Array.from(
      { length: CLIENTS },
      (_, number) => new Client(number, timed(caller.connect(), latencies), wrong, SEED),
    );
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
      surface: GRPC ? "grpc" : "http",
      seed: SEED,
      clients: CLIENTS,
      seconds: Math.round(seconds),
      milliseconds: summary(latencies),
    };
    // Nothing may be lost, and nobody may be left half loaded.
    await call("collections/load", { collectionName: "rows" });
    await call("collections/load", { collectionName: "graph" });
    for (const client of clients) {
      const { data } = await call("entities/query", {
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
    const { data } = await call("entities/query", { collectionName: "graph", outputFields: ["count(*)"] });
    if (data?.[0]?.["count(*)"] !== GRAPH_ROWS) wrong(`graph holds ${JSON.stringify(data)} of ${GRAPH_ROWS} rows`);
    for (const problem of (await server.ask("check")).problems) wrong(`check: ${problem}`);
    await caller.close();
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

await main();
