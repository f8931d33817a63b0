// Elanus through its public API, as the benches use it. ELANUS names another build (the path of its index.js).
import { pathToFileURL } from "node:url";
import { sleep } from "./measure.mjs";

const built = process.env.ELANUS;
const entry = built === undefined ? new URL("../../dist/esm/index.js", import.meta.url) : pathToFileURL(built);
export const { Elanus } = await import(entry.href);

export const M = 16;
export const EF_CONSTRUCTION = 200;

/** A collection { id, sel (indexed Int32), vector }, and label (indexed Int8) when `labels`; loaded. */
export async function createCollection(db, collectionName, set, { indexType = "HNSW", labels = false } = {}) {
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "sel", dataType: "Int32" },
        ...(labels ? [{ fieldName: "label", dataType: "Int8" }] : []),
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: set.dimension } },
      ],
    },
    indexParams: [
      {
        fieldName: "vector",
        indexType,
        metricType: set.metric,
        ...(indexType === "HNSW" ? { params: { M, efConstruction: EF_CONSTRUCTION } } : {}),
      },
      { fieldName: "sel", indexType: "INVERTED" },
      ...(labels ? [{ fieldName: "label", indexType: "INVERTED" }] : []),
    ],
  });
}

/** Rows `from` to `to` of a set, as `insert` takes them. */
export function rowsOf(set, from, to, labels = false) {
  const data = [];
  for (let i = from; i < to; i++) {
    const row = { id: i, sel: set.sel[i], vector: set.row(i) };
    if (labels) row.label = set.labels[i];
    data.push(row);
  }
  return data;
}

/** Inserts rows in batches of 1000, each awaited. */
export async function insertAll(db, collectionName, set, { labels = false, from = 0, to = set.rows, ...more } = {}) {
  for (let i = from; i < to; i += 1000) {
    await db.entities.insert({ collectionName, data: rowsOf(set, i, Math.min(to, i + 1000), labels), ...more });
  }
}

/** Waits until every row of the collection is in its index. */
export async function indexed(db, collectionName) {
  for (;;) {
    const [index] = await db.indexes.describe({ collectionName, indexName: "vector" });
    if (index.pendingRows === 0) return index;
    await sleep(10);
  }
}

/** (i) -> the ids of the hits of query `i`. */
export function searcher(db, collectionName, set, ef, { limit = 10, filter } = {}) {
  const searchParams = ef === undefined ? undefined : { ef };
  return async (i, pass) => {
    const hits = await db.entities.search({
      collectionName,
      data: [set.query(i)],
      limit,
      ...(searchParams === undefined ? {} : { searchParams }),
      ...(filter === undefined ? {} : { filter: filter(i, pass) }),
    });
    return hits.map((hit) => hit.id);
  };
}
