// The whole life of a collection on real data: npm run quickstart
//
// Every call goes through db.request, which takes a REST path and a body and gives back the envelope
// that a Milvus server would send.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Elanus } from "elanus";
import { exactNeighbours } from "./exact.mjs";
import { DIMENSION, loadMnist } from "./mnist.mjs";
import { brief, digitsPerLine, drawDigits, heading, printCall, printEnvelope } from "./terminal.mjs";

const K = 10;
const folder = mkdtempSync(join(tmpdir(), "elanus-quickstart-"));
const file = join(folder, "digits.db");
const started = performance.now();
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// By default a graph is built from 5,000 rows on: here of fewer, so that there is one to see.
const options = { exactBelow: 1000 };
let db = await Elanus.open(file, options);

/** Calls, prints if asked, and stops the run when the answer is not the expected one. */
async function call(action, body, { code = 0, quiet = false } = {}) {
  const path = `/v2/vectordb/${action}`;
  if (!quiet) printCall(path, body);
  const envelope = await db.request(path, body);
  if (!quiet) printEnvelope(envelope);
  if (envelope.code !== code) {
    throw new Error(`${action} answered ${brief(envelope)}, expected code ${code}`);
  }
  return envelope;
}

/** Waits until no row waits for its graph any more. */
async function indexed(collectionName) {
  for (;;) {
    const { data } = await call("indexes/describe", { collectionName, indexName: "vector" }, { quiet: true });
    if (data[0].pendingRows === 0) return data[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What the vectors and graphs of loaded partitions take, and what the process takes in all. */
async function memory(when) {
  // Released memory goes back to the system at the next garbage collection; asked for here to show it at once.
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
  globalThis.gc?.();
  const { segmentsBytes } = (await db.stats()).memory;
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(`   ${when}: vectors in memory ${mib(segmentsBytes)}, resident ${mib(process.memoryUsage.rss())}`);
}
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const partitionOf = (label) => `digit_${label}`;

const { base, queries } = loadMnist();
const digitById = new Map(base.map((digit) => [digit.id, digit]));
console.log(
  `Elanus quickstart: ${base.length} handwritten digits as ${DIMENSION}-dimensional vectors, one partition per digit.`,
);
console.log(`The database is one file: ${file}`);

// ---------------------------------------------------------------------------------------------------------------------
heading("1. Create a collection and a partition for each digit");
const schema = {
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "label", dataType: "Int8" },
    { fieldName: "ink", dataType: "Float" },
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
  ],
};
const indexParams = [
  { fieldName: "vector", metricType: "L2", indexType: "HNSW", params: { M: 16, efConstruction: 200 } },
];
await call("collections/create", { collectionName: "digits", schema, indexParams });
for (let label = 0; label < 10; label++) {
  await call(
    "partitions/create",
    { collectionName: "digits", partitionName: partitionOf(label) },
    { quiet: label > 0 },
  );
}
console.log("   ... and nine more");
await call("partitions/list", { collectionName: "digits" });
await call("collections/get_load_state", { collectionName: "digits" });

// ---------------------------------------------------------------------------------------------------------------------
heading("2. Insert the images");
const row = ({ id, label, vector }) => ({
  id,
  label,
  ink: vector.reduce((sum, pixel) => sum + pixel, 0) / DIMENSION,
  vector,
});
const insertStarted = performance.now();
for (let label = 0; label < 10; label++) {
  const data = base.filter((digit) => digit.label === label).map(row);
  await call(
    "entities/insert",
    { collectionName: "digits", partitionName: partitionOf(label), data },
    { quiet: label > 0 },
  );
}
console.log(`   ... and nine more: ${base.length} rows on disk after ${seconds(insertStarted)}`);
await call("collections/get_stats", { collectionName: "digits" });

// ---------------------------------------------------------------------------------------------------------------------
heading("3. Search: which images look like this one?");
const query = queries[7];
const found = await call("entities/search", {
  collectionName: "digits",
  data: [query.vector],
  limit: K,
  outputFields: ["label"],
});
const neighbours = found.data.slice(0, digitsPerLine() - 1);
console.log();
drawDigits([
  { vector: query.vector, caption: `query (a ${query.label})` },
  ...neighbours.map((hit) => ({
    vector: digitById.get(Number(hit.id)).vector,
    caption: `${hit.label} at ${hit.distance.toFixed(1)}`,
  })),
]);

heading("4. Search with a filter: the same, but among light drawings of other digits");
await call("entities/search", {
  collectionName: "digits",
  data: [query.vector],
  filter: `label != ${query.label} and ink < 0.1`,
  limit: 3,
  outputFields: ["label", "ink"],
});
await call("entities/query", {
  collectionName: "digits",
  filter: "label == 7 and ink < 0.05",
  outputFields: ["id", "label", "ink"],
  limit: 3,
});

// ---------------------------------------------------------------------------------------------------------------------
heading(`5. How good is it? ${queries.length} queries against an exact search written out in this example`);
await call("collections/create", { collectionName: "all_digits", schema, indexParams });
const graphStarted = performance.now();
for (let at = 0; at < base.length; at += 1000) {
  const data = base.slice(at, at + 1000).map(row);
  await call("entities/insert", { collectionName: "all_digits", data }, { quiet: true });
}
const index = await indexed("all_digits");
console.log(`   all rows in one partition, inserted and indexed in ${seconds(graphStarted)}: ${brief(index)}`);
const exactStarted = performance.now();
const truth = exactNeighbours(base, queries, K);
console.log(`   exact search of this script: ${seconds(exactStarted)}`);
for (const collectionName of ["all_digits", "digits"]) {
  const searchStarted = performance.now();
  let common = 0;
  let right = 0;
  for (const [number, { vector, label }] of queries.entries()) {
    const body = { collectionName, data: [vector], limit: K, outputFields: ["label"] };
    const { data } = await call("entities/search", body, { quiet: true });
    common += data.filter((hit) => truth[number].has(Number(hit.id))).length;
    if (data[0].label === label) right++;
  }
  const recall = common / (queries.length * K);
  console.log(
    `   ${collectionName.padEnd(10)} recall@${K} ${recall.toFixed(4)}, nearest neighbour has the right label ` +
      `${((100 * right) / queries.length).toFixed(1)} % of the time, ${seconds(searchStarted)}`,
  );
  if (recall < 0.9) throw new Error("the recall is below 0.9");
}

// ---------------------------------------------------------------------------------------------------------------------
heading("6. Delete by filter and by id");
const count = async (filter = "") => {
  const body = { collectionName: "digits", filter, outputFields: ["count(*)"] };
  const { data } = await call("entities/query", body, { quiet: true });
  return Number(data[0]["count(*)"]);
};
const before = await count();
const dark = await call("entities/delete", { collectionName: "digits", filter: "label in [0, 8] and ink > 0.2" });
const nearest = found.data.slice(0, 2).map((hit) => hit.id);
const named = await call("entities/delete", { collectionName: "digits", id: nearest });
console.log(`   ${before} rows - ${dark.data.deleteCount} - ${named.data.deleteCount} = ${await count()} rows`);
const again = await call("entities/search", { collectionName: "digits", data: [query.vector], limit: 3 });
if (again.data.some((hit) => nearest.includes(hit.id))) throw new Error("a deleted row was found");
console.log("   the two nearest images are gone from the next search");

// ---------------------------------------------------------------------------------------------------------------------
heading("7. Release frees memory; what is released answers 201 when it is named");
await memory("both collections loaded");
await call("collections/release", { collectionName: "all_digits" });
await memory("all_digits released");
const partition = partitionOf(query.label);
await call("partitions/release", { collectionName: "digits", partitionNames: [partition] });
await memory(`${partition} of digits released too`);
const inPartition = { collectionName: "digits", data: [query.vector], limit: 3, outputFields: ["label"] };
await call("entities/search", { ...inPartition, partitionNames: [partition] }, { code: 201 });
console.log("   without a partition name the others still answer:");
await call("entities/search", inPartition);

heading("8. Load it again");
await call("partitions/load", { collectionName: "digits", partitionNames: [partition] });
await call("collections/get_load_state", { collectionName: "digits", partitionNames: [partition] });
await call("entities/search", { ...inPartition, partitionNames: [partition] });

heading("9. A loaded partition refuses to be dropped; a released one goes");
const named3 = { collectionName: "digits", partitionName: partition };
await call("partitions/drop", named3, { code: 1100 });
await call("partitions/release", { collectionName: "digits", partitionNames: [partition] });
await call("partitions/drop", named3);
await call("partitions/has", named3);

// ---------------------------------------------------------------------------------------------------------------------
heading("10. Close the file, open it again: all is there");
const rowsBefore = await count();
await db.close();
const sizeMiB = (statSync(file).size / 2 ** 20).toFixed(1);
const openStarted = performance.now();
db = await Elanus.open(file, options);
console.log(`   ${sizeMiB} MiB on disk, opened in ${(performance.now() - openStarted).toFixed(0)} ms`);
await call("collections/list", {});
await call("partitions/list", { collectionName: "digits" });
await call("collections/get_load_state", { collectionName: "digits" });
await call("collections/get_load_state", { collectionName: "all_digits" });
await call("entities/search", inPartition);
const rowsAfter = await count();
if (rowsAfter !== rowsBefore) throw new Error(`${rowsBefore} rows before, ${rowsAfter} after`);
console.log(`   ${rowsAfter} rows, as before closing`);
await call("collections/drop", { collectionName: "all_digits" });
await db.close();
console.log(`\nDone in ${seconds(started)}.`);
