import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

const open = (folder) => PGlite.create(`${folder}/pg`, { extensions: { vector } });
const literal = (v) => `[${Array.from(v).join(",")}]`;
const operator = (set) => (set.metric === "COSINE" ? "<=>" : "<->");

/** Postgres with pgvector in WebAssembly; filtered searches iterate until enough rows are found. */
export const adapter = {
  package: "@electric-sql/pglite-pgvector",
  knobs: [10, 20],
  filterKnob: 10,
  async build(set, folder) {
    const db = await open(folder);
    await db.exec(
      `CREATE EXTENSION vector; CREATE TABLE t (id int PRIMARY KEY, sel int, e vector(${set.dimension})); SET maintenance_work_mem = '1GB'`,
    );
    for (let from = 0; from < set.rows; from += 500) {
      const values = [];
      for (let i = from; i < Math.min(set.rows, from + 500); i++) {
        values.push(`(${i},${set.sel[i]},'${literal(set.row(i))}')`);
      }
      await db.exec(`INSERT INTO t VALUES ${values.join(",")}`);
    }
    const ops = set.metric === "COSINE" ? "vector_cosine_ops" : "vector_l2_ops";
    await db.exec(
      `CREATE INDEX ON t USING hnsw (e ${ops}) WITH (m = 16, ef_construction = 200); CREATE INDEX ON t (sel); ANALYZE t; CHECKPOINT`,
    );
    await db.close();
  },
  async open(set, folder) {
    const db = await open(folder);
    await db.exec("SET hnsw.iterative_scan = 'strict_order'");
    return { db, operator: operator(set), ef: 0 };
  },
  async search(state, v, k, ef) {
    await breadth(state, ef);
    const text = `SELECT id FROM t ORDER BY e ${state.operator} $1 LIMIT ${k}`;
    return (await state.db.query(text, [literal(v)])).rows.map((row) => row.id);
  },
  async filter(state, v, k, ef, { from, to }) {
    await breadth(state, ef);
    const text = `SELECT id FROM t WHERE sel >= ${from} AND sel < ${to} ORDER BY e ${state.operator} $1 LIMIT ${k}`;
    return (await state.db.query(text, [literal(v)])).rows.map((row) => row.id);
  },
  delete: async ({ db }, { from, to }) =>
    (await db.query(`DELETE FROM t WHERE sel >= ${from} AND sel < ${to}`)).affectedRows,
};

async function breadth(state, ef) {
  if (state.ef === ef) return;
  await state.db.exec(`SET hnsw.ef_search = ${ef}`);
  state.ef = ef;
}
