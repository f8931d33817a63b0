// Where the time of one call goes: samples of the running code, by function, as microseconds of one call.
import { Session } from "node:inspector/promises";
import { dataset, windowOf } from "../lib/datasets.mjs";
import { createCollection, Elanus, rowsOf, searcher } from "../lib/elanus.mjs";
import { now, round } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, ef = 20 } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: 100 });

/** @param call (i) -> promise; made `count` times after as many to warm up */
async function profile(call, count, warm = count) {
  for (let i = 0; i < warm; i++) await call(i - warm);
  await session.post("Profiler.start");
  const start = now();
  for (let i = 0; i < count; i++) await call(i);
  const us = ((now() - start) / count) * 1000;
  const { profile: taken } = await session.post("Profiler.stop");
  const own = new Map();
  const nodes = new Map(taken.nodes.map((node) => [node.id, node.callFrame]));
  let total = 0;
  for (const [i, id] of taken.samples.entries()) {
    const time = taken.timeDeltas[i];
    const frame = nodes.get(id);
    // Starting and stopping the profiler itself.
    if (frame.functionName === "dispatch" && frame.url === "") continue;
    const place = placeOf(frame);
    own.set(place, (own.get(place) ?? 0) + time);
    total += time;
  }
  const parts = [...own]
    .sort((a, b) => b[1] - a[1])
    .map(([place, time]) => ({ place, us: round((time / total) * us, 2) }));
  return { us: round(us), calls: count, parts: parts.slice(0, 14) };
}

const SQLITE = new Set(["run", "get", "all", "exec", "prepare", "pluck", "raw", "Statement"]);

function placeOf({ functionName, url }) {
  if (url.startsWith("wasm")) return "kernel (wasm)";
  if (url.includes("/dist/")) return functionName || "(anonymous)";
  if (url.includes("/bench/")) return "the bench itself";
  if (url.includes("chevrotain")) return "parser (chevrotain)";
  if (url.includes("better-sqlite3") || (url === "" && SQLITE.has(functionName))) return "SQLite (better-sqlite3)";
  return functionName.startsWith("(") ? functionName : "Node";
}

const search = searcher(db, "c", set, ef);
const at = (i) => (i + 1e6) % set.queryCount;
const result = {
  search: await profile((i) => search(at(i), 0), 10_000),
  filter: await profile((i) => db.entities.search(freshRequest(i)), 2000, 500),
};
function freshRequest(i) {
  const { from, to } = windowOf(1, i, 11);
  const filter = `sel >= ${from} and sel < ${to}`;
  return { collectionName: "c", data: [set.query(at(i))], limit: 10, searchParams: { ef }, filter };
}
await createCollection(db, "rows", set);
// A collection that is not loaded: the graph does not build meanwhile; per batch of 1000 rows.
await db.collections.release({ collectionName: "rows" });
let next = 0;
result.insert = await profile(
  () => {
    const from = next;
    next += 1000;
    return db.entities.insert({ collectionName: "rows", data: rowsOf(set, from, from + 1000) });
  },
  Math.floor(set.rows / 1000 / 2),
);
await db.close();
phaseDone(result);
