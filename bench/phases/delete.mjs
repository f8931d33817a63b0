// Elanus: a tenth of the rows deleted by filter, three times; then the graph is built anew without them.
import { dataset, SEL_RANGE } from "../lib/datasets.mjs";
import { Elanus, indexed, searcher } from "../lib/elanus.mjs";
import { median, sleep, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
const ask = searcher(db, "c", set, 64, { limit: 100 });
for (let i = 0; i < 20; i++) await ask(i);
const deletes = [];
let deleted = 0;
let ghosts = 0;
for (const tenth of [0, 1, 2]) {
  const to = (SEL_RANGE / 10) * (tenth + 1);
  const filter = `sel >= ${to - SEL_RANGE / 10} and sel < ${to}`;
  const { result, ...figures } = await watched(() => db.entities.delete({ collectionName: "c", filter }));
  deleted += result.deleteCount;
  deletes.push(figures);
  for (let i = 0; i < 20; i++) for (const id of await ask(i)) if (set.sel[id] < to) ghosts++;
}
// More than a quarter is gone: the graph is built again behind.
const compaction = await watched(async () => {
  for (let waited = 0; waited < 60_000; waited += 50) {
    await sleep(50);
    const stats = await db.stats();
    if (stats.tombstones === 0 && stats.pendingRows === 0) break;
  }
  await indexed(db, "c");
});
const { tombstones } = await db.stats();
const close = await watched(() => db.close());
const deleteMs = median(deletes.map((d) => d.ms));
phaseDone({ deleteMs, deletes, deleted, ghosts, compaction, tombstonesLeft: tombstones, close });
