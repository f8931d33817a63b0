// Draws bench/results/*.json into bench/plots/*.svg; what was not measured is not drawn.
//
//   node bench/plots.mjs
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stalls } from "./lib/stalls.mjs";
import { barChart, lineChart, sheet } from "./lib/svg.mjs";

const here = import.meta.dirname;
const read = (name) => {
  const file = join(here, "results", `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
};
const write = (name, svg) => {
  mkdirSync(join(here, "plots"), { recursive: true });
  writeFileSync(join(here, "plots", `${name}.svg`), svg);
  console.log(`bench/plots/${name}.svg`);
};
const bench = read("bench");
const peers = read("peers");
const growth = read("growth");

/** Recall is drawn as what is missing to 1, so that the upper end can be told apart. */
const RECALL_TICKS = [0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.9995];
function recallChart(name, { rows, dimension, metric, engines }) {
  const missing = (recall) => Math.max(1 - recall, 0.0005);
  const series = [];
  for (const [engine, { curve }] of Object.entries(engines)) {
    const graph = curve?.filter((p) => typeof p.knob === "number");
    if (graph === undefined || graph.length === 0) continue;
    series.push({ name: engine, dash: engine.includes("C++"), points: graph.map((p) => [-missing(p.recall), p.qps]) });
  }
  // Equal steps for equal factors of what is missing.
  for (const line of series) for (const point of line.points) point[0] = -Math.log10(-point[0]);
  const at = (recall) => -Math.log10(missing(recall));
  return lineChart({
    title: `${name}: ${rows.toLocaleString("en")} x ${dimension}, ${metric}`,
    x: {
      label: "recall@10",
      min: at(0.88),
      max: at(0.9995) + 0.05,
      ticks: RECALL_TICKS.map(at),
      format: (v) => String(Number((1 - 10 ** -v).toFixed(4))),
    },
    y: { label: "queries per second", log: true },
    series,
  });
}

if (peers !== undefined) {
  const charts = Object.entries(peers.sets).map(([name, set]) => recallChart(name, set));
  write("recall-qps", sheet("Recall against queries per second", charts));
}

if (bench?.filter?.filtered !== undefined) {
  const own = bench.filter.filtered;
  const series = [
    { name: "Elanus, seen before", points: own.map((f) => [f.percent, f.seen.qps]) },
    { name: "Elanus, new filter", points: own.map((f) => [f.percent, f.fresh.qps]), dash: true, colour: "#0b6e4f" },
  ];
  for (const [engine, { filtered }] of Object.entries(peers?.sets.clus100k.engines ?? {})) {
    if (filtered === undefined || engine === "elanus") continue;
    series.push({ name: `${engine}, new`, points: filtered.map((f) => [f.percent, f.fresh.qps]), dash: true });
  }
  const chart = lineChart({
    title: "100,000 x 128, L2, k 10; filters on an indexed Int32 column",
    x: { label: "rows that match, percent", log: true, min: 0.08, max: 110, ticks: [0.1, 1, 2, 5, 10, 20, 50, 90] },
    y: { label: "queries per second", log: true },
    series,
  });
  write("selectivity-qps", sheet("Selectivity against queries per second", [chart]));
}

if (growth !== undefined) {
  const of = (title, label, pick, y = {}) =>
    lineChart({
      title,
      x: { label: "rows", log: true },
      y: { label, ...y },
      series: pick.map(([name, value]) => ({ name, points: growth.sizes.map((s) => [s.rows, value(s)]) })),
    });
  const charts = [
    of(
      "Searches",
      "queries per second",
      [20, 40, 64].map((ef, i) => [`ef ${ef}`, (s) => s.curve[i].qps]),
    ),
    of("Writing", "rows per second", [
      ["insert", (s) => s.insertRowsPerSecond],
      ["until indexed", (s) => s.indexedRowsPerSecond],
    ]),
    of("Open to first answer", "ms", [["open", (s) => s.openMs]]),
    of("Bytes per row", "bytes", [
      ["resident", (s) => s.memoryBytesPerRow],
      ["on disk", (s) => s.diskBytesPerRow],
    ]),
    of("1000 rows into a filled collection", "ms", [
      ["insert", (s) => s.insertMs],
      ["delete", (s) => s.deleteMs],
    ]),
    of(
      "Recall@10",
      "",
      [20, 40, 64].map((ef, i) => [`ef ${ef}`, (s) => s.curve[i].recall]),
      { min: 0.9, max: 1.0 },
    ),
  ];
  write("growth", sheet("Growth, x 128, L2", charts, { columns: 2, width: 560, height: 320 }));
}

if (bench !== undefined) {
  const bars = stalls(bench).map(({ name, max, p99 }) => ({ name, wide: max, narrow: p99 ?? 0 }));
  const chart = barChart({
    title: "One process, 100,000 x 128, file on disk, durability full",
    unit: "ms",
    wide: "longest",
    narrow: "99th percentile",
    limit: 50,
    bars,
  });
  write("event-loop", sheet("Event-loop delay", [chart], { height: 80 + bars.length * 28 }));
}
