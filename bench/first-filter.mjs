/**
 * What the first filter of a process costs, and the next ones, of other forms: medians of ten processes, milliseconds of processor time.
 *
 *   npm run build && node bench/first-filter.mjs [BUILD]      BUILD: another module that exports `Elanus`
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { machine } from "./lib/machine.mjs";
import { median, round } from "./lib/measure.mjs";

const PROCESSES = 10;
const [build = join(import.meta.dirname, "../dist/esm/index.js"), once] = process.argv.slice(2);

if (once === undefined) {
  const runs = Array.from({ length: PROCESSES }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, build, "once"], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  console.log(JSON.stringify(machine(import.meta.url, ["elanus", "better-sqlite3"])));
  for (const name of Object.keys(runs[0])) {
    console.log(`${name.padEnd(30)}${String(round(median(runs.map((run) => run[name])), 1)).padStart(8)} ms`);
  }
} else {
  const { Elanus } = await import(pathToFileURL(resolve(build)).href);
  const db = await Elanus.open(":memory:");
  const book = { collectionName: "book" };
  await db.collections.create({
    ...book,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int32" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 8 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexType: "FLAT", metricType: "L2" }],
  });
  const vectorOf = (i) => Array.from({ length: 8 }, (_, d) => Math.sin(i * 7 + d));
  await db.entities.insert({
    ...book,
    data: Array.from({ length: 1000 }, (_, i) => ({ id: i, n: i, v: vectorOf(i) })),
  });
  await db.entities.search({ ...book, data: [vectorOf(1)], limit: 3 });
  await db.entities.get({ ...book, id: [1] });
  const times = {};
  const measured = async (name, call) => {
    const before = process.cpuUsage();
    await call();
    const { user, system } = process.cpuUsage(before);
    times[name] = (user + system) / 1000;
  };
  await measured("query, the first filter", () => db.entities.query({ ...book, filter: "n >= 3 and n < 5" }));
  await measured("query, another form", () => db.entities.query({ ...book, filter: "id in [3, 4] or n == 7" }));
  await measured("search", () =>
    db.entities.search({ ...book, data: [vectorOf(2)], filter: "n > 500 and id != 7", limit: 3 }),
  );
  await measured("delete", () => db.entities.delete({ ...book, filter: "n >= 10 and n < 20" }));
  await measured("a function: by the grammar", () => db.entities.query({ ...book, filter: "(n & 1) == 0 and n < 9" }));
  console.log(JSON.stringify(times));
  await db.close();
}
