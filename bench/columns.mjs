/**
 * New filters of a search, each asked once: kinds of filters that let 1 % of the rows through, beside a numeric range that lets as many
 * through. Then queries and deletes by filters that a key's index answers: what a new one costs beside one that has come before. Run
 * `npm run build` first, then `node bench/columns.mjs [rows]`. Medians of single calls, in turns, so that a busy moment of the machine
 * meets all kinds.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataset } from "./lib/datasets.mjs";
import { Elanus } from "./lib/elanus.mjs";
import { median } from "./lib/measure.mjs";

const ROWS = Number(process.argv[2] ?? 100_000);
const TURNS = 300;
const collectionName = "c";
const set = dataset("clus100k", ROWS);
const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-columns-"));
const db = await Elanus.open(join(folder, "elanus.db"));
const scalar = (fieldName, dataType, more = {}) => ({ fieldName, dataType, ...more });
await db.collections.create({
  collectionName,
  schema: {
    fields: [
      scalar("id", "Int64", { isPrimary: true }),
      scalar("n", "Int32"),
      scalar("a", "Int32"),
      scalar("b", "Double"),
      scalar("tag", "VarChar", { elementTypeParams: { max_length: 32 } }),
      scalar("j", "JSON"),
      scalar("v", "FloatVector", { elementTypeParams: { dim: set.dimension } }),
    ],
  },
  indexParams: [
    { fieldName: "v", metricType: "L2", indexType: "HNSW", params: { M: 16, efConstruction: 200 } },
    { fieldName: "n", indexName: "n", params: { index_type: "INVERTED" } },
  ],
});
const scattered = (i, by) => Number((BigInt(i) * BigInt(by)) % BigInt(ROWS));
for (let from = 0; from < ROWS; from += 1000) {
  const data = Array.from({ length: Math.min(1000, ROWS - from) }, (_, at) => {
    const i = from + at;
    const n = scattered(i, 7919);
    return {
      id: i,
      n,
      a: scattered(i, 104_729),
      b: scattered(i, 15_485_863) / 8,
      tag: `tag ${n % 100}`,
      j: { deep: { n }, tag: `tag ${n % 100}` },
      v: set.row(i),
    };
  });
  await db.entities.insert({ collectionName, data });
}
while ((await db.stats()).pendingRows > 0) await new Promise((resolve) => setTimeout(resolve, 100));

const below = (most) => Math.floor(Math.random() * most);
const share = Math.floor(ROWS / 100);
const third = Math.floor(share / 3);
/** Of three ranges that all hold, for 1 % of the rows. */
const root = Math.floor(ROWS * 0.01 ** (1 / 3));
const range = (name, width, scale = 1) => {
  const from = below(ROWS - width);
  return `${name} >= ${from / scale} and ${name} < ${(from + width) / scale}`;
};
const kinds = {
  "no filter": () => undefined,
  "numeric range": () => range("n", share),
  "numeric range, floating": () => range("b", share, 8),
  "text equality": () => `tag == "tag ${below(100)}"`,
  "text pattern": () => `tag like "tag _${below(10)}" or tag == "tag ${below(10)}"`,
  "JSON path, range": () => range('j["deep"]["n"]', share),
  "JSON path, text": () => `j["tag"] == "tag ${below(100)}"`,
  "in, 1,000 values": () => `n in [${Array.from({ length: share }, () => below(ROWS)).join(",")}]`,
  "in, 1,000 values by name": () => ({
    filter: "n in {list}",
    exprParams: { list: Array.from({ length: share }, () => below(ROWS)) },
  }),
  "and of three": () => `${range("n", root)} and ${range("a", root)} and ${range("b", root, 8)}`,
  "or of three": () => `(${range("n", third)}) or (${range("a", third)}) or (${range("b", third, 8)})`,
  "numeric range, 10 %": () => range("n", share * 10),
  "numeric range, 50 %": () => range("n", share * 50),
};
const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
for (let turn = 0; turn < TURNS + 100; turn++) {
  for (const [kind, make] of Object.entries(kinds)) {
    const made = make();
    const filter = typeof made === "object" ? made : made === undefined ? {} : { filter: made };
    const request = {
      collectionName,
      data: [set.query(turn % set.queryCount)],
      limit: 10,
      searchParams: { ef: 20 },
      ...filter,
    };
    const start = performance.now();
    await db.entities.search(request);
    // The first hundred make the columns, and warm the code.
    if (turn >= 100) times[kind].push((performance.now() - start) * 1000);
  }
}
const base = median(times["numeric range"]);
console.log(`${ROWS} x ${set.dimension}, Node ${process.version}; medians of ${TURNS} searches, microseconds`);
for (const [kind, all] of Object.entries(times)) {
  const mid = median(all);
  console.log(`${kind.padEnd(26)}${mid.toFixed(1).padStart(9)}${(mid / base).toFixed(2).padStart(8)}`);
}
/** Finds one row by its key, or none; of ever other forms, or of one. */
const byKey = (turn) =>
  `id == ${ROWS - 1 - (turn % 1000)} and (tag == "tag ${turn}" or a >= ${turn} and b < ${turn}.5)`;
const calls = {
  "query, one filter": () => db.entities.query({ collectionName, filter: byKey(0) }),
  "query, new values": (turn) => db.entities.query({ collectionName, filter: byKey(turn) }),
  "query, a new form": (turn) => db.entities.query({ collectionName, filter: byKey(turn) + " ".repeat(turn) }),
  "delete, one filter": () => db.entities.delete({ collectionName, filter: "id == -1 and tag == 'none'" }),
  "delete, new values": (turn) =>
    db.entities.delete({ collectionName, filter: `id == -${turn + 2} and tag == 'none ${turn}'` }),
};
const callTimes = Object.fromEntries(Object.keys(calls).map((kind) => [kind, []]));
for (let turn = 0; turn < TURNS + 100; turn++) {
  for (const [kind, call] of Object.entries(calls)) {
    const start = performance.now();
    await call(turn);
    if (turn >= 100) callTimes[kind].push((performance.now() - start) * 1000);
  }
}
for (const [kind, all] of Object.entries(callTimes)) console.log(kind.padEnd(26) + median(all).toFixed(1).padStart(9));

const { columnsBytes } = (await db.stats()).memory;
console.log(`columns: ${(columnsBytes / 1e6).toFixed(1)} MB`);
await db.close();
rmSync(folder, { recursive: true });
