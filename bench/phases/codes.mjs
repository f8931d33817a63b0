// A file is filled; then it is opened with vectors or with codes alone, and searched.
import { dataset } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { now, round, throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { action, path, set: name, rows } = phaseInput();
const set = dataset(name, rows);
const collectionName = "c";

if (action === "fill") {
  const db = await Elanus.open(path);
  await createCollection(db, collectionName, set);
  const start = now();
  await insertAll(db, collectionName, set);
  await indexed(db, collectionName);
  const seconds = round((now() - start) / 1000);
  await db.close();
  phaseDone({ seconds });
} else {
  const start = now();
  const db = await Elanus.open(path, { memory: action });
  await searcher(db, collectionName, set, 20)(0);
  const openMs = round(now() - start);
  const { pendingRows } = await indexed(db, collectionName);
  const segmentMb = round((await db.stats()).memory.segmentsBytes / 2 ** 20);
  const curve = [];
  for (const ef of [10, 20, 40]) {
    curve.push({
      ef,
      ...(await throughput(searcher(db, collectionName, set, ef), { queries: 300, truth: set.truth })),
    });
  }
  await db.close();
  phaseDone({ openMs, pendingRows, segmentMb, curve });
}
