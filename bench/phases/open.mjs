// Elanus: from opening a file to the first answer; and memory before load, loaded and released.
//   action open: the collection is loaded in the file.   action release: leaves it released.   action memory: loads it.
import { dataset } from "../lib/datasets.mjs";
import { Elanus, indexed, searcher } from "../lib/elanus.mjs";
import { collect, now, round, rss, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, action } = phaseInput();
const set = dataset(name, rows);
const ask = (db) => searcher(db, "c", set, 20);
if (action === "open") {
  const start = now();
  const db = await Elanus.open(path);
  await ask(db)(0);
  const openMs = round(now() - start);
  const { graphRows, pendingRows } = await db.stats();
  await db.close();
  phaseDone({ openMs, graphRows, pendingRows });
} else if (action === "release") {
  const db = await Elanus.open(path);
  await ask(db)(0);
  const release = await watched(() => db.collections.release({ collectionName: "c" }));
  await db.close();
  phaseDone({ release });
} else {
  const db = await Elanus.open(path);
  await collect();
  const before = rss();
  const load = await watched(() => db.collections.load({ collectionName: "c" }));
  await indexed(db, "c");
  for (let i = 0; i < 100; i++) await ask(db)(i);
  await collect();
  const loaded = rss();
  const { memory } = await db.stats();
  const release = await watched(() => db.collections.release({ collectionName: "c" }));
  await collect();
  const released = rss();
  await db.collections.load({ collectionName: "c" });
  await db.close();
  phaseDone({ before, loaded, released, segmentsMb: round(memory.segmentsBytes / 2 ** 20), load, release });
}
