/**
 * What filters cost on 200,000 rows: the statement a filter compiles to beside the same query written by hand, and the
 * work in front of it (parse, check, compile). Run `npm run build` first, then `node bench/filter.mjs [rows]`.
 */
import Database from "better-sqlite3";
import { compileSql, jsonPathIndexExpression, planFilter, registerSqlFunctions } from "../dist/esm/expr.js";

const ROWS = Number(process.argv[2] ?? 200_000);
const REPEATS = 7;

const field = (name, type, column, more = {}) => ({
  name,
  type,
  column,
  nullable: true,
  primaryKey: false,
  dynamic: false,
  enableMatch: false,
  ...more,
});
const dynamic = field("$meta", "JSON", "meta", { nullable: false, dynamic: true });
const fields = [
  field("id", "Int64", "f_100", { nullable: false, primaryKey: true }),
  field("n", "Int64", "f_101"),
  field("plain", "Int64", "f_102"),
  field("price", "Double", "f_103"),
  field("s", "VarChar", "f_104"),
  field("j", "JSON", "f_105"),
];
const byName = new Map([...fields, dynamic].map((f) => [f.name, f]));
const scope = {
  resolve: (name) => byName.get(name),
  dynamicField: dynamic,
  indexedPaths: [{ column: "f_105", path: ["k"], castType: "double" }],
};

const sqlite = new Database(":memory:");
registerSqlFunctions(sqlite);
sqlite.exec(`CREATE TABLE e (row_id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, f_100 INTEGER NOT NULL UNIQUE, f_101 INTEGER,
  f_102 INTEGER, f_103 REAL, f_104 TEXT, f_105 TEXT, meta TEXT NOT NULL) STRICT`);
const insert = sqlite.prepare("INSERT INTO e VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)");
sqlite.transaction(() => {
  for (let i = 0; i < ROWS; i += 1) {
    const scattered = (i * 7919) % ROWS;
    const json = JSON.stringify({
      a: scattered,
      k: scattered,
      b: `tag${i % 100}`,
      nested: { x: i % 10, list: [i % 5, 1] },
    });
    const meta = JSON.stringify({ color: `c${i % 50}`, n: scattered });
    const values = [BigInt(scattered), BigInt(scattered), scattered / 8, `name${String(scattered).padStart(7, "0")}`];
    insert.run(BigInt(i), BigInt(i + 1_000_000), ...values, json, meta);
  }
})();
sqlite.exec(`CREATE INDEX i_n ON e (f_101); CREATE INDEX i_s ON e (f_104);
  CREATE INDEX i_k ON e (${jsonPathIndexExpression("f_105", ["k"], "double")}); ANALYZE`);

const one = BigInt(Math.floor(ROWS / 100));
const half = BigInt(Math.floor(ROWS / 2));
const many = Array.from({ length: 10_000 }, (_, i) => BigInt(i * 20 + 1_000_000));
const path = (p) => `json_extract(f_105, '${p}')`;

/** name, filter, SQL by hand, its values */
const cases = [
  ["key lookup", "id == 1000077", "f_100 = ?", [1_000_077n]],
  ["indexed range 1 %", `0 <= n < ${one}`, "f_101 >= ? AND f_101 < ?", [0n, one]],
  ["indexed range 50 %", `n < ${half}`, "f_101 < ?", [half]],
  ["unindexed scan", `plain < ${one}`, "f_102 < ?", [one]],
  ["unindexed, two columns", `plain < ${half} and price > 100.5`, "f_102 < ? AND f_103 > ?", [half, 100.5]],
  ["unindexed, not", `not (plain < ${half} or price > 100.5)`, "NOT (f_102 < ? OR f_103 > ?)", [half, 100.5]],
  ["JSON number", `j["a"] < ${one}`, `${path("$.a")} < ?`, [one]],
  ["JSON number, not", `not (j["a"] < ${half})`, `NOT (${path("$.a")} < ?)`, [half]],
  ["JSON string", 'j["b"] == "tag7"', `${path("$.b")} = ?`, ["tag7"]],
  ["JSON nested", 'j["nested"]["x"] in [3, 4]', `${path("$.nested.x")} IN (?, ?)`, [3n, 4n]],
  ["dynamic key", 'color == "c7"', "json_extract(meta, '$.color') = ?", ["c7"]],
  ["JSON exists", 'exists j["nested"]["x"]', "json_type(f_105, '$.nested.x') IS NOT NULL", []],
  [
    "JSON contains",
    'json_contains(j["nested"]["list"], 3)',
    "EXISTS (SELECT 1 FROM json_each(f_105, '$.nested.list') WHERE value = ?)",
    [3n],
  ],
  ["JSON indexed path", `j["k"] < ${one}`, `${path('$."k"')} < ?`, [one]],
  ["like, prefix, indexed", 's like "name00001%"', "f_104 >= ? AND f_104 < ?", ["name00001", "name00002"]],
  ["like, infix", 's like "%0099%"', "f_104 LIKE ?", ["%0099%"]],
  ["like, suffix", 's like "%99"', "f_104 LIKE ?", ["%99"]],
  ["10,000 keys", `id in [${many.join(",")}]`, "f_100 IN (SELECT value FROM json_each(?))", [`[${many.join(",")}]`]],
  [
    "10,000 values, scan",
    `plain in [${many.join(",")}]`,
    "f_102 IN (SELECT value FROM json_each(?))",
    [`[${many.join(",")}]`],
  ],
  ["arithmetic", "plain % 10 == 3", "f_102 % ? = ?", [10n, 3n]],
  ["arithmetic, int64 sum", "plain + 5 == 100", "f_102 + ? = ?", [5n, 100n]],
];

