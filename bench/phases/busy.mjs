// Elanus: how long a search takes while graphs are built in the background, beside an idle database.
import { dataset } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { now, quantile, round, sleep } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, ef = 20, otherRows = 20_000 } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
const ask = searcher(db, "c", set, ef);

/** Searches, one per millisecond, until `done` says so. */
async function latencies(done, atLeast = 0) {
  const times = [];
  for (let i = 0; i < atLeast || !done(); i++) {
    const start = now();
    await ask(i % set.queryCount, 0);
    times.push(now() - start);
    await sleep(1);
  }
  const us = (p) => round(quantile(times, p) * 1000, 1);
  return { p50: us(0.5), p95: us(0.95), p99: us(0.99), max: us(1), queries: times.length };
}
function until(promise) {
  let over = false;
  promise.finally(() => {
    over = true;
  });
  return () => over;
}

await latencies(() => true, 300);
const idle = await latencies(() => true, 2000);

// Another collection gets its rows and its graph.
await createCollection(db, "other", set);
await insertAll(db, "other", set, { to: Math.min(set.rows, otherRows) });
const other = await latencies(until(indexed(db, "other")));
await db.collections.drop({ collectionName: "other" });

// Rows come to this collection: they are searched exactly until the graph has them.
const added = Math.min(set.rows, 5000);
for (let from = 0; from < added; from += 1000) {
  const data = [];
  for (let i = from; i < from + 1000; i++) {
    data.push({ id: set.rows + i, sel: set.sel[i], vector: set.row(i).map((x) => x + 0.01) });
  }
  await db.entities.insert({ collectionName: "c", data });
}
const growing = await latencies(until(indexed(db, "c")), 300);

// A third of the rows goes: the graph is built anew.
await db.entities.delete({ collectionName: "c", filter: "sel < 340000" });
let compacted = false;
const watch = (async () => {
  for (let waited = 0; waited < 60_000 && !compacted; waited += 100) {
    await sleep(100);
    const stats = await db.stats();
    compacted = stats.tombstones === 0 && stats.pendingRows === 0;
  }
})();
const compacting = await latencies(until(watch), 300);
await db.close();
phaseDone({ idle, other, growing, compacting, compacted });
