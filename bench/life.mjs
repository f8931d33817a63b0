/**
 * The life of a collection through the public API: insert, build behind, search, filter, delete, release, load, reopen.
 * Prints rates, recall, memory and the longest event-loop stall of each phase.
 *
 *   node --expose-gc bench/life.mjs [rows=50000] [dimension=128] [--worker] [--memory]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Elanus } from "../dist/esm/index.js";
import { clustered } from "./data.mjs";
import { StallMeter } from "./stall-meter.mjs";

const numbers = process.argv
  .slice(2)
  .filter((a) => /^\d+$/.test(a))
  .map(Number);
const rows = numbers[0] ?? 50_000;
const dimension = numbers[1] ?? 128;
const worker = process.argv.includes("--worker");
const memory = process.argv.includes("--memory");
const collectionName = "life";
const BATCH = 1000;
const QUERIES = 200;

const folder = mkdtempSync(join(tmpdir(), "elanus-bench-"));
const path = memory ? ":memory:" : join(folder, "life.db");
const meter = new StallMeter();
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
async function resident() {
  for (let i = 0; i < 6; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().rss;
}
async function phase(name, work) {
  meter.reset();
  const start = performance.now();
  const note = await work();
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(
    `${name.padEnd(34)} ${ms.toFixed(0).padStart(7)} ms   stall max ${meter.max().toFixed(1)} ms, p99 ${meter.p99().toFixed(1)} ms   ${note ?? ""}`,
  );
}

console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}; ${rows} x ${dimension}, ${memory ? "memory" : "file, durability full"}${worker ? ", worker" : ""}`,
);
const { base, queries } = clustered(rows, QUERIES, dimension, 1001);
let db = await Elanus.open(path, { worker });
await db.collections.create({
  collectionName,
  schema: {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "sel", dataType: "Int32" },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: dimension } },
    ],
  },
  indexParams: [
    { fieldName: "vector", indexType: "HNSW", metricType: "L2", params: { M: 16, efConstruction: 200 } },
    { fieldName: "sel", indexType: "INVERTED" },
  ],
});

await phase("insert, batches of 1000", async () => {
  const start = performance.now();
  for (let from = 0; from < rows; from += BATCH) {
    const data = [];
    for (let i = from; i < Math.min(rows, from + BATCH); i++) {
      data.push({ id: i, sel: i % 1000, vector: base.subarray(i * dimension, (i + 1) * dimension) });
    }
    await db.entities.insert({ collectionName, data });
  }
  return `${Math.round((rows / (performance.now() - start)) * 1000)} rows/s`;
});
await phase("graph built behind", async () => {
  for (;;) {
    const [index] = await db.indexes.describe({ collectionName, indexName: "vector" });
    if (index.pendingRows === 0) return `${index.indexedRows} indexed, ${index.indexState}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

const truth = [];
for (let q = 0; q < QUERIES; q++) truth.push(exact(queries.subarray(q * dimension, (q + 1) * dimension), 10));
for (const ef of [20, 64]) {
  await phase(`search k 10, ef ${ef}`, async () => {
    let hits = 0;
    const start = performance.now();
    for (let q = 0; q < QUERIES; q++) {
      const found = await db.entities.search({
        collectionName,
        data: [queries.subarray(q * dimension, (q + 1) * dimension)],
        limit: 10,
        searchParams: { ef },
      });
      for (const hit of found) if (truth[q].has(hit.id)) hits++;
    }
    return `${Math.round((QUERIES / (performance.now() - start)) * 1000)} QPS, recall ${(hits / QUERIES / 10).toFixed(4)}`;
  });
}

await db.collections.release({ collectionName });
const before = await resident();
await phase("load", () => db.collections.load({ collectionName }));
await db.entities.search({ collectionName, data: [queries.subarray(0, dimension)], limit: 10 });
const loaded = await resident();
await phase("release", () => db.collections.release({ collectionName }));
const released = await resident();
console.log(
  `resident memory: before load ${megabytes(before)}, loaded ${megabytes(loaded)} (+${megabytes(loaded - before)}), released ${megabytes(released)}`,
);
await db.collections.load({ collectionName });

await phase("delete 10 % by filter", async () => {
  const { deleteCount } = await db.entities.delete({ collectionName, filter: "sel < 100" });
  return `${deleteCount} deleted`;
});
if (!memory) {
  await phase("close", () => db.close());
  await phase("open, first answer", async () => {
    db = await Elanus.open(path, { worker });
    await db.entities.search({ collectionName, data: [queries.subarray(0, dimension)], limit: 10 });
  });
}
console.log(JSON.stringify((await db.stats()).segments));
await db.close();
meter.close();
rmSync(folder, { recursive: true, force: true });

function exact(query, k) {
  const best = [];
  for (let i = 0; i < rows; i++) {
    let distance = 0;
    for (let d = 0; d < dimension; d++) {
      const difference = base[i * dimension + d] - query[d];
      distance += difference * difference;
    }
    if (best.length < k || distance < best[best.length - 1].distance) {
      best.push({ i, distance });
      best.sort((a, b) => a.distance - b.distance);
      if (best.length > k) best.pop();
    }
  }
  return new Set(best.map((b) => b.i));
}
