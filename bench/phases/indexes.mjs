// One vector index through the public API: build, search, filters, load, and memory before, loaded and released. Searches are
// counted per second of this thread's processor time, so that a busy machine does not blur them.
import { dataset, fixedTruth, fixedWindow, WINDOW_QUERIES } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { collect, now, recall, rss, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, efs, percents, vectorIndex } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path, { vectorIndex, durability: "off" });
await createCollection(db, "c", set);
await collect();
const before = rss();

/** Milliseconds of processor time of this thread, and of all threads of the process. */
const threadMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
const processMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Queries per second of processor time: the best of five passes after a warm-up; recall of the last. */
async function rate(ask, queries, truth) {
  for (let i = 0; i < 600; i++) await ask(i % queries);
  const found = new Array(queries);
  let best = 0;
  for (let pass = 0; pass < 5; pass++) {
    const begin = threadMs();
    for (let i = 0; i < queries; i++) found[i] = await ask(i);
    best = Math.max(best, (queries / (threadMs() - begin)) * 1000);
  }
  return { qps: Math.round(best), recall: recall(found, truth) };
}

const start = now();
const startCpu = processMs();
const insert = await watched(() => insertAll(db, "c", set));
const build = await watched(() => indexed(db, "c"));
const buildMs = Math.round(now() - start);
const buildCpuMs = Math.round(processMs() - startCpu);

const curve = [];
for (const ef of efs) {
  curve.push({ knob: ef, ...(await rate(searcher(db, "c", set, ef), set.queryCount, set.truth)) });
}
const filtered = [];
for (const percent of percents) {
  const { to } = fixedWindow(percent);
  const ask = searcher(db, "c", set, 64, { filter: () => `sel < ${to}` });
  filtered.push({ percent, ...(await rate(ask, WINDOW_QUERIES, fixedTruth(set, percent))) });
}

// The graph's file is written behind.
const writing = async () => (await db.stats()).segments.some((s) => s.snapshot === "writing");
while (await writing()) await collect();
await collect();
const loaded = rss();
const { memory, vectorIndex: index, builds } = await db.stats();
await db.collections.release({ collectionName: "c" });
await collect();
const released = rss();
const load = await watched(() => db.collections.load({ collectionName: "c" }));
const { graphRows } = await db.stats();
await db.close();
phaseDone({
  index,
  builds,
  buildMs,
  buildCpuMs,
  insertMs: insert.ms,
  stallMax: Math.max(insert.stallMax, build.stallMax),
  curve,
  filtered,
  memory: { before, loaded, released, segmentsMb: Math.round(memory.segmentsBytes / 2 ** 20) },
  loadMs: load.ms,
  graphRowsAfterLoad: graphRows,
});
