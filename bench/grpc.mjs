// Elanus as a gRPC server, seen by official clients, beside a server that answers canned bytes at once: what the client itself
// costs. Rates of one run are compared with each other, never with those of another day.
//
//   node bench/grpc.mjs [connect] [node] [pymilvus]
//
// pymilvus needs BENCH_PYTHON, a Python with pymilvus; with milvus-lite==2.5.1 it is measured too. BENCH_MILVUS is the URL of a real
// server that is measured beside them. BENCH_BATCH rows are inserted at a time (5,000); Elanus waits for the disk once for each.
import { execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clustered } from "./data.mjs";
import { measureNode } from "./grpc/node-client.mjs";
import { machine } from "./lib/machine.mjs";
import { median, round } from "./lib/measure.mjs";

const wanted = process.argv.slice(2);
/** Each figure is the middle one of so many. */
const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), "elanus-bench-"));
const child = (name) => join(import.meta.dirname, "grpc", name);

/** `elanus serve` on a file, in a process of its own. */
async function startElanus(name) {
  const command = join(import.meta.dirname, "../dist/cli.js");
  const server = spawn(process.execPath, [command, "serve", "--path", join(folder, name), "--port", "0"]);
  for await (const chunk of server.stdout) {
    const port = /listening on http:\/\/[^:]+:(\d+)/.exec(String(chunk))?.[1];
    if (port !== undefined) return { port: Number(port), stop: () => server.kill() };
  }
  throw new Error("elanus serve ended");
}

/** The canned server in front of another one; `replay` makes it answer by itself. */
async function startCanned(port) {
  const server = fork(child("canned-server.mjs"), [String(port)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [said] = await once(server.stdout, "data");
  return {
    port: Number(said),
    async replay() {
      server.send("replay");
      await once(server, "message");
    },
    stop: () => server.disconnect(),
  };
}

function nearest(base, query, dimension, k) {
  const distances = Array.from({ length: base.length / dimension }, (_, i) => {
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += (base[i * dimension + d] - query[d]) ** 2;
    return [sum, i];
  });
  return distances
    .sort(([a], [b]) => a - b)
    .slice(0, k)
    .map(([, i]) => i);
}

/** Milliseconds from `listen` to the first answer of Connect, in fresh processes: HTTP/2 is loaded by the first client. */
function measureConnect() {
  const times = Array.from({ length: 7 }, () =>
    Number(execFileSync(process.execPath, [child("first-connect.mjs")], { encoding: "utf8" })),
  );
  return { listenToConnectMs: { median: round(median(times)), max: round(Math.max(...times)) } };
}

/** What pymilvus gets out of each server, in turn. */
async function measurePymilvus(elanus, canned) {
  const python = process.env.BENCH_PYTHON;
  if (python === undefined) return "skipped: BENCH_PYTHON is not set";
  const [rows, queryCount, dimension] = [20_000, 200, 128];
  const { base, queries } = clustered(rows, queryCount, dimension, 1001);
  const query = (i) => queries.subarray(i * dimension, (i + 1) * dimension);
  const truth = Array.from({ length: queryCount }, (_, i) => nearest(base, query(i), dimension, 10));
  writeFileSync(join(folder, "base.f32"), base);
  writeFileSync(join(folder, "queries.f32"), queries);
  writeFileSync(join(folder, "truth.i32"), Int32Array.from(truth.flat()));
  const run = (uri, ...more) =>
    JSON.parse(
      execFileSync(python, [child("pymilvus_client.py"), uri, folder, String(dimension), ...more], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
  const address = ({ port }) => `http://127.0.0.1:${port}`;
  run(address(canned), "64");
  await canned.replay();
  const real = process.env.BENCH_MILVUS;
  const servers = {
    canned: () => run(address(canned), "64"),
    elanus: () => run(address(elanus)),
    ...(hasLite(python) && { lite: () => run(join(folder, "lite.db")) }),
    ...(real !== undefined && { real: () => run(real) }),
  };
  const found = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) for (const name in servers) found[name].push(servers[name]());
  const best = (name, key) => median(found[name].map((figures) => figures[key]));
  const figures = Object.fromEntries(
    Object.keys(found).map((name) => [
      name,
      {
        rowsPerSecond: best(name, "rowsPerSecond"),
        queriesPerSecond: best(name, "queriesPerSecond"),
        queryMs: best(name, "queryMs"),
        ...(name !== "canned" && { ef: found[name][0].ef, recall: found[name][0].recall }),
      },
    ]),
  );
  const others = Object.keys(figures).filter((name) => name === "lite" || name === "real");
  return {
    rows,
    dimension,
    ...figures,
    searchesOfCeiling: round(figures.elanus.queriesPerSecond / figures.canned.queriesPerSecond, 2),
    medianOfCeiling: round(figures.canned.queryMs / figures.elanus.queryMs, 2),
    ...(others.length > 0 && {
      rowsToBetter: round(
        figures.elanus.rowsPerSecond / Math.max(...others.map((name) => figures[name].rowsPerSecond)),
        2,
      ),
    }),
  };
}

function hasLite(python) {
  try {
    execFileSync(python, ["-c", "import milvus_lite"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs `measure` against fresh servers. */
async function beside(name, measure) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const elanus = await startElanus(`${name}.db`);
  const canned = await startCanned(elanus.port);
  try {
    console.log(JSON.stringify({ [name]: await measure(elanus, canned) }, null, 1));
  } finally {
    elanus.stop();
    canned.stop();
  }
}

try {
  console.log(JSON.stringify({ machine: machine(import.meta.url, ["elanus", "@zilliz/milvus2-sdk-node"]) }));
  await beside("connect", measureConnect);
  await beside("node", (elanus, canned) => measureNode(elanus, canned, folder));
  await beside("pymilvus", measurePymilvus);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
