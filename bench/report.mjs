// Writes the figures of bench/results/*.json into the marked parts of bench/RESULTS.md, and draws the plots.
//
//   node bench/report.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stalls } from "./lib/stalls.mjs";
import { targets } from "./lib/targets.mjs";
import "./plots.mjs";

const here = import.meta.dirname;
const read = (name) => {
  const file = join(here, "results", `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
};
const results = { bench: read("bench"), peers: read("peers"), quality: read("quality"), growth: read("growth") };
const n = (value) => (value === undefined ? "" : Math.round(value).toLocaleString("en"));
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map((c) => c ?? "").join(" | ")} |`).join("\n");
const VERDICT = new Map([
  [true, "yes"],
  [false, "**no**"],
  ["partly", "**partly**"],
]);

const sections = {
  targets() {
    const rows = targets(results).map((t) => [t.measure, t.target, t.measured, VERDICT.get(t.met) ?? "-"]);
    return table(["measure", "target", "measured", "met"], rows);
  },
  machine() {
    const { machine } = results.peers ?? results.bench;
    const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
    return [
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; Node ${machine.node}; ${machine.compiler}.`,
      `${versions.join(", ")}. Elanus at commit ${results.bench.machine.commit}.`,
    ].join("\n");
  },
  peers() {
    return Object.entries(results.peers.sets)
      .map(([name, set]) => {
        const rows = Object.entries(set.engines).map(([engine, e]) => {
          if (e.curve === undefined) return [engine, e.error ?? ""];
          const f = (percent, kind) => {
            const found = e.filtered?.find((p) => p.percent === percent)?.[kind];
            return found === undefined ? "" : `${n(found.qps)}${found.recall < 0.99 ? ` (${found.recall})` : ""}`;
          };
          const both = (percent) => (e.filtered === undefined ? "" : `${f(percent, "fresh")} / ${f(percent, "seen")}`);
          const p = e.curve.find((c) => c.knob === 20) ?? e.curve[0];
          const curve = e.curve.map((c) => `${n(c.qps)} (${c.recall})`).join(", ");
          const deletes = e.delete?.deletes;
          return [
            engine,
            n(e.build?.rowsPerSecond),
            n(e.openMs),
            n(e.openRssMb),
            n(e.at?.qps),
            curve,
            `${n(p.p50)} / ${n(p.p99)}`,
            both(1),
            both(10),
            both(50),
            deletes === undefined ? "" : `${n(deletes[0])}, ${n(deletes[1])}, ${n(deletes[2])}`,
          ];
        });
        const head = [
          "",
          "build rows/s",
          "open ms",
          "RSS MB",
          "QPS at recall 0.98",
          "QPS (recall) by ef",
          "p50 / p99 us, ef 20",
          "1 % new / seen",
          "10 % new / seen",
          "50 % new / seen",
          "delete 10 %, ms, three times",
        ];
        const title = `**${name}**: ${n(set.rows)} x ${set.dimension}, ${set.metric}`;
        return `${title}\n\n${table(head, rows)}`;
      })
      .join("\n\n");
  },
  search() {
    const { elanus, raw } = results.bench.search;
    const cells = (p) => [n(p.qps), p.recall, `${p.p50} / ${p.p95} / ${p.p99}`];
    const rows = elanus.map((p, i) => [p.knob, ...cells(p), ...(raw === undefined ? [] : cells(raw[i]))]);
    const head = ["ef", "Elanus QPS", "recall@10", "p50 / p95 / p99 us"];
    return table(raw === undefined ? head : [...head, "hnswlib-node QPS", "recall@10", "p50 / p95 / p99 us"], rows);
  },
  filter() {
    const rows = results.bench.filter.filtered.map((f) => [
      `${f.percent} %`,
      n(f.fresh.qps),
      f.fresh.recall,
      n(f.seen.qps),
      f.seen.recall,
    ]);
    return table(["matching", "new: QPS", "recall@10", "seen before: QPS", "recall@10"], rows);
  },
  stalls() {
    const rows = stalls(results.bench).map((s) => [s.name, n(s.ms), s.max, s.p99, s.noise]);
    return table(["phase", "ms", "longest delay ms", "p99 ms", "longest delay of an idle process meanwhile, ms"], rows);
  },
  callers() {
    const { callers, worker } = results.bench;
    const rows = callers.callers.map((c, i) => [
      c.callers,
      n(c.qps),
      c.p50,
      n(worker.callers[i].qps),
      worker.callers[i].p50,
    ]);
    return table(["callers at once", "in process: QPS", "p50 us", "worker: true: QPS", "p50 us"], rows);
  },
  profile() {
    const { profile } = results.bench;
    const name = {
      search: "one search, k 10, ef 20",
      filter: "one search under a new filter, 1 %",
      insert: "a batch of 1000 rows",
    };
    return ["search", "filter", "insert"]
      .map((kind) => {
        const { us, parts } = profile[kind];
        const rows = parts.map((p) => [p.place, p.us, `${Math.round((p.us / us) * 100)} %`]);
        return `**${name[kind]}**: ${n(us)} us\n\n${table(["where", "us", ""], rows)}`;
      })
      .join("\n\n");
  },
  quality() {
    return Object.entries(results.quality.sets)
      .map(([name, { elanus, raw }]) => {
        const efs = elanus.ef.map((p, i) => [p.knob, p.recall, n(p.qps), raw?.[i].recall, n(raw?.[i].qps)]);
        const ks = elanus.k.map((p) => [p.k, p.ef, p.recall, p.recallWide, n(p.qps)]);
        const { deleted, replaced } = elanus;
        const after = `Half of the rows deleted, ef 64: recall@10 ${deleted.atOnce} at once, ${deleted.later} when the graph was built anew; then every row replaced by upsert: ${replaced.atOnce} at once, ${replaced.later} later. Answers that differ when asked again: ${elanus.differing}.`;
        return [
          `**${name}**, ${n(elanus.rows)} x 128`,
          table(["ef", "recall@10", "QPS", "hnswlib-node recall@10", "QPS"], efs),
          table(["k", "ef", "recall@k", "recall@k, ef doubled", "QPS"], ks),
          after,
        ].join("\n\n");
      })
      .join("\n\n");
  },
  growth() {
    const rows = results.growth.sizes.map((s) => [
      n(s.rows),
      ...s.curve.slice(0, 2).map((p) => `${n(p.qps)} (${p.recall})`),
      n(s.insertRowsPerSecond),
      n(s.indexedRowsPerSecond),
      n(s.openMs),
      n(s.segmentBytesPerRow),
      n(s.memoryBytesPerRow),
      n(s.diskBytesPerRow),
      s.insertMs,
      s.deleteMs,
    ]);
    const head = [
      "rows",
      "QPS (recall) ef 20",
      "ef 40",
      "insert rows/s",
      "until indexed rows/s",
      "open ms",
      "segment bytes/row",
      "resident bytes/row",
      "disk bytes/row",
      "1000 more, ms",
      "delete them, ms",
    ];
    return table(head, rows);
  },
};

const file = join(here, "RESULTS.md");
let text = readFileSync(file, "utf8");
for (const [name, make] of Object.entries(sections)) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) continue;
  let made;
  try {
    made = make();
  } catch {
    console.log(`${name}: no results, left as it is`);
    continue;
  }
  text = `${text.slice(0, from + begin.length)}\n${made}\n${text.slice(to)}`;
}
writeFileSync(file, text);
console.log("bench/RESULTS.md");
