// Microseconds of each kind of call on 20,000 rows in memory, and of a commit on disk: the best of several rounds.
//   node calls.mjs URL_OF_MODULE
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { Elanus } = await import(process.argv[2]);
const ROWS = 20_000;
const ROUNDS = 8;
const book = { collectionName: "book" };
const vectorOf = (i, dimension) => Array.from({ length: dimension }, (_, d) => Math.sin(i * 7 + d));
const row = (i) => ({ id: i, vector: vectorOf(i, 8), n: i % 100, s: `x${i}` });
const results = {};

async function measure(name, calls, call, rounds = ROUNDS) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) await call(round * calls + i);
    best = Math.min(best, ((performance.now() - start) * 1000) / calls);
  }
  results[name] = best;
}

// Without graphs, whose builder would work beside the calls.
const db = await Elanus.open(":memory:", { exactBelow: 1_000_000 });
await db.collections.create({ ...book, dimension: 8 });
const batches = Array.from({ length: ROWS / 1000 }, (_, b) =>
  Array.from({ length: 1000 }, (_, i) => row(b * 1000 + i)),
);
await measure("insert of 1,000 rows", batches.length, (i) => db.entities.insert({ ...book, data: batches[i] }), 1);

await measure("get", 4000, (i) => db.entities.get({ ...book, id: [i % ROWS], outputFields: ["n"] }));
await measure("query by keys", 4000, (i) =>
  db.entities.query({ ...book, filter: `id in [${i % ROWS}, ${(i + 1) % ROWS}]`, outputFields: ["n", "s"] }),
);
await measure("query by a dynamic key", 1000, (i) =>
  db.entities.query({ ...book, filter: `n == ${i % 100}`, limit: 5, outputFields: ["n", "s"] }),
);
const queries = Array.from({ length: 64 }, (_, i) => vectorOf(i * 31, 8));
await measure("search", 2000, (i) => db.entities.search({ ...book, data: [queries[i % 64]], limit: 5 }));
await measure("search of 64 vectors", 20, () =>
  db.entities.search({ ...book, data: queries, limit: 10, outputFields: ["n"] }),
);
await measure("filtered search", 200, (i) =>
  db.entities.search({ ...book, data: [queries[i % 64]], limit: 5, filter: `n < ${i % 50}` }),
);
await measure("insert", 3000, (i) => db.entities.insert({ ...book, data: [row(ROWS + i)] }));
await measure("upsert", 3000, (i) => db.entities.upsert({ ...book, data: [row(i % 3000)] }));
await measure("delete", 3000, (i) => db.entities.delete({ ...book, filter: `id in [${ROWS + i}]` }));
await db.close();

const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-calls-"));
try {
  const onDisk = await Elanus.open(join(folder, "book.db"));
  await onDisk.collections.create({ ...book, dimension: 8 });
  await measure("insert on disk", 200, (i) => onDisk.entities.insert({ ...book, data: [row(i)] }));
  await measure("insert of 1,000 x 8 on disk", 10, (i) =>
    onDisk.entities.insert({ ...book, data: Array.from({ length: 1000 }, (_, j) => row(10_000 + i * 1000 + j)) }),
  );
  await onDisk.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(results));
