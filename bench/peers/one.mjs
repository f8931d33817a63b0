// One engine, one data set, one phase, in this process.
import { mkdirSync, rmSync } from "node:fs";
import {
  dataset,
  fixedTruth,
  fixedWindow,
  SEL_RANGE,
  WINDOW_QUERIES,
  windowOf,
  windowTruth,
} from "../lib/datasets.mjs";
import { bytesOf } from "../lib/files.mjs";
import { collect, now, round, rss, throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { engine, set: name, rows, action, folder, percents = [1, 10, 50] } = phaseInput();
const { adapter } = await import(`./adapters/${engine}.mjs`);
const set = dataset(name, rows);

async function open() {
  await collect();
  const before = rss();
  const start = now();
  const state = await adapter.open(set, folder);
  await adapter.search(state, set.query(0), 10, adapter.knobs[0]);
  const openMs = round(now() - start);
  await collect();
  return { state, openMs, openRssMb: round(rss() - before) };
}

if (action === "build") {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const start = now();
  await adapter.build(set, folder);
  const seconds = (now() - start) / 1000;
  phaseDone({
    rowsPerSecond: Math.round(set.rows / seconds),
    seconds: round(seconds),
    diskMb: round(bytesOf(folder) / 1e6),
  });
} else if (action === "search") {
  const { state, openMs, openRssMb } = await open();
  const curve = [];
  for (const knob of adapter.knobs) {
    const figures = await throughput((i) => adapter.search(state, set.query(i), 10, knob), {
      queries: set.queryCount,
      truth: set.truth,
      budgetMs: 1500,
    });
    curve.push({ knob, ...figures });
  }
  await adapter.close?.(state);
  phaseDone({ openMs, openRssMb, curve });
} else if (action === "filter") {
  const { state } = await open();
  const filtered = [];
  for (const percent of percents) {
    const options = { queries: WINDOW_QUERIES, budgetMs: 700 };
    const ask = (window) => (i, pass) => adapter.filter(state, set.query(i), 10, adapter.filterKnob, window(i, pass));
    const fresh = await throughput(
      ask((i, pass) => windowOf(percent, i, pass)),
      { ...options, truth: windowTruth(set, percent) },
    );
    const fixed = fixedWindow(percent);
    const seen = await throughput(
      ask(() => fixed),
      { ...options, truth: fixedTruth(set, percent) },
    );
    filtered.push({ percent, fresh, seen });
  }
  await adapter.close?.(state);
  phaseDone({ filtered });
} else {
  // Tenths of the rows, one after the other; the store is spent afterwards.
  const { state } = await open();
  const deletes = [];
  let deleted = 0;
  for (const tenth of [0, 1, 2]) {
    const start = now();
    deleted += await adapter.delete(state, { from: (SEL_RANGE / 10) * tenth, to: (SEL_RANGE / 10) * (tenth + 1) });
    deletes.push(round(now() - start));
  }
  await adapter.close?.(state);
  phaseDone({ deletes, deleted });
}
