// Bare better-sqlite3 with the settings of durability full: what storing and deleting rows costs at least.
import { createRequire } from "node:module";
import { dataset, SEL_RANGE } from "../lib/datasets.mjs";
import { median, now, round } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows } = phaseInput();
const Database = createRequire(import.meta.url)("better-sqlite3");
const set = dataset(name, rows);
const sql = new Database(path);
sql.pragma("journal_mode = WAL");
sql.pragma("synchronous = FULL");
sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, sel INTEGER, data BLOB) STRICT; CREATE INDEX t_sel ON t (sel)");
const insert = sql.prepare("INSERT INTO t VALUES (?, ?, ?)");
const start = now();
for (let from = 0; from < set.rows; from += 1000) {
  sql.exec("BEGIN");
  for (let i = from; i < Math.min(set.rows, from + 1000); i++) {
    const row = set.row(i);
    insert.run(i, set.sel[i], Buffer.from(row.buffer, row.byteOffset, row.byteLength));
  }
  sql.exec("COMMIT");
}
const insertRowsPerSecond = Math.round((set.rows / (now() - start)) * 1000);
sql.pragma("wal_checkpoint(TRUNCATE)");
const remove = sql.prepare("DELETE FROM t WHERE sel >= ? AND sel < ?");
const deletes = [0, 1, 2].map((tenth) => {
  const at = now();
  remove.run((SEL_RANGE / 10) * tenth, (SEL_RANGE / 10) * (tenth + 1));
  return round(now() - at);
});
sql.close();
phaseDone({ insertRowsPerSecond, deleteMs: median(deletes), deletes });
