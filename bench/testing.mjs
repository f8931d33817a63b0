// What a test suite waits for with elanus/testing: the start, a reset, a snapshot, a fork, and the first search after each.
//
//   npm run build && node bench/testing.mjs
//   ROUNDS=20 is the default; SIZES=10000x128,50000x128 those of forks
//
// Each line: the least time, the median and what 90 % stay below, then the median of the processor time, which a busy machine changes least;
// where there is one, the limit that the median is held to. The exit code is 1 when one is missed, by the clock and by the processor.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { machine } from "./lib/machine.mjs";
import { median, now, quantile } from "./lib/measure.mjs";

const self = fileURLToPath(import.meta.url);
const COLD = "--cold";

if (process.argv.includes(COLD)) {
  const [imported, { startMilvus }] = await measured(() => import("../dist/esm/testing.js"));
  const [started, milvus] = await measured(() => startMilvus());
  console.log(JSON.stringify([imported, started]));
  await milvus.close();
} else await measure();

async function measure() {
  const ROUNDS = Number(process.env.ROUNDS ?? 20);
  const SIZES = (process.env.SIZES ?? "10000x128,50000x128").split(",").map((size) => size.split("x").map(Number));
  const { cpu, cores, node } = machine(import.meta.url, []);
  console.log(`${cpu}, ${cores} cores, Node ${node}; ${ROUNDS} rounds, ms: least, median, 90 %; processor; limit\n`);
  const say = (what, spans, limit) => {
    const times = spans.map(({ time }) => time);
    const processor = median(spans.map((span) => span.processor));
    const figures = [Math.min(...times), median(times), quantile(times, 0.9), processor].map(ms).join(" ");
    console.log(`${what.padEnd(58)}${figures}${limit === undefined ? "" : ms(limit)}`);
    if (limit !== undefined && median(times) > limit && processor > limit) process.exitCode = 1;
  };

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
    30,
  );

  const { startMilvus } = await import("../dist/esm/testing.js");
  say("start and close, warm", await timed(ROUNDS, async () => (await startMilvus()).close()), 30);

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
    5,
  );
  await empty.close();

  const seeded = await startMilvus({ from: fillTen });
  const use = async () => {
    for (const name of ten) await search(seeded.db, name, 128);
    await seeded.db.entities.delete({ collectionName: "c3", filter: "id < 500" });
  };
  say("reset to ten loaded collections of 1,000 x 128", await timed(ROUNDS, () => seeded.reset(), use), 5);
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
    const perMb = median(fork.map(({ time }) => time)) / (bytes / 2 ** 20);
    say(`fork of ${name} (${perMb.toFixed(2)} ms per MB)`, fork, rows > 10_000 ? (1.5 * bytes) / 2 ** 20 : 20);
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

/** What `work` takes, without what is done before each. */
async function timed(rounds, work, before = () => {}) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    await before();
    times.push((await measured(work))[0]);
  }
  return times;
}

/** What some work takes, by the clock and of the processor, and what it gives. */
async function measured(work) {
  const used = process.cpuUsage();
  const begun = now();
  const result = await work();
  const time = now() - begun;
  const { user, system } = process.cpuUsage(used);
  return [{ time, processor: (user + system) / 1000 }, result];
}

function ms(value) {
  return value.toFixed(1).padStart(7);
}
