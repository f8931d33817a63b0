// Elanus: exact search in a FLAT collection.
import { dataset } from "../lib/datasets.mjs";
import { createCollection, Elanus, insertAll, searcher } from "../lib/elanus.mjs";
import { throughput, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
await createCollection(db, "c", set, { indexType: "FLAT" });
const insert = await watched(() => insertAll(db, "c", set));
const figures = await throughput(searcher(db, "c", set, undefined), {
  queries: set.queryCount,
  truth: set.truth,
  budgetMs: 1500,
});
await db.close();
phaseDone({ insertRowsPerSecond: Math.round((set.rows / insert.ms) * 1000), insert, ...figures });
