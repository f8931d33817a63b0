// Elanus through its public API (a file on disk, durability full) beside raw hnswlib-node and bare better-sqlite3.
//
//   npm run bench                      everything once, under five minutes; results in bench/results
//   node bench/run.mjs fill search     some phases: fill parts search filter labels flat delete open busy callers http profile
//   ROWS=20000 node bench/run.mjs      smaller
//   RUNS=3 node bench/run.mjs          medians of three runs where a phase is not repeated anyway
//
// Every phase runs in a fresh process; `noise` is what an idle process felt of the machine meanwhile.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataset, prepare } from "./lib/datasets.mjs";
import { copyDatabase, removeDatabase } from "./lib/files.mjs";
import { machine } from "./lib/machine.mjs";
import { median, now, qpsAtRecall, round } from "./lib/measure.mjs";
import { compile, runNative } from "./lib/native.mjs";
import { runPhase } from "./lib/phase.mjs";
import { loadAddon } from "./lib/raw.mjs";

const rows = Number(process.env.ROWS ?? 100_000);
const runs = Number(process.env.RUNS ?? 1);
const EFS = [10, 20, 40, 64];
const PERCENTS = [0.1, 1, 2, 5, 10, 20, 50, 90];
const wanted = process.argv.slice(2);
const on = (...names) => wanted.length === 0 || names.some((name) => wanted.includes(name));
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-bench-"));
const set = "clus100k";
const file = join(folder, "filled.db");
const rawFile = join(folder, "raw.hnsw");
const phase = (name, input) =>
  runPhase(join(import.meta.dirname, "phases", `${name}.mjs`), { set, rows, path: file, ...input });
const hasAddon = loadAddon() !== undefined;
const began = now();
const results = {
  machine: machine(import.meta.url, ["elanus", "better-sqlite3", "hnswlib-node"]),
  rows,
  dimension: 128,
  started: new Date().toISOString(),
};

/** Runs a phase, keeps and prints what it found; a phase that fails is told and does not end the bench. */
async function step(name, work) {
  const start = now();
  try {
    results[name] = await work();
  } catch (error) {
    results[name] = { error: error.message };
  }
  console.log(
    `${name.padEnd(22)} ${round((now() - start) / 1000)
      .toFixed(1)
      .padStart(6)} s  ${brief(results[name])}`,
  );
}

function brief(value) {
  const text = JSON.stringify(value, (_, v) => (typeof v === "number" ? round(v, 4) : v));
  return text.length > 900 ? `${text.slice(0, 900)} ...` : text;
}

/** The run whose value of `key` is the median, out of `count`. */
async function medianRun(count, key, work) {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await work(i));
  const middle = median(all.map((r) => r[key]));
  return { ...all.find((r) => r[key] === middle), all: all.map((r) => r[key]) };
}

/** Medians, point by point, of curves that were measured in turns. */
function medianCurve(curves) {
  return curves[0].map((point, i) => {
    const merged = { knob: point.knob, recall: point.recall };
    for (const key of ["qps", "p50", "p95", "p99"]) merged[key] = median(curves.map((c) => c[i][key]));
    return merged;
  });
}

try {
  await step("data", async () => {
    const start = now();
    prepare(set, rows, on("filter") ? PERCENTS : []);
    if (on("flat")) prepare("clus50k", undefined);
    return { seconds: round((now() - start) / 1000) };
  });
  if (on("sql", "fill", "delete")) {
    await step("sql", () => medianRun(runs, "deleteMs", (i) => phase("sql", { path: join(folder, `bare${i}.db`) })));
  }
  if (hasAddon && on("fill", "search", "filter")) {
    await step("rawBuild", () =>
      medianRun(on("fill") ? runs : 1, "rowsPerSecond", () => phase("raw", { action: "build", file: rawFile })),
    );
  }
  // The filled file serves all later phases.
  await step("fill", () =>
    medianRun(on("fill") ? runs : 1, "indexedRowsPerSecond", () => {
      removeDatabase(file);
      return phase("fill", {});
    }),
  );
  if (on("parts")) {
    const path = join(folder, "parts.db");
    await step("parts", () => phase("fill", { path, partitions: 2 }));
    removeDatabase(path);
  }
  if (on("search")) {
    await step("search", async () => {
      const own = [];
      const raw = [];
      for (let turn = 0; turn < 3; turn++) {
        own.push((await phase("search", { efs: EFS })).curve);
        if (hasAddon) raw.push((await phase("raw", { action: "search", file: rawFile, efs: EFS })).curve);
      }
      const elanus = medianCurve(own);
      if (!hasAddon) return { elanus };
      const raws = medianCurve(raw);
      return { elanus, raw: raws, at098: { elanus: qpsAtRecall(elanus, 0.98), raw: qpsAtRecall(raws, 0.98) } };
    });
  }
  if (on("filter")) {
    await step("filter", () => phase("filter", { percents: PERCENTS }));
    if (hasAddon) {
      await step("rawFilter", () => phase("raw", { action: "search", file: rawFile, efs: [], filters: [1, 10, 50] }));
    }
  }
  if (on("labels")) await step("labels", () => phase("labels", { path: join(folder, "labels.db") }));
  if (on("flat")) {
    await step("flat", () => phase("flat", { set: "clus50k", rows: undefined, path: join(folder, "flat.db") }));
    const { program, reason } = compile("scan", folder, import.meta.url);
    await step("scanLimit", async () => {
      if (program === undefined) return { skipped: reason };
      const { files, rows: count, dimension } = dataset("clus50k");
      return runNative(program, [files.base, count, dimension, files.queries]);
    });
  }
  if (on("delete")) {
    const path = join(folder, "delete.db");
    await step("delete", () =>
      medianRun(runs, "deleteMs", () => {
        copyDatabase(file, path);
        return phase("delete", { path });
      }),
    );
  }
  if (on("open")) {
    await step("open", () => medianRun(5, "openMs", () => phase("open", { action: "open" })));
    await step("release", () => phase("open", { action: "release" }));
    await step("memory", () => phase("open", { action: "memory" }));
  }
  if (on("busy")) {
    const path = join(folder, "busy.db");
    copyDatabase(file, path);
    await step("busy", () => phase("busy", { path }));
  }
  if (on("callers")) {
    await step("callers", () => phase("callers", { worker: false }));
    const path = join(folder, "worker.db");
    copyDatabase(file, path);
    await step("worker", () => phase("callers", { path, worker: true, deleteAll: true }));
  }
  if (on("http")) await step("http", () => phase("http", {}));
  if (on("profile")) {
    const path = join(folder, "profile.db");
    copyDatabase(file, path);
    await step("profile", () => phase("profile", { path }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
results.seconds = round((now() - began) / 1000);
const target = join(import.meta.dirname, "results");
mkdirSync(target, { recursive: true });
const out = join(target, wanted.length === 0 ? "bench.json" : `bench-${wanted.join("-")}.json`);
writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
console.log(`${results.seconds} s, written to ${out}`);
