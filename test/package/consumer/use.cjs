// Runs with the packed package through `require`; the ES module twin calls the same function.
const assert = require("node:assert/strict");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const ROWS = 6000;
const DIMENSION = 8;

/** The same numbers on every machine. */
function vectors(count) {
  let state = 7;
  return Array.from({ length: count }, () =>
    Array.from({ length: DIMENSION }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    }),
  );
}

/** Creates, inserts, waits for the index, searches, closes and reopens a database file. */
async function exercise({ Elanus, isElanusError }, { parse }, { startMilvus }) {
  const folder = mkdtempSync(join(tmpdir(), "elanus-package-"));
  const file = join(folder, "test.db");
  try {
    let db = await Elanus.open(file);
    const rows = vectors(ROWS).map((vector, id) => ({ id, vector }));
    await db.collections.create({ collectionName: "book", dimension: DIMENSION, metricType: "L2" });
    for (let at = 0; at < ROWS; at += 1000) {
      await db.entities.insert({ collectionName: "book", data: rows.slice(at, at + 1000) });
    }
    const deadline = Date.now() + 60_000;
    let index;
    do {
      [index] = await db.indexes.describe({ collectionName: "book", indexName: "vector" });
      await new Promise((resolve) => setTimeout(resolve, 10));
    } while (index.pendingRows > 0 && Date.now() < deadline);
    assert.equal(index.indexState, "Finished", JSON.stringify(index));

    const { graphRows } = await db.stats();
    assert.ok(graphRows >= 5000, `${graphRows} rows are in a graph`);

    const search = { collectionName: "book", data: [rows[42].vector], limit: 3 };
    const hits = await db.entities.search(search);
    assert.equal(Number(hits[0].id), 42);
    const envelope = await db.request("/v2/vectordb/collections/has", { collectionName: "missing" });
    assert.deepEqual(envelope, { code: 0, data: { has: false } });
    await assert.rejects(
      db.collections.describe({ collectionName: "missing" }),
      (error) => isElanusError(error, "CollectionNotFound") && error.code === 100,
    );
    await db.close();

    db = await Elanus.open(file);
    assert.equal(Number((await db.entities.search(search))[0].id), 42);
    await db.close();
    assert.equal(typeof parse, "function");

    const milvus = await startMilvus({ from: file });
    await milvus.db.collections.drop({ collectionName: "book" });
    await milvus.reset();
    assert.equal(Number((await milvus.db.entities.search(search))[0].id), 42);
    await milvus.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { exercise };

if (require.main === module) {
  const expression = require("elanus/expr");
  exercise(require("elanus"), { parse: expression.parseExpression }, require("elanus/testing")).then(
    () => console.log("require: ok"),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}
