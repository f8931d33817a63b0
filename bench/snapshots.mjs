// Snapshots of a collection beside a writer that goes on: how long making and restoring take, how long the event loop is held,
// how long single inserts wait meanwhile; and the restore beside the same INSERT ... SELECT run bare, from the same file.
//
//   npm run build && node bench/snapshots.mjs
//   ROWS=100000 DIM=768 ROUNDS=3 are the defaults; STORE=memory for a database in memory
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { Elanus } from "../dist/esm/index.js";
import { machine } from "./lib/machine.mjs";
import { median, quantile } from "./lib/measure.mjs";
import { StallMeter } from "./stall-meter.mjs";

const env = process.env;
const ROWS = Number(env.ROWS ?? 100_000);
const DIM = Number(env.DIM ?? 768);
const ROUNDS = Number(env.ROUNDS ?? 3);
const IN_MEMORY = env.STORE === "memory";
const BATCH = 2000;

const { cpu, cores, node } = machine(import.meta.url, []);
console.log(`${cpu}, ${cores} cores, Node ${node}; ${ROWS} x ${DIM}, ${IN_MEMORY ? "memory" : "a file"}\n`);

const folder = mkdtempSync(join(tmpdir(), "elanus-bench-"));
const path = IN_MEMORY ? ":memory:" : join(folder, "bench.db");
const ms = (value) => `${value.toFixed(1)} ms`;

async function filled() {
  const db = await Elanus.open(path, { exactBelow: Infinity });
  await db.collections.create({
    collectionName: "docs",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: DIM } },
      ],
    },
  });
  for (let first = 0; first < ROWS; first += BATCH) {
    const count = Math.min(BATCH, ROWS - first);
    const ids = Array.from({ length: count }, (_, i) => first + i);
    const values = Float32Array.from({ length: count * DIM }, () => Math.random());
    await db.entities.insert({
      collectionName: "docs",
      data: ids.map((id, i) => ({ id, n: id, v: values.subarray(i * DIM, (i + 1) * DIM) })),
    });
  }
  await db.collections.flush({ collectionName: "docs" });
  return db;
}

/** The longest stretch of processor time between two turns: what the thread itself did, whoever else wanted the processors. */
class WorkMeter {
  #longest = 0;
  #before = threadMs();
  #timer = setInterval(() => {
    const now = threadMs();
    this.#longest = Math.max(this.#longest, now - this.#before);
    this.#before = now;
  }, 1);

  close() {
    clearInterval(this.#timer);
    return this.#longest;
  }
}

function threadMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Runs `work` beside a writer of one row after the other, and says what both felt. */
async function beside(db, work) {
  const v = Float32Array.from({ length: DIM }, () => 0.5);
  const meter = new StallMeter();
  const waits = [];
  let running = true;
  const writer = (async () => {
    for (let id = 10_000_000; running; id++) {
      const began = performance.now();
      await db.entities.insert({ collectionName: "docs", data: [{ id, n: 0, v }] });
      waits.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const alone = Math.max(...waits.splice(0));
  meter.reset();
  const longest = new WorkMeter();
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  running = false;
  await writer;
  const stall = meter.max();
  const busy = longest.close();
  meter.close();
  waits.sort((a, b) => a - b);
  return { took, stall, busy, alone, worst: waits.at(-1), p99: quantile(waits, 0.99), writes: waits.length };
}

async function restored(db, request) {
  const { jobId } = await db.snapshots.restore({ collectionName: "docs", snapshotName: "s", ...request });
  for (;;) {
    const { state, reason } = await db.jobs.snapshot.describe({ jobId });
    if (state.endsWith("Completed")) return;
    if (state.endsWith("Failed")) throw new Error(reason);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The same rows into the same kind of tables, by SQLite alone, in one transaction. */
function bare(snapshotFile, round) {
  const sql = new Sqlite(join(folder, `bare${round}.db`));
  sql.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
  sql.prepare("ATTACH ? AS copy").run(snapshotFile);
  const tables = sql
    .prepare("SELECT name, sql FROM copy.sqlite_master WHERE name GLOB '[evi]_[0-9]*' AND sql NOT NULL")
    .all();
  const began = performance.now();
  for (const { sql: text } of tables) sql.exec(text);
  sql.exec("BEGIN IMMEDIATE");
  for (const { name } of tables.filter(({ sql: text }) => text.startsWith("CREATE TABLE"))) {
    sql.exec(`INSERT INTO main.${name} SELECT * FROM copy.${name}`);
  }
  sql.exec("COMMIT");
  const took = performance.now() - began;
  sql.close();
  return took;
}

const shown = ({ took, stall, busy, alone, worst, p99, writes }) =>
  `${took.toFixed(0)} ms; event loop held at most ${ms(stall)} (${ms(busy)} of processor time); ${writes} inserts beside it: p99 ${ms(p99)}, worst ${ms(worst)} (alone before: ${ms(alone)})`;

try {
  const db = await filled();
  const [ratios, works] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    console.log(
      `snapshot: ${shown(await beside(db, () => db.snapshots.create({ collectionName: "docs", snapshotName: "s" })))}`,
    );
    const { s3Location } = await db.snapshots.describe({ collectionName: "docs", snapshotName: "s" });
    console.log(`restore:  ${shown(await beside(db, () => restored(db, { targetCollectionName: `beside${round}` })))}`);
    const [began, busy] = [performance.now(), threadMs()];
    await restored(db, { targetCollectionName: `alone${round}` });
    const [alone, work] = [performance.now() - began, threadMs() - busy];
    if (!IN_MEMORY) {
      const before = threadMs();
      const plain = bare(s3Location, round);
      ratios.push(alone / plain);
      works.push(work / (threadMs() - before));
      console.log(
        `restore alone: ${alone.toFixed(0)} ms, INSERT ... SELECT bare: ${plain.toFixed(0)} ms, ${(alone / plain).toFixed(2)} of it`,
      );
    }
    await db.snapshots.drop({ collectionName: "docs", snapshotName: "s" });
    for (const name of ["beside", "alone"]) await db.collections.drop({ collectionName: `${name}${round}` });
  }
  if (ratios.length > 0)
    console.log(
      `\nrestore beside bare, median: ${median(ratios).toFixed(2)}, of processor time ${median(works).toFixed(2)}`,
    );
  await db.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
