// hnswlib-node without anything around it: `build` writes the index file, `search` reads it.
import { dataset, fixedTruth, fixedWindow, WINDOW_QUERIES, windowOf, windowTruth } from "../lib/datasets.mjs";
import { now, round, throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";
import { loadAddon, RawIndex } from "../lib/raw.mjs";

const { action, set: name, rows, file, efs = [20], filters = [], filterEf = 20 } = phaseInput();
const set = dataset(name, rows);
const index = new RawIndex(loadAddon(), set);
if (action === "build") {
  const start = now();
  index.build(set);
  const seconds = (now() - start) / 1000;
  index.write(file);
  phaseDone({ rowsPerSecond: Math.round(set.rows / seconds), seconds });
} else {
  const start = now();
  await index.read(file);
  index.search(set.query(0), 10, 20);
  const openMs = round(now() - start);
  const curve = [];
  for (const ef of efs) {
    const figures = await throughput((i) => index.search(set.query(i), 10, ef), {
      queries: set.queryCount,
      truth: set.truth,
    });
    curve.push({ knob: ef, ...figures });
  }
  // A byte mask as a filter; for a new filter the mask is made from the column, outside of any storage.
  const mask = new Uint8Array(set.rows);
  const fill = ({ from, to }) => {
    for (let i = 0; i < mask.length; i++) mask[i] = set.sel[i] >= from && set.sel[i] < to ? 1 : 0;
  };
  const allow = (label) => mask[label] === 1;
  const filtered = [];
  for (const percent of filters) {
    const options = { queries: WINDOW_QUERIES, budgetMs: 600 };
    const fresh = await throughput(
      (i, pass) => {
        fill(windowOf(percent, i, pass));
        return index.search(set.query(i), 10, filterEf, allow);
      },
      { ...options, truth: windowTruth(set, percent) },
    );
    fill(fixedWindow(percent));
    const ask = (i) => index.search(set.query(i), 10, filterEf, allow);
    const seen = await throughput(ask, { ...options, truth: fixedTruth(set, percent) });
    filtered.push({ percent, fresh, seen });
  }
  phaseDone({ openMs, curve, filtered });
}
