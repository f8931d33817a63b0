// Recall on one data set: fresh, for k of 1 to 1000, then after half of the rows were deleted, or replaced.
import { dataset, neighbours } from "../lib/datasets.mjs";
import { createCollection, Elanus, indexed, insertAll, searcher } from "../lib/elanus.mjs";
import { recall, sleep, throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, efs, queries = 100 } = phaseInput();
const set = dataset(name, rows);
const collectionName = "c";
const db = await Elanus.open(path, { exactBelow: 1000 });
await createCollection(db, collectionName, set);
await insertAll(db, collectionName, set);
await indexed(db, collectionName);

async function recallAt(ef, k, truth) {
  const ask = searcher(db, collectionName, set, ef, { limit: k });
  const found = [];
  for (let q = 0; q < queries; q++) found.push(await ask(q));
  return recall(found, (q) => truth.subarray(q * k, (q + 1) * k));
}

/** Waits until deleted rows have left the graphs, or for `seconds`. */
async function settled(seconds) {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    await indexed(db, collectionName);
    const { tombstones } = await db.stats();
    if (tombstones === 0) return 0;
    await sleep(50);
  }
  return (await db.stats()).tombstones;
}

const result = { rows: set.rows, ef: [], k: [] };
for (const ef of efs) {
  result.ef.push({
    knob: ef,
    ...(await throughput(searcher(db, collectionName, set, ef), { queries, truth: set.truth, passes: 3 })),
  });
}
for (const k of [1, 10, 100, 1000]) {
  const truth = neighbours(set, queries, k);
  const ef = Math.max(64, k);
  const figures = await throughput(searcher(db, collectionName, set, ef, { limit: k }), { queries, passes: 3 });
  const wide = await recallAt(2 * ef, k, truth);
  result.k.push({ k, ef, recall: await recallAt(ef, k, truth), recallWide: wide, ...figures });
}

// Every second row goes.
const even = (row) => row % 2 === 0;
for (let from = 1; from < set.rows; from += 20_000) {
  const ids = [];
  for (let i = from; i < Math.min(set.rows, from + 20_000); i += 2) ids.push(i);
  await db.entities.delete({ collectionName, filter: `id in [${ids.join(",")}]` });
}
const half = neighbours(set, queries, 10, () => even);
const tombstones = (await db.stats()).tombstones;
result.deleted = { atOnce: await recallAt(64, 10, half), tombstones };
result.deleted.tombstonesLeft = await settled(120);
result.deleted.later = await recallAt(64, 10, half);

// The rows that are left take the vectors of those that went: an upsert of every row.
const moved = { ...set, row: (i) => set.row(i + 1 < set.rows ? i + 1 : i) };
for (let from = 0; from < set.rows; from += 2000) {
  const data = [];
  for (let i = from; i < Math.min(set.rows, from + 2000); i += 2) {
    data.push({ id: i, sel: set.sel[i], vector: moved.row(i) });
  }
  await db.entities.upsert({ collectionName, data });
}
const odd = neighbours(set, queries, 10, () => (row) => !even(row));
const replaced = odd.map((row) => (row === 0xffffffff ? row : row - 1));
result.replaced = { atOnce: await recallAt(64, 10, replaced) };
result.replaced.tombstonesLeft = await settled(120);
result.replaced.later = await recallAt(64, 10, replaced);

// Asked twice, and after opening again, the answers are the same.
const ask = searcher(db, collectionName, set, 64);
const first = [];
for (let q = 0; q < queries; q++) first.push((await ask(q)).join());
let differing = 0;
for (let q = 0; q < queries; q++) if ((await ask(q)).join() !== first[q]) differing++;
result.differing = differing;
await db.close();
phaseDone(result);
