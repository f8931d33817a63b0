/**
 * How long single operations hold the event loop at their worst, with what bare SQLite holds it for the same rows in the same
 * run where that is the floor; by the clock, and in processor time of the engine's thread, on which others on the machine have no
 * influence, nor has the disk. The index is FLAT: what builds behind has measurements of its own (life.mjs).
 *
 *   npm run build && node bench/stalls.mjs [rows=100000] [dimension=768] [--only=NAME,...] [--build=PATH]
 *
 * --build: another module that exports `Elanus`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { machine } from "./lib/machine.mjs";
import { quantile, round, sleep, spent } from "./lib/measure.mjs";

const args = process.argv.slice(2);
const [rows = 100_000, dimension = 768] = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const only = option("only")?.split(",");
const build = pathToFileURL(resolve(option("build") ?? join(import.meta.dirname, "../dist/esm/index.js"))).href;
const { Elanus } = await import(build);
const Database = createRequire(import.meta.url)("better-sqlite3");

const BATCH = 1000;
const WINDOW = 16_384;
const folder = mkdtempSync(join(tmpdir(), "elanus-stalls-"));
/** Between two turns of the event loop: milliseconds by the clock, and of processor time. */
const turns = { clock: [], processor: [] };
let last = { clock: performance.now(), processor: spent() };
const ticking = setInterval(() => {
  const at = { clock: performance.now(), processor: spent() };
  turns.clock.push(Math.max(0, at.clock - last.clock - 1));
  turns.processor.push(at.processor - last.processor);
  last = at;
}, 1);
const collectionName = "c";
const width = dimension * 4;
const noise = new Float32Array(2 * dimension * BATCH);
for (let i = 0; i < noise.length; i++) noise[i] = Math.random();
const vector = (i) => noise.subarray(((i * 7) % noise.length) % (noise.length - dimension)).subarray(0, dimension);

console.log(
  JSON.stringify({ ...machine(import.meta.url, ["elanus", "better-sqlite3"]), load: loadavg()[0], rows, dimension }),
);
console.log(
  "| operation | ms | longest stall | p99 | longest, processor | p99 | bare SQLite | ratio |\n| --- | --- | --- | --- | --- | --- | --- | --- |",
);

/** @param bare ms of the longest stretch of the same work in bare SQLite */
async function measured(name, work, bare) {
  await sleep(50);
  turns.clock.length = 0;
  turns.processor.length = 0;
  const start = performance.now();
  const note = await work();
  const ms = performance.now() - start;
  await sleep(5);
  const of = (list) => [quantile(list, 1), quantile(list, 0.99)].map((each) => round(each));
  const [max, p99] = of(turns.clock);
  const columns = [round(ms), max, p99, ...of(turns.processor)];
  const floor = bare === undefined ? ["", ""] : [round(bare), round(max / bare, 2)];
  console.log(`| ${[note === undefined ? name : `${name} (${note})`, ...columns, ...floor].join(" | ")} |`);
}

const asked = (name) => only === undefined || only.includes(name);

/** Rows and vectors of bare SQLite as the engine keeps them. */
function bareTables() {
  const sql = new Database(join(folder, "bare.db"));
  sql.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
  sql.exec(
    `CREATE TABLE e (row_id INTEGER PRIMARY KEY, p INTEGER NOT NULL, ts INTEGER NOT NULL, id INTEGER NOT NULL, sel INTEGER NOT NULL) STRICT;
     CREATE UNIQUE INDEX e_key ON e (id); CREATE INDEX e_p ON e (p);
     CREATE TABLE v (row_id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT`,
  );
  return sql;
}

const bare = bareTables();
const insertRow = bare.prepare("INSERT INTO e VALUES (?, ?, ?, ?, ?)");
const insertVector = bare.prepare("INSERT INTO v VALUES (?, ?)");
function bareInsert(from) {
  const start = performance.now();
  bare.exec("BEGIN IMMEDIATE");
  for (let i = from; i < from + BATCH; i++) {
    insertRow.run(i, 1, 1, i, i % 1000);
    const data = vector(i);
    insertVector.run(i, Buffer.from(data.buffer, data.byteOffset, width));
  }
  bare.exec("COMMIT");
  return performance.now() - start;
}
function bareDelete(low, high) {
  const ids = bare.prepare("SELECT json_group_array(row_id) FROM e WHERE sel >= ? AND sel < ?").pluck().get(low, high);
  const start = performance.now();
  bare.exec("BEGIN IMMEDIATE");
  bare.prepare("DELETE FROM e WHERE row_id IN (SELECT value FROM json_each(?))").run(ids);
  bare.exec("COMMIT");
  return performance.now() - start;
}

const schema = {
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "sel", dataType: "Int32" },
    { fieldName: "note", dataType: "JSON", nullable: true },
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: dimension } },
  ],
};
const indexParams = [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }];
const batch = (from, count = BATCH, more = {}) =>
  Array.from({ length: count }, (_, i) => ({
    id: from + i,
    sel: (from + i) % 1000,
    vector: vector(from + i),
    ...more,
  }));

const db = await Elanus.open(join(folder, "stalls.db"));
await db.collections.create({ collectionName, schema, indexParams });

