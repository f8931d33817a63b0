// Filters that follow the vectors: MNIST images by the digit they show. The query's own digit, another digit, and a
// random filter of the same selectivity, each seen before.
import { dataset, neighbours, SEL_RANGE } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, ef = 20 } = phaseInput();
const set = dataset("mnist");
const queries = Math.min(300, set.queryCount);
const db = await Elanus.open(path, { exactBelow: 1000 });
await createCollection(db, "c", set, { labels: true });
await insertAll(db, "c", set, { labels: true });
await indexed(db, "c");

const own = (i) => set.labels[set.rows + i];
const other = (i) => (own(i) + 5) % 10;
const share = (i) => {
  let count = 0;
  for (let row = 0; row < set.rows; row++) if (set.labels[row] === own(i)) count++;
  return Math.round((count / set.rows) * SEL_RANGE);
};
// As many random filters as there are digits, side by side: were they one inside the other, all would read the same
// rows, and the caches would answer.
const widths = Array.from({ length: queries }, (_, i) => share(i));
const starts = Array.from({ length: queries }, (_, i) => Math.floor((own(i) * (SEL_RANGE - widths[i])) / 9));
const cases = {
  own: { filter: (i) => `label == ${own(i)}`, allowed: (i) => (row) => set.labels[row] === own(i) },
  other: { filter: (i) => `label == ${other(i)}`, allowed: (i) => (row) => set.labels[row] === other(i) },
  random: {
    filter: (i) => `sel >= ${starts[i]} and sel < ${starts[i] + widths[i]}`,
    allowed: (i) => (row) => set.sel[row] >= starts[i] && set.sel[row] < starts[i] + widths[i],
  },
};
const result = { rows: set.rows };
for (const [name, { filter, allowed }] of Object.entries(cases)) {
  const truth = neighbours(set, queries, 10, allowed);
  result[name] = await throughput(searcher(db, "c", set, ef, { filter }), {
    queries,
    truth: (i) => truth.subarray(i * 10, i * 10 + 10),
  });
}
await db.close();
phaseDone(result);
