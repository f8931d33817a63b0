import Database from "better-sqlite3";
import * as sqliteVec from "sqlite-vec";

function open(folder) {
  const sql = new Database(`${folder}/rows.db`);
  sqliteVec.load(sql);
  sql.pragma("journal_mode = WAL");
  sql.pragma("synchronous = FULL");
  sql.pragma("mmap_size = 1073741824");
  return sql;
}

/** Exact search only, the scalar as a metadata column of the virtual table. */
export const adapter = {
  package: "sqlite-vec",
  knobs: ["exact"],
  filterKnob: "exact",
  build(set, folder) {
    const sql = open(folder);
    const metric = set.metric.toLowerCase();
    sql.exec(
      `CREATE VIRTUAL TABLE v USING vec0(id INTEGER PRIMARY KEY, e float[${set.dimension}] distance_metric=${metric}, sel INTEGER)`,
    );
    const insert = sql.prepare("INSERT INTO v (id, e, sel) VALUES (?, ?, ?)");
    for (let from = 0; from < set.rows; from += 1000) {
      sql.exec("BEGIN");
      for (let i = from; i < Math.min(set.rows, from + 1000); i++) {
        insert.run(BigInt(i), set.row(i), BigInt(set.sel[i]));
      }
      sql.exec("COMMIT");
    }
    sql.close();
  },
  open(_set, folder) {
    const sql = open(folder);
    const knn = "SELECT id FROM v WHERE e MATCH ? AND k = ?";
    return { sql, all: sql.prepare(knn).pluck(), some: sql.prepare(`${knn} AND sel >= ? AND sel < ?`).pluck() };
  },
  search: ({ all }, vector, k) => all.all(vector, k),
  filter: ({ some }, vector, k, _, { from, to }) => some.all(vector, k, BigInt(from), BigInt(to)),
  delete: ({ sql }, { from, to }) =>
    sql.prepare("DELETE FROM v WHERE sel >= ? AND sel < ?").run(BigInt(from), BigInt(to)).changes,
};
