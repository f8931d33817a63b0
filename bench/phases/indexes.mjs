// One vector index through the public API: build, search, filters, load, and memory before, loaded and released.
import { dataset, fixedTruth, fixedWindow, WINDOW_QUERIES } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { collect, now, rss, throughput, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, efs, percents, vectorIndex } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path, { vectorIndex, durability: "off" });
await createCollection(db, "c", set);
await collect();
const before = rss();

const start = now();
const insert = await watched(() => insertAll(db, "c", set));
const build = await watched(() => indexed(db, "c"));
const buildMs = Math.round(now() - start);

const curve = [];
for (const ef of efs) {
  const figures = await throughput(searcher(db, "c", set, ef), { queries: set.queryCount, truth: set.truth });
  curve.push({ knob: ef, ...figures });
}
const filtered = [];
for (const percent of percents) {
  const { to } = fixedWindow(percent);
  const figures = await throughput(searcher(db, "c", set, 64, { filter: () => `sel < ${to}` }), {
    queries: WINDOW_QUERIES,
    budgetMs: 600,
    truth: fixedTruth(set, percent),
  });
  filtered.push({ percent, ...figures });
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
  insertMs: insert.ms,
  stallMax: Math.max(insert.stallMax, build.stallMax),
  curve,
  filtered,
  memory: { before, loaded, released, segmentsMb: Math.round(memory.segmentsBytes / 2 ** 20) },
  loadMs: load.ms,
  graphRowsAfterLoad: graphRows,
});
