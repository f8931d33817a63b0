// Every vector type by every metric and every index that is built differently, through the public API: recall against the
// exact neighbours, speed, and how long the event loop is held while rows come, graphs are built behind, and rows are loaded.
//
//   npm run build && node --expose-gc bench/types.mjs [type ...] [--write]     --write: into bench/RESULTS.md
//   ROWS=20000 DIMENSION=128 BITS=768 TERMS=60 WORDS=30 are the defaults
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Elanus } from "../dist/esm/index.js";
import { machine } from "./lib/machine.mjs";
import { held, sleep, spent } from "./lib/measure.mjs";
import { K, MAKERS } from "./lib/type-rows.mjs";

const env = process.env;
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const ROWS = Number(env.ROWS ?? 20_000);
const DIMENSION = Number(env.DIMENSION ?? 128);
const BITS = Number(env.BITS ?? 768);
const BATCH = 250;

const ofNumbers = { make: () => MAKERS.numbers(ROWS, DIMENSION), dim: DIMENSION, metrics: ["L2", "IP", "COSINE"] };
const TYPES = {
  FloatVector: { ...ofNumbers, indexes: ["FLAT", "HNSW"] },
  Float16Vector: { ...ofNumbers, indexes: ["FLAT", "HNSW"] },
  BFloat16Vector: { ...ofNumbers, indexes: ["FLAT", "HNSW"] },
  Int8Vector: { ...ofNumbers, indexes: ["HNSW"] },
  BinaryVector: {
    make: () => MAKERS.bits(ROWS, BITS),
    dim: BITS,
    metrics: ["HAMMING", "JACCARD"],
    indexes: ["BIN_FLAT", "HNSW"],
  },
  SparseFloatVector: {
    make: () => MAKERS.sparse(ROWS, Number(env.TERMS ?? 60)),
    metrics: ["IP"],
    indexes: ["SPARSE_INVERTED_INDEX"],
  },
  "SparseFloatVector of texts": {
    make: () => MAKERS.texts(ROWS, Number(env.WORDS ?? 30)),
    metrics: ["BM25"],
    indexes: ["SPARSE_INVERTED_INDEX"],
  },
};

function schemaOf(type, { dim }) {
  const id = { fieldName: "id", dataType: "Int64", isPrimary: true };
  const elementTypeParams = dim === undefined ? {} : { dim };
  const vector = { fieldName: "v", dataType: type.split(" ")[0], elementTypeParams };
  if (!type.endsWith("texts")) return { fields: [id, vector] };
  const text = { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 4000, enable_analyzer: true } };
  const functions = [{ name: "f", type: "BM25", inputFieldNames: ["t"], outputFieldNames: ["v"] }];
  return { fields: [id, text, vector], functions };
}

const of = ({ max, p99 }) => `${max} / ${p99}`;

async function measure(type, kind, rows, metric, indexType) {
  const folder = mkdtempSync(join(tmpdir(), "elanus-types-"));
  const db = await Elanus.open(join(folder, "t.db"));
  const collectionName = "c";
  const column = type.endsWith("texts") ? "t" : "v";
  const params = indexType === "HNSW" ? { params: { M: 16, efConstruction: 200 } } : {};
  const indexParams = [{ fieldName: "v", indexName: "v", metricType: metric, indexType, ...params }];
  await db.collections.create({ collectionName, schema: schemaOf(type, kind), indexParams });
  const inserted = await held(async () => {
    for (let from = 0; from < ROWS; from += BATCH) {
      const data = [];
      for (let id = from; id < Math.min(ROWS, from + BATCH); id++) data.push({ id, [column]: rows.value(id) });
      await db.entities.insert({ collectionName, data });
    }
  });
  const indexed = async () => {
    while ((await db.indexes.describe({ collectionName, indexName: "v" }))[0].pendingRows > 0) await sleep(20);
  };
  const built = await held(indexed);
  await db.collections.release({ collectionName });
  const loaded = await held(() => db.collections.load({ collectionName }));
  // Until a graph has been read from its file, or is built again, its rows are scanned.
  await indexed();
  const search = (query, ef) =>
    db.entities.search({ collectionName, annsField: "v", data: [query], limit: K, searchParams: { params: { ef } } });
  const truth = rows.truth(metric);
  // A hit counts by its rank's score: which of several equally good rows is found does not matter.
  const recallAt = async (ef) => {
    let found = 0;
    let all = 0;
    for (const [i, query] of rows.queries.entries()) {
      const ids = new Set((await search(query, ef)).map(({ id }) => Number(id)));
      found += truth[i].filter(({ row }) => ids.has(row)).length;
      all += truth[i].length;
    }
    return found / all;
  };
  let ef = 16;
  let recall = await recallAt(ef);
  for (; recall < 0.98 && ef < 512; recall = await recallAt(ef)) ef *= 2;
  // The clock of processor time ticks every few milliseconds.
  const start = spent();
  let answered = 0;
  for (; spent() - start < 250; answered += rows.queries.length) {
    for (const query of rows.queries) await search(query, ef);
  }
  const rate = (answered * 1000) / (spent() - start);
  const bytes = (await db.stats()).memory.segmentsBytes / 2 ** 20;
  await db.close();
  rmSync(folder, { recursive: true, force: true });
  const stalls = [of(inserted), built.ms < 30 ? "" : of(built), of(loaded)];
  return [
    type,
    metric,
    indexType,
    recall.toFixed(4),
    indexType === "HNSW" ? ef : "",
    Math.round(rate),
    bytes.toFixed(0),
    ...stalls,
  ];
}

const { cpu, cores, node } = machine(import.meta.url, []);
const head = ["type", "metric", "index", "recall", "ef", "QPS", "MB", "insert", "build behind", "load"];
const line = (cells) => `| ${cells.join(" | ")} |`;
const lines = [
  `${cpu}, ${cores} cores, Node ${node}. ${ROWS} rows: ${DIMENSION} numbers, ${BITS} bits, ${env.TERMS ?? 60} terms, ${env.WORDS ?? 30} words; k 10, one caller, queries a second of processor time.`,
  "The last three columns: how long the event loop was held, the longest time and the 99th percentile, ms of processor time.",
  "",
  line(head),
  line(head.map(() => "---")),
];
console.log(lines.join("\n"));
for (const [type, kind] of Object.entries(TYPES)) {
  if (asked.length > 0 && !asked.some((name) => type.startsWith(name))) continue;
  const rows = kind.make();
  for (const metric of kind.metrics) {
    for (const index of kind.indexes) {
      lines.push(line(await measure(type, kind, rows, metric, index)));
      console.log(lines.at(-1));
    }
  }
}
if (process.argv.includes("--write")) {
  const file = join(import.meta.dirname, "RESULTS.md");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/(<!-- types -->\n)[\s\S]*(<!-- \/types -->)/, (_, a, b) => `${a}${lines.join("\n")}\n${b}`),
  );
}
