// The vector layer by itself, beside raw hnswlib-node in the same process.
//   node --expose-gc bench/vector.mjs [part...]   parts: search filter exact build load (default: all)
//   ROWS=100000 DIMENSION=128 METRIC=L2 EF=20 are the defaults.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { bundleSource } from "../scripts/build/sources.mjs";
import { clustered, uniformCube } from "./data.mjs";

const { createVectorStore } = await import(await bundleSource("src/engine/vector/vector-store.ts"));

const env = process.env;
const N = Number(env.ROWS ?? 100_000);
const D = Number(env.DIMENSION ?? 128);
const METRIC = env.METRIC ?? "L2";
const EFS = (env.EF ?? "10,20,40,80").split(",").map(Number);
const M = 16;
const EF_CONSTRUCTION = 200;
const QUERIES = 1000;
const wanted = process.argv.slice(2);
const on = (part) => wanted.length === 0 || wanted.includes(part);
const out = {};
const say = (name, value) => {
  out[name] = value;
  console.log(name.padEnd(46), typeof value === "object" ? JSON.stringify(value) : value);
};
const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
const round = (x, digits = 2) => Number(x.toFixed(digits));
const rss = () => round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? 0) / 1024, 1);
const collect = async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

console.log(
  `${cpus()[0].model}, Node ${process.version}; ${N} x ${D} ${METRIC}, M ${M}, efConstruction ${EF_CONSTRUCTION}`,
);
const make = env.DATA === "uniform" ? uniformCube : clustered;
const { base, queries } = make(N, QUERIES, D, 1001);
const bytesOf = (v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
const floatsOf = (i) => queries.subarray(i * D, (i + 1) * D);
const query = (i) => bytesOf(floatsOf(i));
const key = (partitionId) => ({ collectionId: 1, partitionId, fieldId: 1 });
const options = (partitionId, kind = "graph") => ({
  type: "FloatVector",
  dimension: D,
  vectorBytes: D * 4,
  metric: METRIC,
  kind,
  m: M,
  efConstruction: EF_CONSTRUCTION,
  key: key(partitionId),
});
const ids = (from, n) => Float64Array.from({ length: n }, (_, i) => from + i);
/** Queries per second, the median of five passes, and the latencies of the last one. */
function measure(run, count = QUERIES) {
  for (let i = 0; i < Math.min(200, count); i++) run(i);
  const rates = [];
  let latencies = [];
  for (let pass = 0; pass < 5; pass++) {
    latencies = [];
    const start = performance.now();
    let last = start;
    for (let i = 0; i < count; i++) {
      run(i);
      const now = performance.now();
      latencies.push(now - last);
      last = now;
    }
    rates.push((count / (performance.now() - start)) * 1000);
  }
  latencies.sort((a, b) => a - b);
  const at = (p) => round(latencies[Math.floor(count * p)] * 1000, 1);
  return { qps: Math.round(median(rates)), p50us: at(0.5), p99us: at(0.99) };
}
function recallOf(found, truth) {
  let hit = 0;
  let all = 0;
  for (let i = 0; i < truth.length; i++) {
    const set = new Set(truth[i]);
    for (const id of found(i)) if (set.has(id)) hit++;
    all += truth[i].length;
  }
  return round(hit / all, 4);
}

const folder = mkdtempSync(join(tmpdir(), "elanus-bench-"));
const records = new Map();
const name = (k) => JSON.stringify(k);
const store = createVectorStore({
  snapshotFolder: folder,
  records: {
    get: (k) => records.get(name(k)),
    put: (r) => records.set(name(r.key), r),
    delete: (k) => records.delete(name(k)),
    all: () => [...records.values()],
  },
});

// --- build -----------------------------------------------------------------------------------------------------------
const meter = monitorEventLoopDelay({ resolution: 1 });
meter.enable();
/** The sampler sleeps 1 ms between looks. */
const longest = () => Math.max(0, meter.max / 1e6 - 1);
await collect();
const before = rss();
let segment = store.createSegment(options(1));
meter.reset();
let start = performance.now();
for (let i = 0; i < N; i += 1000) {
  segment.append(ids(i + 1, Math.min(1000, N - i)), bytesOf(base.subarray(i * D, (i + 1000) * D)));
  await new Promise((resolve) => setImmediate(resolve));
}
say("append, batches of 1000: rows/s", Math.round((N / (performance.now() - start)) * 1000));
// Search latency while the build runs.
const busy = [];
const built = segment.idle();
let done = false;
built.then(() => {
  done = true;
});
for (let i = 0; !done; i++) {
  const t = performance.now();
  segment.search(query(i % QUERIES), { k: 10, ef: 20 });
  busy.push(performance.now() - t);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
const progress = segment.progress();
say("build in a worker, snapshot included: rows/s", Math.round((N / (performance.now() - start)) * 1000));
busy.sort((a, b) => a - b);
say("search while building, ms p50 / p99", [round(median(busy), 3), round(busy[Math.floor(busy.length * 0.99)], 3)]);
say("longest event loop stall, append and build, ms", round(longest()));
say("progress", progress);

// --- the addon, same data ------------------------------------------------------------------------------------------------
const require = createRequire(import.meta.url);
let addon;
const plain = new Array(D).fill(0);
const toPlain = (v) => {
  for (let j = 0; j < D; j++) plain[j] = v[j];
  return plain;
};
if ((on("search") || on("build")) && existsSync(join(import.meta.dirname, "../node_modules/hnswlib-node"))) {
  const { HierarchicalNSW } = require("hnswlib-node");
  addon = new HierarchicalNSW({ L2: "l2", IP: "ip", COSINE: "cosine" }[METRIC], D);
  addon.initIndex(N, M, EF_CONSTRUCTION, 100);
  start = performance.now();
  for (let i = 0; i < N; i++) addon.addPoint(toPlain(base.subarray(i * D, (i + 1) * D)), i + 1);
  say("raw hnswlib-node build: rows/s", Math.round((N / (performance.now() - start)) * 1000));
}

// --- search ------------------------------------------------------------------------------------------------------------
const truth = Array.from({ length: 300 }, (_, i) =>
  Array.from(segment.search(query(i), { k: 10, ef: 10, exact: true }).rowIds),
);
if (on("search")) {
  for (const ef of EFS) {
    const run = (i) => segment.search(query(i), { k: 10, ef });
    say(`search ef ${ef}`, { recall: recallOf((i) => run(i).rowIds, truth), ...measure(run) });
    if (addon) {
      addon.setEf(ef);
      const raw = (i) => addon.searchKnn(toPlain(floatsOf(i)), 10);
      say(`raw hnswlib-node ef ${ef}`, { recall: recallOf((i) => raw(i).neighbors, truth), ...measure(raw) });
    }
  }
  for (const k of [100, 1000]) {
    const run = (i) => segment.search(query(i), { k, ef: 20 });
    const exact = Array.from({ length: 100 }, (_, i) =>
      Array.from(segment.search(query(i), { k, ef: k, exact: true }).rowIds),
    );
    say(`search k ${k}`, { recall: recallOf((i) => run(i).rowIds, exact), ...measure(run, 200) });
  }
}
if (on("exact"))
  say(
    "exact scan",
    measure((i) => segment.search(query(i), { k: 10, ef: 1, exact: true }), 100),
  );
if (on("filter")) {
  for (const percent of [1, 5, 7, 10, 20, 50, 90]) {
    let state = percent;
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    const allowed = ids(1, N).filter(() => chance() * 100 < percent);
    const filter = segment.prepare(allowed);
    const exact = Array.from({ length: 200 }, (_, i) =>
      Array.from(segment.search(query(i), { k: 10, ef: 20, exact: true, filter }).rowIds),
    );
    const run = (i) => segment.search(query(i), { k: 10, ef: 20, filter });
    const result = { rows: filter.count, recall: recallOf((i) => run(i).rowIds, exact), ...measure(run, 500) };
    const t = performance.now();
    for (let i = 0; i < 50; i++) void segment.prepare(allowed).count;
    say(`filter ${percent} %`, { ...result, prepareUs: round(((performance.now() - t) / 50) * 1000, 1) });
    say(
      `filter ${percent} %, exact`,
      measure((i) => segment.search(query(i), { k: 10, ef: 20, exact: true, filter }), 50),
    );
  }
  // A filter that allows the far half only.
  const side = (v) => v[0] + v[1] + v[2];
  const order = Array.from({ length: N }, (_, i) => i).sort(
    (a, b) => side(base.subarray(a * D, a * D + 3)) - side(base.subarray(b * D, b * D + 3)),
  );
  const far = Float64Array.from(order.slice(0, N / 10), (i) => i + 1).sort();
  const filter = segment.prepare(far);
  const exact = Array.from({ length: 200 }, (_, i) =>
    Array.from(segment.search(query(i), { k: 10, ef: 20, exact: true, filter }).rowIds),
  );
  const run = (i) => segment.search(query(i), { k: 10, ef: 20, filter });
  say("filter 10 %, one side of space", { recall: recallOf((i) => run(i).rowIds, exact), ...measure(run, 300) });
}

// --- snapshot ------------------------------------------------------------------------------------------------------------
if (on("load")) {
  await segment.idle();
  const all = ids(1, N);
  const source = {
    count: () => N,
    rowIds: (after, limit) => all.subarray(Math.max(0, after), Math.min(N, Math.max(0, after) + limit)),
    read: (after, limit) => {
      const from = Math.max(0, after);
      const rowIds = all.subarray(from, Math.min(N, from + limit));
      return {
        rowIds,
        vectors: Array.from(rowIds, (id) => new Uint8Array(base.buffer, base.byteOffset + (id - 1) * D * 4, D * 4)),
      };
    },
  };
  const first = segment.search(query(0), { k: 10, ef: 20 }).rowIds.join();
  segment.close();
  segment = undefined;
  await collect();
  const empty = rss();
  for (let i = 0; i < 3; i++) {
    segment = store.createSegment(options(1));
    meter.reset();
    start = performance.now();
    await segment.load(source, { aborted: false }, () => {});
    const ms = performance.now() - start;
    const same = segment.search(query(0), { k: 10, ef: 20 }).rowIds.join() === first;
    say("load from snapshot", {
      ms: round(ms, 1),
      stallMs: round(longest()),
      graphRows: segment.progress().graphRows,
      same,
    });
    const loaded = rss();
    segment.close();
    segment = undefined;
    const closed = rss();
    await collect();
    say("rss MB: before, loaded, closed, collected", [empty, loaded, closed, rss()]);
  }
  const flat = store.createSegment(options(2, "exact"));
  meter.reset();
  start = performance.now();
  await flat.load(source, { aborted: false }, () => {});
  say("load exact rows from the source", { ms: round(performance.now() - start, 1), stallMs: round(longest()) });
  meter.reset();
  start = performance.now();
  flat.remove(ids(1, 10_000));
  say("remove 10,000 rows, ms", round(performance.now() - start));
  flat.close();
}
say("rss MB before anything", before);
meter.disable();
await store.close();
rmSync(folder, { recursive: true });
