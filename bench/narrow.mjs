// Vectors narrower than float32. The exact scan of bits beside one in C++, turn about; and graphs of the three narrow number
// types beside float32: the same vectors, memory, and searches per second of this thread's processor time at the same recall.
//
//   node --expose-gc bench/narrow.mjs [bits] [graphs]
//   ROWS=50000 DIMENSION=256 BIT_ROWS=1000000 BITS=768 ROUNDS=3 are the defaults
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleSource } from "../scripts/build/sources.mjs";
import { clustered } from "./data.mjs";
import { machine } from "./lib/machine.mjs";
import { median, qpsAtRecall } from "./lib/measure.mjs";
import { compile, runNative } from "./lib/native.mjs";

const { createVectorStore } = await import(await bundleSource("src/engine/vector/vector-store.ts"));
const { vectorType } = await import(await bundleSource("src/engine/model/types/table.ts"));

const env = process.env;
const asked = process.argv.slice(2);
const on = (part) => asked.length === 0 || asked.includes(part);
const rounds = Number(env.ROUNDS ?? 3);
const store = createVectorStore({});
const { cpu, cores, node } = machine(import.meta.url, []);
console.log(`${cpu}, ${cores} cores, Node ${node}\n`);

const QUERIES = 300;
let partitionId = 1;
function makeSegment(type, dimension, metric, kind) {
  const vectorBytes = vectorType(type).bytesPerVector(dimension);
  const key = { collectionId: 1, partitionId: partitionId++, fieldId: 100 };
  return store.createSegment({ type, dimension, vectorBytes, metric, kind, m: 16, efConstruction: 200, key });
}

function append(segment, bytes, rows) {
  const { vectorBytes } = segment.options;
  const step = 20_000;
  for (let from = 0; from < rows; from += step) {
    const count = Math.min(step, rows - from);
    const ids = Float64Array.from({ length: count }, (_, i) => from + i + 1);
    segment.append(ids, bytes.subarray(from * vectorBytes, (from + count) * vectorBytes));
  }
}

function randomBits(bytes, seed) {
  const words = new Uint32Array(bytes / 4);
  let s = seed;
  for (let i = 0; i < words.length; i++) {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    words[i] = s;
  }
  return new Uint8Array(words.buffer);
}

function scanBits(metric, native) {
  const rows = Number(env.BIT_ROWS ?? 1_000_000);
  const bits = Number(env.BITS ?? 768);
  const segment = makeSegment("BinaryVector", bits, metric, "exact");
  append(segment, randomBits((rows * bits) / 8, 12345), rows);
  const queries = randomBits(40 * (bits / 8), 999);
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds * 2; round++) {
    const times = [];
    for (let q = 0; q < 40; q++) {
      const query = queries.subarray((q * bits) / 8, ((q + 1) * bits) / 8);
      const begin = performance.now();
      segment.search(query, { k: 10, ef: 10 });
      times.push(performance.now() - begin);
    }
    // The first round warms up.
    if (round > 0) ours.push({ p50: median(times), min: Math.min(...times) });
    if (native === undefined) continue;
    const { p50Ms, minMs } = runNative(native, [rows, bits, 40, ...(metric === "JACCARD" ? ["jaccard"] : [])]);
    theirs.push({ p50: p50Ms, min: minMs });
  }
  segment.close();
  const of = (list, key) => median(list.map((one) => one[key]));
  const shown = ["p50", "min"].map((key) => {
    if (theirs.length === 0) return `${key} ${of(ours, key).toFixed(2)} ms`;
    const [a, b] = [of(ours, key), of(theirs, key)];
    return `${key} ${a.toFixed(2)} ms, C++ ${b.toFixed(2)} ms, ratio ${(a / b).toFixed(2)}`;
  });
  console.log(`${metric}, ${rows} x ${bits} bits, k 10, one thread: ${shown.join("; ")}`);
}

const threadMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** The vectors in the stored form of a type; int8: scaled to its range. */
function stored(type, numbers, dimension) {
  const { codec, bytesPerVector } = vectorType(type);
  const field = { name: "v", type, params: { dim: String(dimension) } };
  const count = numbers.length / dimension;
  const bytes = new Uint8Array(count * bytesPerVector(dimension));
  const write = codec.writer(bytes, {
    field,
    late: (error) => {
      throw error;
    },
  });
  for (let i = 0; i < count; i++) {
    const row = numbers.subarray(i * dimension, (i + 1) * dimension);
    write(
      type === "Int8Vector"
        ? Array.from(row, (x) => Math.max(-128, Math.min(127, Math.round(x * 50))))
        : Array.from(row),
      i,
    );
  }
  return bytes;
}

async function graphs(metric) {
  const rows = Number(env.ROWS ?? 50_000);
  const dimension = Number(env.DIMENSION ?? 256);
  const { base, queries: asking } = clustered(rows, QUERIES, dimension, 1);
  const made = [];
  for (const type of ["FloatVector", "Float16Vector", "BFloat16Vector", "Int8Vector"]) {
    const segment = makeSegment(type, dimension, metric, "graph");
    const begin = performance.now();
    append(segment, stored(type, base, dimension), rows);
    await segment.idle();
    const buildMs = performance.now() - begin;
    const { vectorBytes } = segment.options;
    const bytes = stored(type, asking, dimension);
    const queries = Array.from({ length: QUERIES }, (_, i) => bytes.subarray(i * vectorBytes, (i + 1) * vectorBytes));
    const truth = queries.map((query) => new Set(segment.search(query, { k: 10, ef: 10, exact: true }).rowIds));
    made.push({ type, segment, queries, truth, buildMs, curve: new Map() });
  }
  // Turn about, so that all meet the same noise.
  for (let round = 0; round < rounds; round++) {
    for (const { segment, queries, truth, curve } of made) {
      for (const ef of [10, 16, 24, 40, 64, 100, 160]) {
        let found = 0;
        const start = threadMs();
        for (let pass = 0; pass < 3; pass++) {
          for (let q = 0; q < queries.length; q++) {
            const { rowIds } = segment.search(queries[q], { k: 10, ef });
            if (pass === 0) for (const id of rowIds) if (truth[q].has(id)) found++;
          }
        }
        const qps = (3000 * QUERIES) / (threadMs() - start);
        const known = curve.get(ef);
        curve.set(ef, { knob: ef, qps: Math.max(known?.qps ?? 0, qps), recall: found / (10 * queries.length) });
      }
    }
  }
  console.log(`\n${metric}, ${rows} x ${dimension}, M 16, efConstruction 200, k 10; each against its own exact search`);
  const reference = [...made[0].curve.values()];
  for (const { type, segment, buildMs, curve } of made) {
    const points = [...curve.values()];
    const cells = [0.95, 0.98].map((recall) => {
      const [own, float] = [qpsAtRecall(points, recall)?.qps, qpsAtRecall(reference, recall)?.qps];
      return own === undefined || float === undefined
        ? `${recall}: -`
        : `${recall}: ${Math.round(own)} q/s (${(own / float).toFixed(2)}x)`;
    });
    const mb = segment.progress().memoryBytes / 2 ** 20;
    console.log(
      `${type.padEnd(15)} ${mb.toFixed(0)} MB, built in ${(buildMs / 1000).toFixed(1)} s, ${cells.join(", ")}`,
    );
    segment.close();
  }
}

if (on("bits")) {
  const folder = mkdtempSync(join(tmpdir(), "elanus-narrow-"));
  try {
    const { program, reason } = compile("popcount", folder, import.meta.url);
    if (program === undefined) console.log(`without C++: ${reason}`);
    for (const metric of ["HAMMING", "JACCARD"]) scanBits(metric, program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (on("graphs")) for (const metric of (env.METRICS ?? "L2,COSINE").split(",")) await graphs(metric);
await store.close();
