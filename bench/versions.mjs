// Two builds side by side, call by call: what a change cost or won.
//
//   npm run build && node bench/versions.mjs OLD [NEW]      paths of modules that export `Elanus`; NEW: this build
//
// Each build runs in processes of its own, in turn, RUNS times (5). A call's time is the best round of a process, since
// what else the machine does only adds to it; the table shows medians over the processes, in microseconds a call.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { machine } from "./lib/machine.mjs";

const RUNS = Number(process.env.RUNS ?? 5);
const file = join(import.meta.dirname, "phases/calls.mjs");
const [old, current = join(import.meta.dirname, "../dist/esm/index.js")] = process.argv.slice(2);
if (old === undefined) throw new Error("node bench/versions.mjs OLD [NEW]");

function run(build) {
  const url = pathToFileURL(resolve(build)).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, url], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${build}: ${stderr}`);
  return JSON.parse(stdout);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const times = { old: [], new: [] };
for (let i = 0; i < RUNS; i++) {
  times.old.push(run(old));
  times.new.push(run(current));
}
console.log(JSON.stringify(machine(import.meta.url, ["elanus", "better-sqlite3"])));
console.log("| call | old µs | new µs | new / old |\n| --- | --- | --- | --- |");
for (const call of Object.keys(times.new[0])) {
  const [before, after] = ["old", "new"].map((side) => median(times[side].map((each) => each[call])));
  console.log(`| ${call} | ${before.toFixed(1)} | ${after.toFixed(1)} | ${(after / before).toFixed(2)} |`);
}
