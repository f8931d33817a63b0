// Elanus beside the other embedded vector stores that npm installs.
//
//   npm run bench:peers                               installs the peers (bench/peers/package.json) when they are missing
//   node bench/peers/run.mjs clus100k elanus zvec     one data set, some engines
//   ROWS=10000 node bench/peers/run.mjs               smaller; ROUNDS=1: one turn instead of three
//   without names of engines Milvus 2.3.5 and Milvus Lite come last, where Python can install them (milvus.mjs)
//   MNIST=<folder with the original test images>: 9000 rows instead of the 1500 in the repository
//
// Builds run once. Searches run in turns (every engine, then every engine again), each in a fresh process, one thread
// (LanceDB: its own pool); the figures are medians of the turns, and of five passes in each.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataset, prepare } from "../lib/datasets.mjs";
import { machine } from "../lib/machine.mjs";
import { median, now, qpsAtRecall, round } from "../lib/measure.mjs";
import { compile, runNative } from "../lib/native.mjs";
import { runPhase } from "../lib/phase.mjs";
import { measureMilvus } from "./milvus.mjs";

const here = import.meta.dirname;
const ENGINES = ["elanus", "hnswlib-node", "vectorlite", "zvec", "usearch", "lancedb", "sqlite-vec", "pglite"];
const NO_FILTER = new Set(["usearch"]);
const NO_DELETE = new Set(["vectorlite"]);
const SLOW = { clus50k: new Set(["pglite"]) };
const SETS = ["clus100k", "clus50k", "clus384", "mnist"];
const PERCENTS = [1, 10, 50];
const args = process.argv.slice(2);
const sets = args.some((a) => SETS.includes(a)) ? SETS.filter((s) => args.includes(s)) : SETS;
const named = args.filter((a) => !SETS.includes(a));
const rounds = Number(process.env.ROUNDS ?? 3);
const rowsOf = (name) => (process.env.ROWS === undefined || name === "mnist" ? undefined : Number(process.env.ROWS));

if (!existsSync(join(here, "node_modules"))) {
  execFileSync("npm", ["ci"], { cwd: here, stdio: "inherit", shell: process.platform === "win32" });
}
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-peers-"));
const native = compile("hnsw", folder, new URL("./run.mjs", import.meta.url));
const results = {
  machine: machine(new URL("./run.mjs", import.meta.url), [
    "@zvec/zvec",
    "vectorlite",
    "usearch",
    "@lancedb/lancedb",
    "sqlite-vec",
    "@electric-sql/pglite",
    "@electric-sql/pglite-pgvector",
    "hnswlib-node",
    "better-sqlite3",
  ]),
  started: new Date().toISOString(),
  native: native.program === undefined ? { skipped: native.reason } : "hnswlib C++, -O3 -march=native",
  rounds,
  sets: {},
};
const one = (input, seconds = 600) => runPhase(join(here, "one.mjs"), input, { seconds });

function say(engine, what, value) {
  const text = JSON.stringify(value);
  console.log(`${engine.padEnd(13)} ${what.padEnd(7)} ${text.length > 600 ? `${text.slice(0, 600)} ...` : text}`);
}

/** Runs `work`; an engine that fails is noted and takes no further part. */
async function attempt(engines, engine, what, work) {
  if (engines[engine].error !== undefined) return undefined;
  try {
    const value = await work();
    say(engine, what, value);
    return value;
  } catch (error) {
    engines[engine].error = `${what}: ${error.message}`;
    say(engine, what, { error: error.message });
    return undefined;
  }
}

function medianPoints(turns, keys) {
  return turns[0].map((point, i) => {
    const merged = { ...point };
    for (const key of keys) merged[key] = median(turns.map((t) => t[i][key]));
    return merged;
  });
}

