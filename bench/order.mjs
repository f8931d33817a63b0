// Sorted queries, groups, and indexes made, over many rows, in a file and in memory: the time of a query, and how long the event loop was held
// meanwhile. Groups beside the same SQL, bare, on a connection to the same file.
//
//   node bench/order.mjs
//   ROWS=1000000 ROUNDS=7 are the defaults
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { Elanus } from "./lib/elanus.mjs";
import { machine } from "./lib/machine.mjs";
import { median, now, round, sleep } from "./lib/measure.mjs";
import { StallMeter } from "./stall-meter.mjs";

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const c = { collectionName: "c" };

const { cpu, cores, node } = machine(import.meta.url, []);
console.log(`${cpu}, ${cores} cores, Node ${node}, ${ROWS} rows\n`);

async function fill(db) {
  const scalar = (fieldName, dataType, more = {}) => ({ fieldName, dataType, ...more });
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        scalar("id", "Int64", { isPrimary: true }),
        scalar("v", "FloatVector", { elementTypeParams: { dim: 2 } }),
        scalar("indexed", "Int64"),
        scalar("price", "Int64", { nullable: true }),
        scalar("cat", "VarChar", { elementTypeParams: { max_length: 20 } }),
      ],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" },
      { fieldName: "indexed", indexName: "indexed", indexType: "STL_SORT" },
    ],
  });
  const STEP = 10_000;
  for (let from = 0; from < ROWS; from += STEP) {
    const data = Array.from({ length: STEP }, (_, i) => {
      const id = from + i;
      const hash = Math.imul(id, 2654435761) >>> 0;
      return { id, v: [id % 7, 1], indexed: hash, price: hash % 10 === 0 ? null : hash, cat: `k${hash % 100}` };
    });
    await db.entities.insert({ ...c, data });
  }
  await sleep(500);
}

async function measure(name, work) {
  await work();
  const times = [];
  const worked = [];
  const stalls = [];
  const meter = new StallMeter();
  for (let i = 0; i < ROUNDS; i++) {
    await sleep(20);
    meter.reset();
    const start = now();
    const before = process.cpuUsage();
    await work();
    times.push(now() - start);
    const { user, system } = process.cpuUsage(before);
    worked.push((user + system) / 1000);
    await sleep(3);
    stalls.push(meter.max());
  }
  meter.close();
  const figures = [median(times), median(worked), Math.max(...stalls)].map((ms) => round(ms, 1));
  console.log(`| ${name} | ${figures.join(" | ")} |`);
  return median(worked);
}

async function run(db) {
  const query = (more) => db.entities.query({ ...c, filter: "", outputFields: ["cat"], limit: 100, ...more });
  await measure("order by an indexed field, limit 100", () => query({ orderByFields: ["indexed:desc"] }));
  await measure("order by an integer without an index, limit 100", () => query({ orderByFields: ["price"] }));
  await measure("order by a text and an integer without an index, limit 100", () =>
    query({ orderByFields: ["cat:desc", "price"] }),
  );
  const byPrice = { fieldName: "price", indexName: "price", indexType: "STL_SORT" };
  await measure("an index on an integer, made and dropped", async () => {
    await db.indexes.create({ ...c, indexParams: [byPrice] });
    await db.indexes.drop({ ...c, indexName: "price" });
  });
  const listed = { filter: 'indexed >= 0 and cat =~ "^k[1-9]"', orderByFields: ["price"] };
  await measure("order by an integer, behind an index and a pattern, limit 100", () => query(listed));
  const aggregates = ["cat", "count(*)", "sum(price)", "avg(price)"];
  return measure("group by a text of 100 values: count, sum, avg", () =>
    query({ outputFields: aggregates, groupByFields: ["cat"] }),
  );
}

const folder = mkdtempSync(join(tmpdir(), "elanus-bench-order-"));
try {
  for (const path of [join(folder, "data.db"), ":memory:"]) {
    const db = await Elanus.open(path);
    await fill(db);
    console.log(
      `**${path === ":memory:" ? "in memory" : "in a file"}**\n\n| query | ms | ms of processor time, all threads | worst stall, ms |\n| --- | --- | --- | --- |`,
    );
    const grouped = await run(db);
    if (path !== ":memory:") {
      const sql = new Sqlite(path, { readonly: true });
      sql.pragma("cache_size = -65536");
      sql.pragma("temp_store = MEMORY");
      // The table of the first collection; a column is named by its field's id.
      const text = "SELECT f_104, count(*), sum(f_103), avg(f_103) FROM e_1 GROUP BY f_104 ORDER BY f_104 LIMIT 100001";
      const bare = await measure("the same in bare SQL", () => sql.prepare(text).all());
      console.log(`\nGroups take ${round(grouped / bare, 2)} times the processor time of the bare SQL.\n`);
      sql.close();
    }
    await db.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
