// Elanus: open, then the curve of ef against recall and rate.
import { dataset } from "../lib/datasets.mjs";
import { Elanus, searcher } from "../lib/elanus.mjs";
import { throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, efs, options = {} } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path, options);
const curve = [];
for (const ef of efs) {
  const figures = await throughput(searcher(db, "c", set, ef), {
    queries: set.queryCount,
    truth: set.truth,
  });
  curve.push({ knob: ef, ...figures });
}
await db.close();
phaseDone({ curve });
