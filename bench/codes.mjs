// What `memory: "codes"` saves and costs: one file, opened both ways in turn, through the public API.
//
//   npm run build && node bench/codes.mjs           100,000 x 768, cosine; the build takes some minutes, the file 400 MB
//   npm run build && node bench/codes.mjs 20000     smaller
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataset } from "./lib/datasets.mjs";
import { removeDatabase } from "./lib/files.mjs";
import { round } from "./lib/measure.mjs";
import { runPhase } from "./lib/phase.mjs";

const rows = Number(process.argv[2] ?? 100_000);
const TURNS = 3;
const set = "clus50k";
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-codes-"));
const path = join(folder, "codes.db");
const phase = (action) =>
  runPhase(join(import.meta.dirname, "phases/codes.mjs"), { action, path, set, rows }, { seconds: 3600 });
try {
  // Kept on disk by the data set.
  dataset(set, rows).truth(0);
  console.log("fill", JSON.stringify(await phase("fill")));
  for (let turn = 0; turn < TURNS; turn++) {
    const [vectors, codes] = [await phase("vectors"), await phase("codes")];
    for (const [memory, figures] of Object.entries({ vectors, codes })) console.log(memory, JSON.stringify(figures));
    const ratios = codes.curve.map(({ ef, qps }, i) => `ef ${ef}: ${round(qps / vectors.curve[i].qps, 2)}x`);
    console.log(
      `codes / vectors: ${round(codes.segmentMb / vectors.segmentMb, 2)}x memory, QPS at ${ratios.join(", ")}`,
    );
  }
} finally {
  removeDatabase(path);
  rmSync(folder, { recursive: true, force: true });
}
