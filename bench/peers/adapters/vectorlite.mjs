import Database from "better-sqlite3";
import { vectorlitePath } from "vectorlite";

const bytes = (vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
function open(folder) {
  const sql = new Database(`${folder}/rows.db`);
  sql.loadExtension(vectorlitePath());
  return sql;
}

/** A virtual table of vectors (a graph file that is written on close) beside an ordinary table of scalars. */
export const adapter = {
  package: "vectorlite",
  knobs: [10, 20, 40, 80],
  filterKnob: 20,
  build(set, folder) {
    const sql = open(folder);
    const space = set.metric === "COSINE" ? " cosine" : "";
    sql.exec(
      `CREATE VIRTUAL TABLE v USING vectorlite(e float32[${set.dimension}]${space}, ` +
        `hnsw(max_elements=${set.rows}, ef_construction=200, M=16), '${folder}/graph');` +
        "CREATE TABLE t (id INTEGER PRIMARY KEY, sel INTEGER); CREATE INDEX t_sel ON t (sel)",
    );
    const vector = sql.prepare("INSERT INTO v (rowid, e) VALUES (?, ?)");
    const scalar = sql.prepare("INSERT INTO t VALUES (?, ?)");
    for (let from = 0; from < set.rows; from += 1000) {
      sql.exec("BEGIN");
      for (let i = from; i < Math.min(set.rows, from + 1000); i++) {
        vector.run(i, bytes(set.row(i)));
        scalar.run(i, set.sel[i]);
      }
      sql.exec("COMMIT");
    }
    sql.close();
  },
  open(_set, folder) {
    const sql = open(folder);
    const knn = "SELECT rowid FROM v WHERE knn_search(e, knn_param(?, ?, ?))";
    const all = sql.prepare(knn).pluck();
    const some = sql.prepare(`${knn} AND rowid IN (SELECT id FROM t WHERE sel >= ? AND sel < ?)`).pluck();
    return { sql, all, some };
  },
  search: ({ all }, query, k, ef) => all.all(bytes(query), BigInt(k), BigInt(ef)),
  filter: ({ some }, query, k, ef, { from, to }) => some.all(bytes(query), BigInt(k), BigInt(ef), from, to),
};