async function measure(name) {
  const rows = rowsOf(name);
  const set = dataset(name, rows);
  prepare(name, rows, PERCENTS);
  const slow = SLOW[name] ?? new Set();
  const list = ENGINES.filter((e) => (named.length === 0 ? !slow.has(e) : named.includes(e)));
  const engines = Object.fromEntries(list.map((e) => [e, {}]));
  const place = (engine) => join(folder, `${name}-${engine}`);
  const input = (engine, action) => ({ engine, action, set: name, rows, folder: place(engine), percents: PERCENTS });
  console.log(`\n${name}: ${set.rows} x ${set.dimension}, ${set.metric}`);

  const limit = {};
  if (native.program !== undefined) {
    const metric = set.metric === "L2" ? "l2" : "cosine";
    const graph = join(folder, `${name}.hnsw`);
    const built = runNative(native.program, ["build", set.files.base, set.rows, set.dimension, metric, graph]);
    say("C++", "build", built);
    limit.build = built;
    limit.search = () => {
      const { queries, truth } = set.files;
      const search = ["search", queries, set.queryCount, set.dimension, metric, graph, truth, "10,20,40,80"];
      return runNative(native.program, search);
    };
  }
  for (const engine of list) {
    engines[engine].build = await attempt(engines, engine, "build", () => one(input(engine, "build"), 1200));
  }
  const turns = Object.fromEntries(list.map((e) => [e, { search: [], filter: [] }]));
  const limits = [];
  for (let round = 0; round < rounds; round++) {
    if (limit.search !== undefined) limits.push(limit.search());
    for (const engine of list) {
      for (const action of ["search", "filter"]) {
        if (action === "filter" && NO_FILTER.has(engine)) continue;
        const value = await attempt(engines, engine, action, () => one(input(engine, action)));
        if (value !== undefined) turns[engine][action].push(value);
      }
    }
  }
  const figures = ["qps", "p50", "p95", "p99"];
  for (const engine of list) {
    const { search, filter } = turns[engine];
    const entry = engines[engine];
    if (search.length > 0) {
      entry.openMs = median(search.map((t) => t.openMs));
      entry.openRssMb = median(search.map((t) => t.openRssMb));
      entry.curve = medianPoints(
        search.map((t) => t.curve),
        figures,
      );
      entry.at = qpsAtRecall(entry.curve, 0.98);
    }
    if (filter.length > 0) {
      const part = (key) =>
        medianPoints(
          filter.map((t) => t.filtered.map((f) => f[key])),
          figures,
        );
      const fresh = part("fresh");
      const seen = part("seen");
      entry.filtered = PERCENTS.map((percent, i) => ({ percent, fresh: fresh[i], seen: seen[i] }));
    }
    if (!NO_DELETE.has(engine)) {
      entry.delete = await attempt(engines, engine, "delete", () => one(input(engine, "delete")));
    }
  }
  if (limits.length > 0) {
    const curve = medianPoints(
      limits.map((l) => l.curve),
      figures,
    );
    const openMs = round(median(limits.map((l) => l.openMs)));
    engines["hnswlib C++"] = { build: limit.build, openMs, curve, at: qpsAtRecall(curve, 0.98) };
    say("C++", "search", curve);
  }
  const { started, machine: on } = results;
  const shape = { rows: set.rows, dimension: set.dimension, metric: set.metric };
  results.sets[name] = { ...shape, started, commit: on.commit, rounds, engines };
  for (const engine of list) rmSync(place(engine), { recursive: true, force: true });
}

const began = now();
const target = join(here, "../results");
mkdirSync(target, { recursive: true });
// Sets that are measured with every engine take their place in peers.json; the others keep theirs.
const out = join(target, named.length === 0 && process.env.ROWS === undefined ? "peers.json" : "peers-part.json");
if (out.endsWith("peers.json") && existsSync(out)) {
  results.sets = JSON.parse(readFileSync(out, "utf8")).sets;
}
try {
  for (const name of sets) {
    await measure(name);
    results.seconds = round((now() - began) / 1000);
    writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
  }
  if (named.length === 0) {
    results.milvus = await measureMilvus();
    writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${results.seconds} s, written to ${out}`);
