import * as lancedb from "@lancedb/lancedb";
import * as arrow from "apache-arrow";

const where = ({ from, to }) => `sel >= ${from} AND sel < ${to}`;
async function query({ table, metric }, vector, k, ef, filter) {
  let search = table.query().nearestTo(vector).distanceType(metric).ef(ef).refineFactor(3);
  if (filter !== undefined) search = search.where(filter);
  const found = await search.select(["id"]).limit(k).toArrow();
  return found.getChild("id").toArray();
}

/** HNSW over 8-bit codes (LanceDB has none over floats), three times the hits ranked again by full vectors; own threads. */
export const adapter = {
  package: "@lancedb/lancedb",
  knobs: [40, 80],
  filterKnob: 40,
  async build(set, folder) {
    const db = await lancedb.connect(folder);
    const vector = new arrow.FixedSizeList(set.dimension, new arrow.Field("item", new arrow.Float32()));
    const schema = new arrow.Schema([
      new arrow.Field("id", new arrow.Int32()),
      new arrow.Field("sel", new arrow.Int32()),
      new arrow.Field("vector", vector),
    ]);
    let table;
    for (let from = 0; from < set.rows; from += 10_000) {
      const rows = [];
      for (let i = from; i < Math.min(set.rows, from + 10_000); i++) {
        rows.push({ id: i, sel: set.sel[i], vector: set.row(i) });
      }
      if (table === undefined) table = await db.createTable("t", rows, { schema });
      else await table.add(rows);
    }
    const distanceType = set.metric.toLowerCase();
    const config = lancedb.Index.hnswSq({ distanceType, numPartitions: 1, m: 16, efConstruction: 200 });
    await table.createIndex("vector", { config });
    await table.createIndex("sel", { config: lancedb.Index.btree() });
  },
  async open(set, folder) {
    const db = await lancedb.connect(folder);
    return { table: await db.openTable("t"), metric: set.metric.toLowerCase() };
  },
  search: (state, vector, k, ef) => query(state, vector, k, ef),
  filter: (state, vector, k, ef, window) => query(state, vector, k, ef, where(window)),
  async delete({ table }, window) {
    const count = await table.countRows(where(window));
    await table.delete(where(window));
    return count;
  },
};
