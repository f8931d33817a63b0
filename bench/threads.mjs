// Searches on several threads, and one search more with `worker: true`: ratios of short stretches that take turns.
//   npm run build && node bench/threads.mjs          ROWS=20000 DIMENSION=128 EF=64 ROUNDS=60 are the defaults
// A stretch is a few milliseconds long, so on a busy machine some of them have it to themselves: beside the median of all rounds
// stands that of the best quarter, which is what a quiet machine shows in all of them. The last column is of eight answers at a time, each way
// for itself: the time that 2 % of them stay below. So short a time is free of other programs wherever they leave a core for a moment.
import { availableParallelism, cpus, loadavg } from "node:os";
import { clustered } from "./data.mjs";
import { quantile, round } from "./lib/measure.mjs";

const { Elanus } = await import("../dist/esm/index.js");
const env = process.env;
const ROWS = Number(env.ROWS ?? 20_000);
const D = Number(env.DIMENSION ?? 128);
const EF = Number(env.EF ?? 64);
const ROUNDS = Number(env.ROUNDS ?? 60);
const SEARCHES = 200;

const { base, queries } = clustered(ROWS, SEARCHES, D, 1001);
const vectorOf = (all, i) => all.subarray(i * D, (i + 1) * D);
const vectors = Array.from({ length: SEARCHES }, (_, i) => vectorOf(queries, i));

async function filled(options) {
  const db = await Elanus.open(":memory:", options);
  await db.collections.create({ collectionName: "c", dimension: D, metricType: "L2" });
  for (let from = 0; from < ROWS; from += 1000) {
    const data = Array.from({ length: 1000 }, (_, i) => ({
      id: from + i,
      vector: vectorOf(base, from + i),
      group: (from + i) % 10,
    }));
    await db.entities.insert({ collectionName: "c", data });
  }
  while ((await db.stats()).pendingRows > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  return db;
}

const request = (data, more) => ({
  collectionName: "c",
  data,
  limit: 10,
  searchParams: { params: { ef: EF } },
  ...more,
});

/** Milliseconds of all searches by so many callers, each of whom waits for his own answers; `spans` takes those of eight each. */
async function callers(db, count, more, spans = []) {
  let next = 0;
  let answered = 0;
  const start = performance.now();
  let last = start;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (next < SEARCHES) {
        await db.entities.search(request([vectors[next++]], more));
        if (++answered % 8 !== 0) continue;
        const now = performance.now();
        spans.push(now - last);
        last = now;
      }
    }),
  );
  return performance.now() - start;
}

/** The same, so many vectors in one call. */
async function together(db, count, more, spans = []) {
  const start = performance.now();
  for (let i = 0; i < SEARCHES; i += count) {
    const begun = performance.now();
    await db.entities.search(request(vectors.slice(i, i + count), more));
    spans.push(((performance.now() - begun) / count) * 8);
  }
  return performance.now() - start;
}

console.log(
  `${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}; ` +
    `${ROWS} x ${D} L2, ef ${EF}, k 10`,
);

/** @param pairs of milliseconds, of one caller and of the other way, one behind the other */
function say(name, pairs, unit, of, last = "") {
  const values = pairs.map(of);
  const better = unit === "x" ? 1 : -1;
  const best = quantile(
    values.map((value) => value * better),
    0.875,
  );
  const shown = [quantile(values, 0.5), best * better].map((value) => `${round(value, 2)} ${unit}`);
  console.log(`| ${name} | ${[...shown, last].join(" | ")} |`);
}

const db = await filled({});
console.log("\n| | median of rounds | best quarter | eight answers |\n| --- | --- | --- | --- |");
for (const [name, more] of [
  ["", {}],
  [", under a filter seen before", { filter: "group < 5" }],
]) {
  for (let i = 0; i < 5; i++) await callers(db, 8, more);
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const [ways, run] of [
    ["8 callers", (spans) => callers(db, 8, more, spans)],
    ["2 callers", (spans) => callers(db, 2, more, spans)],
    ["100 vectors in a call", (spans) => together(db, 100, more, spans)],
  ]) {
    const pairs = [];
    const alone = [];
    const shared = [];
    for (let i = 0; i < ROUNDS; i++) pairs.push([await callers(db, 1, more, alone), await run(shared)]);
    const eight = `${round(quantile(alone, 0.02) / quantile(shared, 0.02), 2)} x`;
    say(`${ways} over one caller${name}`, pairs, "x", ([one, other]) => one / other, eight);
  }
}
console.log(`| threads | ${JSON.stringify((await db.stats()).searchThreads)} | | |`);

const there = await filled({ worker: true });
const ways = {
  search: (at, i) => at.entities.search(request([vectors[i % SEARCHES]])),
  get: (at, i) => at.entities.get({ collectionName: "c", id: [i], outputFields: ["group"] }),
  query: (at, i) =>
    at.entities.query({ collectionName: "c", filter: `id in [${i}, ${i + 1}]`, outputFields: ["group"] }),
};
for (const [name, run] of Object.entries(ways)) {
  const stretch = async (at) => {
    const took = [];
    for (let i = 0; i < 50; i++) {
      const start = performance.now();
      await run(at, i);
      took.push((performance.now() - start) * 1000);
    }
    return quantile(took, 0.5);
  };
  for (let i = 0; i < 20; i++) await stretch(there);
  const pairs = [];
  for (let i = 0; i < ROUNDS * 4; i++) pairs.push([await stretch(db), await stretch(there)]);
  say(`\`worker: true\`, one ${name} more`, pairs, "us", ([here, far]) => far - here);
}
await db.close();
await there.close();
