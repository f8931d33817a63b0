// Both vector indexes side by side, through the public API: the kernel (default) and hnswlib-node (`vectorIndex`). Each round
// runs both in fresh processes, one after the other; figures are medians over the rounds. Rates are per second of processor time.
//
//   npm run build && node bench/indexes.mjs
//   ROWS=20000 and ROUNDS=3 are the defaults
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "./lib/datasets.mjs";
import { machine } from "./lib/machine.mjs";
import { median, qpsAtRecall } from "./lib/measure.mjs";
import { runPhase } from "./lib/phase.mjs";

const SET = "clus100k";
const INDEXES = ["kernel", "hnswlib"];
const EFS = [10, 20, 40, 80, 160];
const PERCENTS = [1, 10, 50];
const RECALLS = [0.98, 0.995];

const rows = Number(process.env.ROWS ?? 20_000);
const rounds = Number(process.env.ROUNDS ?? 3);
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-indexes-"));
const found = Object.fromEntries(INDEXES.map((index) => [index, []]));
try {
  prepare(SET, rows, PERCENTS);
  for (let round = 0; round < rounds; round++) {
    for (const vectorIndex of round % 2 === 0 ? INDEXES : INDEXES.toReversed()) {
      const input = { path: join(folder, `${round}-${vectorIndex}.db`), set: SET, rows, vectorIndex };
      found[vectorIndex].push(
        await runPhase(join(import.meta.dirname, "phases/indexes.mjs"), { ...input, efs: EFS, percents: PERCENTS }),
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const { cpu, cores, node, versions } = machine(import.meta.url, ["hnswlib-node"]);
console.log(`${cpu}, ${cores} cores, Node ${node}, hnswlib-node ${versions["hnswlib-node"]}`);
console.log(`${rows} x 128, L2, M 16, efConstruction 200, k 10; median of ${rounds}\n`);
const table = [
  ["insert and build, s", (r) => r.buildMs / 1000],
  ["the same in processor time, all threads, s", (r) => r.buildCpuMs / 1000],
  ["longest stall meanwhile, ms", (r) => r.stallMax],
  ...RECALLS.map((recall) => [`queries/s at recall ${recall}`, (r) => qpsAtRecall(r.curve, recall)?.qps]),
  ...PERCENTS.map((percent, i) => [`filter ${percent} %, seen before, queries/s`, (r) => r.filtered[i].qps]),
  ...PERCENTS.map((percent, i) => [`filter ${percent} %, recall`, (r) => r.filtered[i].recall]),
  ["load with the graph from its file, ms", (r) => r.loadMs],
  ["memory by stats, MB", (r) => r.memory.segmentsMb],
  ["resident, given back at release, MB", (r) => r.memory.loaded - r.memory.released],
];
const shown = (value) => (value === undefined ? "" : Number(value.toPrecision(4)).toLocaleString("en"));
console.log(`| | ${INDEXES.join(" | ")} |\n| --- | ${INDEXES.map(() => "---").join(" | ")} |`);
for (const [what, value] of table) {
  const cells = INDEXES.map((index) => shown(median(found[index].map(value))));
  console.log(`| ${what} | ${cells.join(" | ")} |`);
}
console.log(`\nnoise: ${INDEXES.map((index) => found[index].map((r) => r.noise).join(" ")).join(" / ")} ms`);