sqlite.pragma("case_sensitive_like = ON");

/** Best of some alternating runs, in milliseconds: the machine's other work disturbs both sides alike. */
function race(first, second) {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < REPEATS; run += 1) {
    a = Math.min(a, clock(first));
    b = Math.min(b, clock(second));
  }
  return [a, b];
}

/** Short work is repeated until it takes a millisecond. */
function clock(work) {
  let times = 0;
  const start = performance.now();
  let elapsed = 0;
  do {
    work();
    times += 1;
    elapsed = performance.now() - start;
  } while (elapsed < 1);
  return elapsed / times;
}

const milliseconds = (value) => (value < 1 ? value.toFixed(4) : value.toFixed(1)).padStart(9);

console.log(`${ROWS} rows, better-sqlite3 in memory, Node ${process.version}; best of ${REPEATS} runs, milliseconds`);
console.log(
  `${"query".padEnd(26)}${"rows".padStart(8)}${"filter".padStart(9)}${"by hand".padStart(9)}${"ratio".padStart(7)}${"compile".padStart(9)}`,
);
for (const [name, filter, condition, values] of cases) {
  const prepare = () => compileSql(planFilter(filter, scope, undefined, "query").predicate);
  const fragment = prepare();
  const compiled = sqlite.prepare(`SELECT row_id FROM e WHERE ${fragment.text}`).raw();
  const manual = sqlite.prepare(`SELECT row_id FROM e WHERE ${condition}`).raw();
  const found = compiled.all(...fragment.params).length;
  if (found !== manual.all(...values).length) throw new Error(`${name}: the two statements select different rows`);
  const [ours, theirs] = race(
    () => compiled.all(...fragment.params),
    () => manual.all(...values),
  );
  const planned = clock(prepare);
  console.log(
    `${name.padEnd(26)}${String(found).padStart(8)}${milliseconds(ours)}${milliseconds(theirs)}${(ours / theirs).toFixed(2).padStart(7)}${milliseconds(planned)}`,
  );
}

console.log("\ndelete by filter (statement alone, rolled back)");
for (const [name, filter, condition, values] of cases) {
  const fragment = compileSql(planFilter(filter, scope, undefined, "delete").predicate);
  const compiled = sqlite.prepare(`DELETE FROM e WHERE ${fragment.text}`);
  const manual = sqlite.prepare(`DELETE FROM e WHERE ${condition}`);
  const rolledBack = (statement, bound) => {
    let elapsed = 0;
    sqlite.exec("BEGIN");
    const start = performance.now();
    statement.run(...bound);
    elapsed = performance.now() - start;
    sqlite.exec("ROLLBACK");
    return elapsed;
  };
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < 3; run += 1) {
    ours = Math.min(ours, rolledBack(compiled, fragment.params));
    theirs = Math.min(theirs, rolledBack(manual, values));
  }
  console.log(
    `${name.padEnd(26)}${milliseconds(ours)}${milliseconds(theirs)}${(ours / theirs).toFixed(2).padStart(7)}`,
  );
}

/** The whole call: parse, check, compile or find in the cache, run, count. Beside it the statement alone. */
const { Elanus } = await import("../dist/esm/index.js");
const db = await Elanus.open(":memory:");
const collectionName = "filtered";
const scalar = (fieldName, dataType, more = {}) => ({ fieldName, dataType, nullable: true, ...more });
await db.collections.create({
  collectionName,
  schema: {
    autoId: false,
    enableDynamicField: true,
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      scalar("n", "Int64"),
      scalar("plain", "Int64"),
      scalar("price", "Double"),
      scalar("s", "VarChar", { elementTypeParams: { max_length: 32 } }),
      scalar("j", "JSON"),
      { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    ],
  },
  indexParams: [
    { fieldName: "v", indexName: "v", metricType: "L2", params: { index_type: "FLAT" } },
    { fieldName: "n", indexName: "n", params: { index_type: "INVERTED" } },
    { fieldName: "s", indexName: "s", params: { index_type: "INVERTED" } },
    {
      fieldName: "j",
      indexName: "k",
      params: { index_type: "INVERTED", json_path: 'j["k"]', json_cast_type: "double" },
    },
  ],
});
for (let from = 0; from < ROWS; from += 5000) {
  const data = Array.from({ length: Math.min(5000, ROWS - from) }, (_, at) => {
    const i = from + at;
    const n = (i * 7919) % ROWS;
    const j = { a: n, k: n, b: `tag${i % 100}`, nested: { x: i % 10, list: [i % 5, 1] } };
    const s = `name${String(n).padStart(7, "0")}`;
    return { id: i + 1_000_000, n, plain: n, price: n / 8, s, j, color: `c${i % 50}`, v: [n, i] };
  });
  await db.entities.insert({ collectionName, data });
}
await db.collections.load({ collectionName });
console.log("\nwhole calls through the engine: query of count(*), then of up to 100 ids");
for (const [name, filter] of cases) {
  const best = async (request) => {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 3; run += 1) {
      const start = performance.now();
      await db.entities.query({ collectionName, filter, ...request });
      least = Math.min(least, performance.now() - start);
    }
    return least;
  };
  const counted = await best({ outputFields: ["count(*)"] });
  const listed = await best({ outputFields: ["id"], limit: 100 });
  console.log(`${name.padEnd(26)}${milliseconds(counted)}${milliseconds(listed)}`);
}
await db.close();
