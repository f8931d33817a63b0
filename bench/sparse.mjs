// Sparse vectors and words. Searches beside a plain scan of the postings of the query's terms, turn about, exact both; then
// the public interface: searches by words, and inserts of short texts.
//
//   node --expose-gc bench/sparse.mjs [vectors] [texts]
//   ROWS=200000 TERMS=100 VOCABULARY=30000 ROUNDS=5 are the defaults. Each query is searched both ways in turn, so that both meet the same noise; medians
import { bundleSource } from "../scripts/build/sources.mjs";
import { machine } from "./lib/machine.mjs";
import { median, quantile } from "./lib/measure.mjs";
import { distinct, randomOf, zipf } from "./lib/zipf.mjs";

const env = process.env;
const asked = process.argv.slice(2);
const on = (part) => asked.length === 0 || asked.includes(part);
const ROWS = Number(env.ROWS ?? 200_000);
const TERMS = Number(env.TERMS ?? 100);
const VOCABULARY = Number(env.VOCABULARY ?? 30_000);
const ROUNDS = Number(env.ROUNDS ?? 5);
const QUERIES = 30;
const K = 10;

const { cpu, cores, node } = machine(import.meta.url, []);
console.log(`${cpu}, ${cores} cores, Node ${node}\n`);

const threadMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Pairs of term and value as stored vectors have them, ascending by term. */
function entries(pairs) {
  const list = [...pairs].sort(([a], [b]) => a - b);
  const view = new DataView(new ArrayBuffer(list.length * 8));
  for (const [i, [term, value]] of list.entries()) {
    view.setUint32(i * 8, term, true);
    view.setFloat32(i * 8 + 4, value, true);
  }
  return new Uint8Array(view.buffer);
}

async function vectors() {
  const { createVectorStore } = await import(await bundleSource("src/engine/vector/vector-store.ts"));
  const random = randomOf(42);
  const draw = zipf(random, VOCABULARY);
  const value = () => Math.fround(random() + 1e-6);
  const store = createVectorStore({});
  const key = { collectionId: 1, partitionId: 1, fieldId: 100 };
  const options = { type: "SparseFloatVector", dimension: 0, vectorBytes: 0, metric: "IP", kind: "exact", m: 16 };
  const segment = store.createSegment({ ...options, efConstruction: 100, key });
  const postings = Array.from({ length: VOCABULARY }, () => ({ rows: [], values: [] }));
  const begin = threadMs();
  for (let row = 0; row < ROWS; row++) {
    const pairs = distinct(TERMS, draw, value);
    segment.append(Float64Array.of(row), [entries(pairs)]);
    for (const [term, weight] of pairs) {
      postings[term].rows.push(row);
      postings[term].values.push(weight);
    }
  }
  const lists = postings.map(({ rows, values }) => [Uint32Array.from(rows), Float32Array.from(values)]);
  postings.length = 0;
  const mb = segment.progress().memoryBytes / 2 ** 20;
  console.log(
    `${ROWS} x ${TERMS} of ${VOCABULARY} terms: ${mb.toFixed(0)} MB, made in ${(threadMs() - begin).toFixed(0)} ms`,
  );

  const sums = new Float32Array(ROWS);
  const plain = (pairs) => {
    sums.fill(0);
    for (const [term, weight] of pairs) {
      const [rows, values] = lists[term];
      for (let i = 0; i < rows.length; i++) sums[rows[i]] += weight * values[i];
    }
    return bestOf(sums);
  };
  // Weights as BM25 has them: rare terms count more.
  const weights = {
    "uniform weights": value,
    "weights by rarity": (term) =>
      value() * Math.log(1 + (ROWS - lists[term][0].length + 0.5) / (lists[term][0].length + 0.5)),
  };
  for (const terms of [5, 10, 30, 100]) {
    for (const [name, weightOf] of Object.entries(weights)) {
      const queries = Array.from({ length: QUERIES }, () => {
        const pairs = [...distinct(terms, draw, () => 0).keys()].map((term) => [term, Math.fround(weightOf(term))]);
        return { pairs, bytes: entries(pairs) };
      });
      const [ours, theirs] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        for (const { pairs, bytes } of queries) {
          let start = performance.now();
          const hits = segment.search(bytes, { k: K, ef: K });
          ours.push(performance.now() - start);
          start = performance.now();
          const best = plain(pairs);
          theirs.push(performance.now() - start);
          const wrong = best.findIndex((score, i) => Math.abs(score - hits.scores[i]) > 1e-4 * Math.max(1, score));
          if (wrong >= 0) throw new Error(`hit ${wrong} has ${hits.scores[wrong]}, a plain scan finds ${best[wrong]}`);
        }
      }
      const [a, b] = [median(ours), median(theirs)];
      console.log(
        `${String(terms).padStart(3)} terms, ${name}: ${a.toFixed(3)} ms, plain scan ${b.toFixed(3)} ms, ${(b / a).toFixed(1)}x`,
      );
    }
  }
  segment.close();
  await store.close();
}

/** The best scores, best first. */
function bestOf(sums) {
  const best = [];
  let bar = 0;
  for (let row = 0; row < sums.length; row++) {
    const score = sums[row];
    if (score <= bar) continue;
    let at = best.length;
    while (at > 0 && best[at - 1] < score) at--;
    best.splice(at, 0, score);
    if (best.length > K) best.pop();
    if (best.length === K) bar = best[K - 1];
  }
  return best;
}

async function texts() {
  const { Elanus } = await import("../dist/esm/index.js");
  const random = randomOf(7);
  const draw = zipf(random, VOCABULARY);
  const word = (n) => {
    let text = "";
    for (let rest = n + 20; rest > 0; rest = Math.floor(rest / 20))
      text += "bcdfghklmnprstvwxzqj"[rest % 20] + "aeiou"[rest % 5];
    return text;
  };
  const textOf = (words) => Array.from({ length: words }, () => word(draw())).join(" ");
  const db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName: "docs",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 4000, enable_analyzer: true } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [{ fieldName: "words", indexName: "w", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" }],
  });
  const lengths = { short: 12, long: 60 };
  let id = 0;
  for (const [name, words] of Object.entries(lengths)) {
    const rows = Array.from({ length: ROWS / 2 }, () => ({
      id: id++,
      text: textOf(Math.ceil(words * (0.5 + random()))),
    }));
    const start = threadMs();
    const wall = performance.now();
    for (let from = 0; from < rows.length; from += 1000) {
      await db.entities.insert({ collectionName: "docs", data: rows.slice(from, from + 1000) });
    }
    const [cpuMs, wallMs] = [threadMs() - start, performance.now() - wall];
    console.log(
      `insert of ${rows.length} ${name} texts (${words} words): ${Math.round(rows.length / (cpuMs / 1000))} a second of processor time, ${Math.round(rows.length / (wallMs / 1000))} by the clock`,
    );
  }
  for (const words of [2, 4, 8]) {
    const times = [];
    for (let i = 0; i < 300; i++) {
      const query = textOf(words);
      const start = performance.now();
      await db.entities.search({
        collectionName: "docs",
        annsField: "words",
        data: [query],
        limit: K,
        outputFields: ["text"],
      });
      times.push(performance.now() - start);
    }
    console.log(
      `BM25 search of ${id} texts, ${words} words: p50 ${median(times).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(2)} ms`,
    );
  }
  await db.close();
}

if (on("vectors")) await vectors();
if (on("texts")) await texts();
