// How cost grows with rows: 10,000, 100,000 and more x 128, through the public API.
//
//   npm run build && node bench/growth.mjs                        10,000 30,000 100,000 300,000
//   npm run build && node bench/growth.mjs 10000 100000 1000000   a million takes some minutes and 3 GB
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeDatabase } from "./lib/files.mjs";
import { machine } from "./lib/machine.mjs";
import { runPhase } from "./lib/phase.mjs";

const given = process.argv.slice(2).map(Number).filter(Boolean);
const sizes = given.length > 0 ? given : [10_000, 30_000, 100_000, 300_000];
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-growth-"));
const path = join(folder, "grown.db");
const file = join(import.meta.dirname, "phases/growth.mjs");
const results = { machine: machine(import.meta.url, ["elanus", "better-sqlite3"]), sizes: [] };
const target = join(import.meta.dirname, "results");
mkdirSync(target, { recursive: true });
try {
  for (const rows of sizes) {
    const phase = (action) => runPhase(file, { action, path, set: "clus100k", rows }, { seconds: 3600 });
    await phase("truth");
    const filled = await phase("fill");
    const searched = await phase("search");
    results.sizes.push({ rows, ...filled, ...searched });
    console.log(rows, JSON.stringify({ ...filled, ...searched }));
    writeFileSync(join(target, "growth.json"), `${JSON.stringify(results, null, 1)}\n`);
    removeDatabase(path);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
