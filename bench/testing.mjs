// What a test suite waits for with elanus/testing: the start, a reset, a snapshot, a fork, and the first search after each.
//
//   npm run build && node bench/testing.mjs
//   ROUNDS=20 is the default; SIZES=10000x128,50000x128 those of forks
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { machine } from "./lib/machine.mjs";
import { median, now, quantile } from "./lib/measure.mjs";

const self = fileURLToPath(import.meta.url);
const COLD = "--cold";

if (process.argv.includes(COLD)) {
  const begun = now();
  const { startMilvus } = await import("../dist/esm/testing.js");
  const imported = now();
  const milvus = await startMilvus();
  console.log(JSON.stringify([imported - begun, now() - imported]));
  await milvus.close();
} else await measure();

async function measure() {
  const ROUNDS = Number(process.env.ROUNDS ?? 20);
  const SIZES = (process.env.SIZES ?? "10000x128,50000x128").split(",").map((size) => size.split("x").map(Number));
  const { cpu, cores, node } = machine(import.meta.url, []);
  console.log(`${cpu}, ${cores} cores, Node ${node}; least, median and 90 % of ${ROUNDS} rounds, ms\n`);
  const say = (what, times) =>
    console.log(`${what.padEnd(58)}${ms(Math.min(...times))} ${ms(median(times))} ${ms(quantile(times, 0.9))}`);

  const cold = Array.from({ length: Math.min(ROUNDS, 10) }, () =>
    JSON.parse(execFileSync(process.execPath, [self, COLD], { encoding: "utf8" })),
  );
  say(
    "import, in a new process",
    cold.map(([imported]) => imported),
  );
  say(
    "first start, in a new process",
    cold.map(([, started]) => started),
  );

  const { startMilvus } = await import("../dist/esm/testing.js");
  say("start, warm", await timed(ROUNDS, async () => (await startMilvus()).close()));

  const vector = (id, dimension) => Array.from({ length: dimension }, (_, i) => Math.sin(id * dimension + i));
  async function fill(db, collectionName, rows, dimension) {
    await db.collections.create({ collectionName, dimension });
    for (let from = 0; from < rows; from += 1000) {
      const data = Array.from({ length: Math.min(1000, rows - from) }, (_, i) => ({
        id: from + i,
        vector: vector(from + i, dimension),
      }));
      await db.entities.insert({ collectionName, data });
    }
  }
  const search = (db, collectionName, dimension) =>
    db.entities.search({ collectionName, data: [vector(7, dimension)], limit: 1 });

  const ten = Array.from({ length: 10 }, (_, i) => `c${i}`);
  const fillTen = async (db) => {
    for (const name of ten) await fill(db, name, 1000, 128);
  };
  const empty = await startMilvus();
  say(
    "reset to nothing, ten loaded collections of 1,000 x 128",
    await timed(
      ROUNDS,
      () => empty.reset(),
      () => fillTen(empty.db),
    ),
  );
  await empty.close();

  const seeded = await startMilvus({ from: fillTen });
  const use = async () => {
    for (const name of ten) await search(seeded.db, name, 128);
    await seeded.db.entities.delete({ collectionName: "c3", filter: "id < 500" });
  };
  say("reset to ten loaded collections of 1,000 x 128", await timed(ROUNDS, () => seeded.reset(), use));
  const firsts = await timed(
    ROUNDS,
    () => search(seeded.db, "c5", 128),
    () => seeded.reset(),
  );
  say("first search of one of them after that", firsts);
  await seeded.close();

  for (const [rows, dimension] of SIZES) {
    const milvus = await startMilvus();
    await fill(milvus.db, "big", rows, dimension);
    await built(milvus);
    const { bytes } = await milvus.snapshot();
    const forks = [];
    const name = `${rows.toLocaleString("en")} x ${dimension}, ${(bytes / 2 ** 20).toFixed(0)} MB`;
    say(`snapshot of ${name}`, await timed(ROUNDS, () => milvus.snapshot()));
    const close = async () => {
      for (const fork of forks.splice(0)) await fork.close();
    };
    const fork = await timed(ROUNDS, async () => forks.push(await milvus.fork()), close);
    say(`fork of ${name} (${(Math.min(...fork) / (bytes / 2 ** 20)).toFixed(2)} ms per MB)`, fork);
    const first = await timed(
      ROUNDS,
      () => search(forks[0].db, "big", dimension),
      async () => {
        await close();
        forks.push(await milvus.fork());
      },
    );
    say("first search of it", first);
    await close();
    await milvus.close();
  }
}

/** A graph takes the rows over behind the calls. */
async function built(milvus) {
  for (;;) {
    const [index] = await milvus.db.indexes.describe({ collectionName: "big", indexName: "vector" });
    if (index.pendingRows === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Times of `work`, without those of what is done before each. */
async function timed(rounds, work, before = () => {}) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    await before();
    const begun = now();
    await work();
    times.push(now() - begun);
  }
  return times;
}

function ms(value) {
  return value.toFixed(1).padStart(7);
}
