/**
 * Searches through a server on loopback, eight clients that ask again when they have their answer: Elanus over REST v2 and gRPC beside
 * bare servers of node:http and node:http2 that read the same requests and answer the same bytes. Server and clients are processes of
 * their own, the servers asked in turn. Told of each: requests a second, which others on the machine take away, and the processor time of
 * the server for a request, all of its threads together; of Elanus', how much the search itself is, measured in this process.
 *
 *   npm run build && node bench/surfaces.mjs [rows=1000] [dimension=128] [--only=http|grpc] [--profile]
 *
 * --profile writes a processor profile of the server into the working folder.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { clustered } from "./data.mjs";
import { Elanus } from "./lib/elanus.mjs";
import { machine } from "./lib/machine.mjs";
import { median, round, spent, throughput } from "./lib/measure.mjs";
import { searchFrame } from "./lib/protobuf.mjs";

const args = process.argv.slice(2);
const [rows = 1000, dimension = 128] = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
const only = args.find((arg) => arg.startsWith("--only="))?.slice(7);
const TURNS = 9;
const QUERIES = 200;
const EF = 20;
const PATHS = { http: "/v2/vectordb/entities/search", grpc: "/milvus.proto.milvus.MilvusService/Search" };

const folder = mkdtempSync(join(tmpdir(), "elanus-surfaces-"));
const path = join(folder, "surfaces.db");
const set = clustered(rows, QUERIES, dimension, 1001);
const vector = (all, i) => all.subarray(i * dimension, (i + 1) * dimension);
const bodies = {
  http: Array.from({ length: QUERIES }, (_, i) =>
    Buffer.from(
      JSON.stringify({
        collectionName: "c",
        data: [Array.from(vector(set.queries, i))],
        limit: 10,
        searchParams: { ef: EF },
      }),
    ),
  ),
  grpc: Array.from({ length: QUERIES }, (_, i) => searchFrame("c", vector(set.queries, i), { ef: EF })),
};

async function fill() {
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName: "c", dimension, metricType: "L2" });
  for (let from = 0; from < rows; from += 1000) {
    const data = Array.from({ length: Math.min(1000, rows - from) }, (_, i) => ({
      id: from + i,
      vector: vector(set.base, from + i),
    }));
    await db.entities.insert({ collectionName: "c", data });
  }
  for (;;) {
    const [index] = await db.indexes.describe({ collectionName: "c", indexName: "vector" });
    if (index.pendingRows === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ask = (i) =>
    db.entities.search({ collectionName: "c", data: [vector(set.queries, i)], limit: 10, searchParams: { ef: EF } });
  const { qps } = await throughput(ask, { queries: QUERIES });
  const before = spent();
  const calls = 5000;
  for (let i = 0; i < calls; i++) await ask(i % QUERIES);
  const processor = ((spent() - before) / calls) * 1000;
  await db.close();
  return { qps, us: round(processor) };
}

async function startElanus() {
  const profile = args.includes("--profile") ? ["--cpu-prof", `--cpu-prof-dir=${process.cwd()}`] : [];
  const command = join(import.meta.dirname, "../dist/cli.js");
  const server = spawn(process.execPath, [...profile, command, "serve", "--path", path, "--port", "0"]);
  for await (const chunk of server.stdout) {
    const port = Number(/listening on http:\/\/[^:]+:(\d+)/.exec(String(chunk))?.[1]);
    if (port > 0) return { pid: server.pid, http: port, grpc: port, stop: () => server.kill("SIGTERM") };
  }
  throw new Error("elanus serve ended");
}

async function startBare(answers) {
  const server = fork(join(import.meta.dirname, "surfaces/bare-server.mjs"));
  server.send(answers);
  const [ports] = await once(server, "message");
  return { pid: server.pid, ...ports, stop: () => server.disconnect() };
}

/** Microseconds of processor time that the threads of a process have had; undefined where the system does not tell. */
function processorUs(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const ran = (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    return threads.reduce((sum, thread) => sum + ran(thread), 0) / 1000;
  } catch {
    return undefined;
  }
}

const loader = fork(join(import.meta.dirname, "surfaces/load.mjs"));
async function load(server, protocol, seconds = 0.6) {
  loader.send({
    protocol,
    port: server[protocol],
    path: PATHS[protocol],
    bodies: bodies[protocol].map((body) => body.toString("base64")),
    connections: 8,
    seconds,
    passes: 3,
  });
  const message = async () => (await once(loader, "message"))[0];
  await message();
  const begun = processorUs(server.pid);
  await message();
  const ended = processorUs(server.pid);
  const figures = await message();
  if (figures.failed !== undefined) throw new Error(`${protocol}: ${figures.failed}`);
  return { ...figures, us: ended === undefined ? undefined : (ended - begun) / figures.count };
}

try {
  console.log(JSON.stringify({ ...machine(import.meta.url, ["elanus"]), load: loadavg()[0], rows, dimension }));
  const search = await fill();
  console.log(`in process: ${search.qps} searches/s, ${search.us} us of processor time each\n`);
  const elanus = await startElanus();
  const first = {};
  for (const protocol of Object.keys(PATHS)) first[protocol] = (await load(elanus, protocol, 0.3)).first;
  const bare = await startBare({ json: first.http, grpc: first.grpc });
  console.log(
    "| surface | Elanus/s | bare/s | ratio | p50, p99 us | bare | Elanus, us | of it the search | bare, us | bare / Elanus | without the search |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const protocol of Object.keys(PATHS)) {
    if (only !== undefined && only !== protocol) continue;
    const servers = { elanus, bare };
    const figures = { elanus: [], bare: [] };
    for (const server of Object.values(servers)) await load(server, protocol, 2);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [name, server] of Object.entries(servers)) figures[name].push(await load(server, protocol));
    }
    const middle = (server, key) => median(figures[server].map((each) => each[key]));
    const times = (server) => `${middle(server, "p50")}, ${middle(server, "p99")}`;
    const [ours, floor] = [middle("elanus", "us"), middle("bare", "us")];
    const columns = [
      protocol,
      middle("elanus", "qps"),
      middle("bare", "qps"),
      round(middle("elanus", "qps") / middle("bare", "qps"), 2),
      times("elanus"),
      times("bare"),
      round(ours),
      search.us,
      round(floor),
      round(floor / ours, 2),
      round(floor / Math.max(ours - search.us, 1), 2),
    ];
    console.log(`| ${columns.join(" | ")} |`);
  }
  console.log(`\nload at the end: ${loadavg()[0]}`);
  elanus.stop();
  bare.stop();
} finally {
  loader.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
