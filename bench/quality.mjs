// Recall on an easy and on a hard data set (uniform in the cube: intrinsic dimension 128), for k of 1 to 1000, and after
// deletes and upserts of half the rows; beside hnswlib-node with the same parameters.
//
//   npm run build && node bench/quality.mjs
//   ROWS=20000 is the default
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "./lib/datasets.mjs";
import { machine } from "./lib/machine.mjs";
import { runPhase } from "./lib/phase.mjs";
import { loadAddon } from "./lib/raw.mjs";

const rows = Number(process.env.ROWS ?? 20_000);
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-quality-"));
const phase = (name, input) => runPhase(join(import.meta.dirname, "phases", `${name}.mjs`), { rows, ...input });
const results = { machine: machine(import.meta.url, ["elanus", "hnswlib-node"]), rows, sets: {} };
const EFS = { clus100k: [10, 20, 40, 64, 128], uniform: [32, 64, 128, 256, 512] };
try {
  for (const [set, efs] of Object.entries(EFS)) {
    prepare(set, rows);
    const elanus = await phase("quality", { set, efs, path: join(folder, `${set}.db`) });
    results.sets[set] = { elanus };
    console.log(set, JSON.stringify(elanus));
    if (loadAddon() === undefined) continue;
    const file = join(folder, `${set}.hnsw`);
    await phase("raw", { action: "build", set, file });
    const { curve } = await phase("raw", { action: "search", set, file, efs });
    results.sets[set].raw = curve;
    console.log(set, "hnswlib-node", JSON.stringify(curve));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const target = join(import.meta.dirname, "results");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "quality.json"), `${JSON.stringify(results, null, 1)}\n`);
