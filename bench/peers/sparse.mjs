// Sparse vectors beside zvec, both through their own interface, turn about in one process: 10 nearest by the inner product.
// The exact answer is Elanus'; zvec's own exact index (FLAT) and its graph (HNSW) are held to it.
//
//   npm run build && node bench/peers/sparse.mjs [flat] [hnsw]     bench/peers must be installed (npm ci there)
//   ROWS=5000 TERMS=100 VOCABULARY=30000 are the defaults; the graph takes minutes for some ten thousand rows
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import zvec from "@zvec/zvec";
import { Elanus } from "../../dist/esm/index.js";
import { machine } from "../lib/machine.mjs";
import { median } from "../lib/measure.mjs";
import { distinct, randomOf, zipf } from "../lib/zipf.mjs";

const env = process.env;
const ROWS = Number(env.ROWS ?? 5000);
const TERMS = Number(env.TERMS ?? 100);
const QUERIES = 30;
const ROUNDS = 3;
const K = 10;
const random = randomOf(42);
const draw = zipf(random, Number(env.VOCABULARY ?? 30_000));
const value = () => Math.fround(random() + 1e-6);
const folder = mkdtempSync(join(tmpdir(), "elanus-sparse-"));
const { cpu, cores, node, versions } = machine(import.meta.url, ["@zvec/zvec"]);
console.log(`${cpu}, ${cores} cores, Node ${node}, zvec ${versions["@zvec/zvec"]}; ${ROWS} rows of ${TERMS} terms\n`);

const rows = Array.from({ length: ROWS }, (_, id) => ({ id, s: Object.fromEntries(distinct(TERMS, draw, value)) }));

async function elanus() {
  const db = await Elanus.open(join(folder, "e.db"));
  await db.collections.create({
    collectionName: "c",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "s", dataType: "SparseFloatVector" },
      ],
    },
    indexParams: [{ fieldName: "s", metricType: "IP", indexType: "SPARSE_INVERTED_INDEX" }],
  });
  for (let from = 0; from < ROWS; from += 500) {
    await db.entities.insert({ collectionName: "c", data: rows.slice(from, from + 500) });
  }
  const search = async (query) => {
    const hits = await db.entities.search({ collectionName: "c", annsField: "s", data: [query], limit: K });
    return hits.map(({ id }) => Number(id));
  };
  return { name: "Elanus", search, close: () => db.close() };
}

function peer(name, indexType, ef) {
  const { ZVecDataType: T, ZVecIndexType: I, ZVecMetricType: M } = zvec;
  const collection = zvec.ZVecCreateAndOpen(
    join(folder, `z${indexType}`),
    new zvec.ZVecCollectionSchema({
      name: "bench",
      vectors: [
        { name: "s", dataType: T.SPARSE_VECTOR_FP32, indexParams: { indexType: I[indexType], metricType: M.IP } },
      ],
    }),
  );
  for (let from = 0; from < ROWS; from += 500) {
    const docs = rows.slice(from, from + 500).map(({ id, s }) => ({ id: String(id), vectors: { s } }));
    const [status] = collection.insertSync(docs);
    if (!status.ok) throw new Error(status.message);
  }
  collection.optimizeSync({ concurrency: 2 });
  const params = ef === undefined ? {} : { params: { indexType: I.HNSW, ef } };
  const search = async (vector) =>
    collection.querySync({ fieldName: "s", vector, topk: K, outputFields: [], ...params }).map(({ id }) => Number(id));
  return { name, search, close: () => collection.closeSync() };
}

async function made(make) {
  const start = performance.now();
  const engine = await make();
  console.log(`${engine.name}: made in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return engine;
}

try {
  zvec.ZVecInitialize({ logLevel: zvec.ZVecLogLevel.ERROR, queryThreads: 1 });
  const asked = process.argv.slice(2);
  const on = (index) => asked.length === 0 || asked.includes(index);
  const engines = [await made(elanus)];
  if (on("flat")) engines.push(await made(() => peer("zvec FLAT", "FLAT")));
  if (on("hnsw")) engines.push(await made(() => peer("zvec HNSW, ef 300", "HNSW", 300)));
  for (const terms of [5, 10, 30, 100]) {
    const queries = Array.from({ length: QUERIES }, () => Object.fromEntries(distinct(terms, draw, value)));
    const times = engines.map(() => []);
    const shared = engines.map(() => 0);
    for (let round = 0; round < ROUNDS; round++) {
      for (const query of queries) {
        let truth;
        for (const [e, engine] of engines.entries()) {
          const start = performance.now();
          const ids = await engine.search(query);
          times[e].push(performance.now() - start);
          truth ??= new Set(ids);
          shared[e] += ids.filter((id) => truth.has(id)).length / truth.size;
        }
      }
    }
    const cells = engines.map(
      ({ name }, e) =>
        `${name} ${median(times[e]).toFixed(3)} ms (recall ${(shared[e] / (QUERIES * ROUNDS)).toFixed(3)})`,
    );
    console.log(`${String(terms).padStart(3)} terms: ${cells.join(", ")}`);
  }
  for (const engine of engines) await engine.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
