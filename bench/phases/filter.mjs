// Elanus: searches under filters on an indexed Int32 column, each time another filter and always the same.
import { dataset, fixedTruth, fixedWindow, WINDOW_QUERIES, windowOf, windowTruth } from "../lib/datasets.mjs";
import { Elanus, searcher } from "../lib/elanus.mjs";
import { throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, percents, ef = 20, budgetMs = 600 } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
const text = ({ from, to }) => (from === 0 ? `sel < ${to}` : `sel >= ${from} and sel < ${to}`);
const filtered = [];
for (const percent of percents) {
  const common = { queries: WINDOW_QUERIES, budgetMs };
  const fresh = await throughput(
    searcher(db, "c", set, ef, { filter: (i, pass) => text(windowOf(percent, i, pass)) }),
    { ...common, truth: windowTruth(set, percent) },
  );
  const seen = await throughput(searcher(db, "c", set, ef, { filter: () => text(fixedWindow(percent)) }), {
    ...common,
    truth: fixedTruth(set, percent),
  });
  filtered.push({ percent, fresh, seen });
}
await db.close();
phaseDone({ filtered });
