// One size: fill, build, search, one more batch, a thousand deletes; `open` in a process of its own.
import { dataset } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { bytesOf } from "../lib/files.mjs";
import { collect, median, now, round, rss, throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, action, queries = 100, ef = 20 } = phaseInput();
const set = dataset(name, rows);
const collectionName = "c";

if (action === "fill") {
  const db = await Elanus.open(path);
  await createCollection(db, collectionName, set);
  const start = now();
  await insertAll(db, collectionName, set);
  const insertSeconds = (now() - start) / 1000;
  await indexed(db, collectionName);
  const seconds = (now() - start) / 1000;
  await db.close();
  phaseDone({
    insertRowsPerSecond: Math.round(rows / insertSeconds),
    indexedRowsPerSecond: Math.round(rows / seconds),
    seconds: round(seconds),
    diskBytesPerRow: Math.round((bytesOf(path) + bytesOf(`${path}-segments`)) / rows),
  });
} else if (action === "truth") {
  // Kept on disk by the data set, so that the searching process need not hold the rows.
  set.truth(0);
  phaseDone({});
} else {
  await collect();
  const before = rss();
  const start = now();
  const db = await Elanus.open(path);
  const ask = searcher(db, collectionName, set, ef);
  await ask(0);
  const openMs = round(now() - start);
  for (let i = 0; i < queries; i++) await ask(i);
  await collect();
  const memoryBytesPerRow = Math.round(((rss() - before) * 2 ** 20) / rows);
  const segmentBytesPerRow = Math.round((await db.stats()).memory.segmentsBytes / rows);
  const curve = [];
  for (const knob of [20, 40, 64]) {
    const figures = await throughput(searcher(db, collectionName, set, knob), { queries, truth: set.truth });
    curve.push({ knob, ...figures });
  }
  // One more batch of 1000, nine times, and each of them deleted again by filter.
  const inserts = [];
  const deletes = [];
  for (let turn = 0; turn < 9; turn++) {
    const data = [];
    for (let i = 0; i < 1000; i++) {
      const vector = set.query(i % set.queryCount).map((x) => x + 0.001 * (i + turn));
      data.push({ id: rows + turn * 1000 + i, sel: 2_000_000 + turn, vector });
    }
    let at = now();
    await db.entities.insert({ collectionName, data });
    inserts.push(now() - at);
    at = now();
    await db.entities.delete({ collectionName, filter: `sel == ${2_000_000 + turn}` });
    deletes.push(now() - at);
  }
  const insertMs = round(median(inserts));
  const deleteMs = round(median(deletes));
  await db.close();
  phaseDone({ openMs, memoryBytesPerRow, segmentBytesPerRow, curve, insertMs, deleteMs });
}