const bareTimes = [];
await measured("insert, batches of 1000", async () => {
  for (let from = 0; from < rows; from += BATCH) {
    await db.entities.insert({ collectionName, data: batch(from) });
  }
});
for (let from = 0; from < rows; from += BATCH) bareTimes.push(bareInsert(from));
console.log(
  `bare transaction of 1000: p50 ${round(quantile(bareTimes, 0.5))}, p99 ${round(quantile(bareTimes, 0.99))}, worst ${round(quantile(bareTimes, 1))} ms`,
);

/** One request from a thread of its own, whose answer is thrown away. */
const client = new Worker(
  `const { parentPort } = require("node:worker_threads"); const http = require("node:http");
   parentPort.on("message", ({ port, path, body }) => {
     const asked = http.request({ port, path, method: "POST", headers: { "content-type": "application/json" } }, (reply) => {
       let bytes = 0; let head = "";
       reply.on("data", (chunk) => { if (bytes === 0) head = chunk.toString("latin1", 0, 80); bytes += chunk.length; });
       reply.on("end", () => parentPort.postMessage({ bytes, head }));
     });
     asked.end(body);
   });`,
  { eval: true },
);
const server = await db.listen({ port: 0, host: "127.0.0.1" });
const post = (path, body) =>
  new Promise((done) => {
    client.once("message", done);
    client.postMessage({ port: server.port, path: `/v2/vectordb/${path}`, body });
  });
const megabytes = ({ bytes, head }) => `${Math.round(bytes / 1e6)} MB, ${head.slice(0, 10)}`;
const everything = { collectionName, filter: "", outputFields: ["*"], limit: WINDOW };

if (asked("search")) {
  await measured(`search, k ${WINDOW}, with vectors`, async () => {
    const found = await db.entities.search({ collectionName, data: [vector(5)], limit: WINDOW, outputFields: ["*"] });
    return `${found.length} hits`;
  });
  const query = JSON.stringify({ collectionName, data: [[...vector(5)]], limit: WINDOW, outputFields: ["*"] });
  await measured(`search, k ${WINDOW}, with vectors, HTTP`, async () =>
    megabytes(await post("entities/search", query)),
  );
}
if (asked("query")) {
  await measured(`query of ${WINDOW} rows with vectors`, async () => {
    const found = await db.entities.query(everything);
    return `${found.length} rows`;
  });
  const body = JSON.stringify(everything);
  await measured(`query of ${WINDOW} rows with vectors, HTTP`, async () =>
    megabytes(await post("entities/query", body)),
  );
}
if (asked("http-insert")) {
  const data = Array.from({ length: 3200 }, (_, i) => ({ id: rows + i, sel: i % 1000, vector: [...vector(i)] }));
  const body = JSON.stringify({ collectionName, data });
  await measured(`insert over HTTP, ${Math.round(body.length / 1e6)} MB`, async () =>
    (await post("entities/insert", body)).head.slice(0, 10),
  );
}
if (asked("upsert")) {
  await measured("upsert of 1000 rows that are there", () =>
    db.entities.upsert({ collectionName, data: batch(0) }).then(() => {}),
  );
  const note = { list: Array.from({ length: 1000 }, (_, i) => `some text ${i} here`) };
  const data = batch(1000, BATCH, { note });
  await measured(`upsert of 1000 rows with ${Math.round(JSON.stringify(note).length / 1000)} KB of JSON each`, () =>
    db.entities.upsert({ collectionName, data }).then(() => {}),
  );
}
if (asked("check")) {
  await measured("check", async () => {
    const { ok } = await db.check();
    return ok ? "ok" : "NOT OK";
  });
}
if (asked("delete")) {
  for (const low of [100, 200, 300]) {
    const floor = bareDelete(low, low + 100);
    await measured(
      `delete of ${rows / 10} by filter`,
      async () =>
        `${(await db.entities.delete({ collectionName, filter: `sel >= ${low} and sel < ${low + 100}` })).deleteCount} deleted`,
      floor,
    );
    await measured("what follows it", () => sleep(3000));
  }
}
async function filled(name, count, create) {
  await create(name);
  for (let from = 0; from < count; from += BATCH) {
    await db.entities.insert({ collectionName: name, partitionName: "p", data: batch(from) });
  }
  await sleep(200);
}
if (asked("drop")) {
  const create = async (name) => {
    await db.collections.create({ collectionName: name, schema });
    await db.partitions.create({ collectionName: name, partitionName: "p" });
  };
  await filled("dropped", rows / 2, create);
  await measured(`drop of a partition of ${rows / 2}`, () =>
    db.partitions.drop({ collectionName: "dropped", partitionName: "p" }).then(() => {}),
  );
  await measured("what follows it", () => sleep(3000));
  await filled("emptied", rows / 2, create);
  await measured(`truncate, ${rows / 2} rows`, () =>
    db.collections.truncate({ collectionName: "emptied" }).then(() => {}),
  );
  await measured("what follows it", () => sleep(3000));
  await measured(`drop of a collection of ${rows}`, () => db.collections.drop({ collectionName }).then(() => {}));
  await measured("what follows it", () => sleep(3000));
}
await measured("close", () => db.close());
client.terminate();
bare.close();
clearInterval(ticking);
rmSync(folder, { recursive: true, force: true });
