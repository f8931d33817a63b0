// Rows of a collection into files and out of them: rows per second, of the clock and of processor time, the memory above that of the open
// store, and how long the event loop is held.
//
//   npm run build && node --expose-gc bench/files.mjs
//   ROWS=1000000 DIM=128 FORMATS=parquet,ndjson,csv,json are the defaults
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Elanus } from "../dist/esm/index.js";
import { machine } from "./lib/machine.mjs";

const { env } = process;
const ROWS = Number(env.ROWS ?? 1_000_000);
const DIM = Number(env.DIM ?? 128);
const FORMATS = (env.FORMATS ?? "parquet,ndjson,csv,json").split(",");
const BATCH = 5000;
const MB = 1024 * 1024;

const { cpu, cores, node } = machine(import.meta.url, []);
console.log(`${cpu}, ${cores} cores, Node ${node}; ${ROWS} x ${DIM}\n`);
const folder = mkdtempSync(join(env.FOLDER ?? tmpdir(), "elanus-bench-"));

const schema = {
  enableDynamicField: true,
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
    { fieldName: "n", dataType: "Double" },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: DIM } },
  ],
};

async function fill(db) {
  await db.collections.create({ collectionName: "docs", schema });
  for (let first = 0; first < ROWS; first += BATCH) {
    const count = Math.min(BATCH, ROWS - first);
    const values = Float32Array.from({ length: count * DIM }, () => Math.random());
    const data = Array.from({ length: count }, (_, i) => ({
      id: first + i,
      title: `title ${first + i}`,
      n: Math.random(),
      v: values.subarray(i * DIM, (i + 1) * DIM),
      tag: i % 10,
    }));
    await db.entities.insert({ collectionName: "docs", data });
  }
}

/** The longest stretch between two turns, the memory at its highest, the time. */
async function watched(work) {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let [most, longest, last] = [before, 0, performance.now()];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const result = await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(timer);
  longest = Math.max(longest, performance.now() - last);
  return { result, seconds, busy: (user + system) / 1e6, above: (most - before) / MB, longest };
}

function line(what, { seconds, busy, above, longest }, bytes) {
  const rate = (time) => Math.round(ROWS / time).toLocaleString("en");
  const size = `${Math.round(bytes / MB)} MB`;
  console.log(
    `| ${what} | ${size} | ${seconds.toFixed(1)} s | ${rate(seconds)} | ${rate(busy)} | ${Math.round(above)} MB | ${Math.round(longest)} ms |`,
  );
}

const path = join(folder, "bench.db");
let db = await Elanus.open(path, { durability: "normal" });
try {
  await fill(db);
  console.log(
    "| | file | time | rows per second | of processor time | memory above the store's | loop held |\n| --- | --- | --- | --- | --- | --- | --- |",
  );
  for (const format of FORMATS) {
    const file = join(folder, `docs.${format}`);
    const exported = await watched(() => db.export({ collectionName: "docs", to: file }));
    const { bytes } = exported.result;
    line(`export ${format}`, exported, bytes);
    await db.collections.create({ collectionName: "copy", schema });
    line(`import ${format}`, await watched(() => db.import({ collectionName: "copy", from: file })), bytes);
    await db.collections.drop({ collectionName: "copy" });
    rmSync(file);
    // What one run leaves in memory is not the next one's.
    await db.close();
    db = await Elanus.open(path, { durability: "normal" });
  }
  const backup = await watched(() => db.backup(join(folder, "copy.db")));
  line("backup", backup, backup.result.bytes);
} finally {
  await db.close();
  rmSync(folder, { recursive: true });
}
