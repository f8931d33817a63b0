// Elanus: insert in batches of 1000 while the graph is built behind, then wait for it, then close (the snapshot is written).

import { dataset } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, rowsOf } from "../lib/elanus.mjs";
import { bytesOf } from "../lib/files.mjs";
import { now, rss, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, partitions = 1, labels = false, options = {} } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path, options);
await createCollection(db, "c", set, { labels });
const names = ["_default"];
for (let p = 1; p < partitions; p++) {
  names.push(`p${p}`);
  await db.partitions.create({ collectionName: "c", partitionName: `p${p}` });
}
await db.collections.load({ collectionName: "c" });
// The first call compiles statements and code: a row that is taken away again.
await db.entities.insert({ collectionName: "c", data: rowsOf(set, 0, 1, labels) });
await db.entities.delete({ collectionName: "c", filter: "id == 0" });

const start = now();
const insert = await watched(async () => {
  const share = set.rows / partitions;
  for (let p = 0; p < partitions; p++) {
    const slice = { from: Math.round(share * p), to: Math.round(share * (p + 1)), partitionName: names[p], labels };
    await insertAll(db, "c", set, slice);
  }
});
const build = await watched(() => indexed(db, "c"));
const seconds = (now() - start) / 1000;
const stats = await db.stats();
const rssMb = rss();
const close = await watched(() => db.close());
phaseDone({
  insertRowsPerSecond: Math.round((set.rows / insert.ms) * 1000),
  indexedRowsPerSecond: Math.round(set.rows / seconds),
  seconds,
  insert,
  build,
  close,
  rssMb,
  diskMb: Math.round((bytesOf(path) + bytesOf(`${path}-segments`)) / 1e6),
  kernel: stats.kernel,
  segmentsBytes: stats.memory.segmentsBytes,
  graphRows: stats.graphRows,
});
