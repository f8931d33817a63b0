import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { compileSql, jsonPathIndexExpression, planFilter, registerSqlFunctions } from "../../src/expr/index.js";
import { type SchemaText, scopeOf } from "./support/tables.js";

const schema: SchemaText = {
  define_schema: "indexed",
  pk: "id",
  dynamic: true,
  fields: [
    { name: "id", type: "Int64" },
    { name: "n", type: "Int64", nullable: true },
    { name: "d", type: "Double", nullable: true },
    { name: "s", type: "VarChar", nullable: true },
    { name: "j", type: "JSON", nullable: true },
    { name: "plain", type: "Int64", nullable: true },
    { name: "ts", type: "Timestamptz", nullable: true },
  ],
};
const paths = [
  { column: "f_104", path: ["a"], castType: "double" },
  { column: "f_104", path: ["it's", 'q"k'], castType: "varchar" },
  { column: "meta", path: ["color"], castType: "varchar" },
];
const scope = scopeOf(schema, { indexedPaths: paths });
const sqlite = new Database(":memory:");
registerSqlFunctions(sqlite);
sqlite.exec(
  `CREATE TABLE e (row_id INTEGER PRIMARY KEY, f_100 INTEGER NOT NULL UNIQUE, f_101 INTEGER, f_102 REAL, f_103 TEXT, f_104 TEXT,
   f_105 INTEGER, f_106 INTEGER, meta TEXT NOT NULL) STRICT;
   CREATE INDEX i_n ON e (f_101); CREATE INDEX i_d ON e (f_102); CREATE INDEX i_s ON e (f_103); CREATE INDEX i_ts ON e (f_106);`,
);
paths.forEach(({ column, path }, at) => {
  sqlite.exec(`CREATE INDEX i_path${at} ON e (${jsonPathIndexExpression(column, path)})`);
});
const insert = sqlite.prepare("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
for (let at = 1; at <= 300; at += 1) {
  const json = JSON.stringify({
    a: at % 7 === 0 ? String(at) : at % 11 === 0 ? true : at,
    "it's": { 'q"k': `k${at}` },
  });
  insert.run(
    BigInt(at),
    BigInt(at),
    BigInt(at),
    at / 2,
    `s${at}`,
    json,
    BigInt(at),
    BigInt(at),
    JSON.stringify({ color: `c${at}` }),
  );
}

function planOf(filter: string): { readonly plan: string; readonly ids: number[] } {
  const fragment = compileSql(planFilter(filter, scope, undefined, "query").predicate);
  const text = `SELECT row_id FROM e WHERE ${fragment.text}`;
  const steps = sqlite.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...fragment.params) as { detail: string }[];
  const ids = sqlite
    .prepare(text)
    .pluck()
    .all(...fragment.params) as number[];
  return { plan: steps.map((step) => step.detail).join("\n"), ids: ids.sort((a, b) => a - b) };
}

describe("an index serves", () => {
  const served: readonly (readonly [string, string, number])[] = [
    ["id == 7", "sqlite_autoindex_e_1 (f_100=?)", 1],
    ["id in [1, 2, 2, 900]", "sqlite_autoindex_e_1 (f_100=?)", 2],
    ["n == 7", "i_n (f_101=?)", 1],
    ["7 == n", "i_n (f_101=?)", 1],
    ["n > 290", "i_n (f_101>?)", 10],
    ["10 <= n < 20", "i_n (f_101>? AND f_101<?)", 10],
    ["n > 10 and n <= 12", "i_n (f_101>? AND f_101<?)", 2],
    ["n in [1, 2, 3]", "i_n (f_101=?)", 3],
    ["n == 1 or n == 2 or n in [5, 6]", "i_n (f_101=?)", 4],
    [`n in [${Array.from({ length: 1000 }, (_, at) => at).join(",")}]`, "i_n (f_101=?)", 300],
    ["not (n > 5)", "i_n (f_101<?)", 5],
    ["n is null", "i_n (f_101=?)", 0],
    ["d < 2", "i_d (f_102<?)", 3],
    ["d in [0.5, 1]", "i_d (f_102=?)", 2],
    ['s == "s5"', "i_s (f_103=?)", 1],
    ['s like "s29%"', "i_s (f_103>? AND f_103<?)", 11],
    ['s like "s29_"', "i_s (f_103>? AND f_103<?)", 10],
    ['starts_with(s, "s30")', "i_s (f_103>? AND f_103<?)", 2],
    ["ts > ISO '1970-01-01T00:00:00.000290Z'", "i_ts (f_106>?)", 10],
    ["ts + INTERVAL 'PT1S' > ISO '1970-01-01T00:00:01.000290Z'", "i_ts (f_106>?)", 10],
    ['j["a"] == 5', "i_path0 (<expr>=?)", 1],
    ['j["a"] > 290 and plain > 0', "i_path0 (<expr>>? AND <expr><?)", 8],
    ['4 <= j["a"] < 8', "i_path0 (<expr>>? AND <expr><?)", 3],
    ['j["a"] in [1, 2, 7, "7"]', "i_path0 (<expr>=?)", 3],
    ['j["a"] == 1', "i_path0 (<expr>=?)", 1],
    ["j[\"it's\"]['q\\u0022k'] == 'k9'", "i_path1 (<expr>=?)", 1],
    ['color == "c9"', "i_path2 (<expr>=?)", 1],
    ['$meta["color"] in ["c9", "c10"]', "i_path2 (<expr>=?)", 2],
    ['n == 5 or color == "c9"', "MULTI-INDEX OR", 2],
  ];
  for (const [filter, step, count] of served) {
    test(`${filter.slice(0, 60)}`, () => {
      const { plan, ids } = planOf(filter);
      expect(plan).toContain(step);
      expect(plan).not.toContain("SCAN e");
      expect(ids).toHaveLength(count);
    });
  }
});

test("without an index, and below not, JSON tests scan and keep UNKNOWN apart from FALSE", () => {
  expect(planOf("plain == 5").plan).toContain("SCAN e");
  const { plan, ids } = planOf('not (j["a"] > 5)');
  expect(plan).toContain("SCAN e");
  expect(ids).toEqual([1, 2, 3, 4, 5]);
});

test("a filter on the primary key alone names its keys", () => {
  const keys = (text: string, values?: Record<string, unknown>) =>
    planFilter(text, scope, values, "delete").primaryKeys;
  expect(keys("id == 7")).toEqual([7n]);
  expect(keys("7 == id")).toEqual([7n]);
  expect(keys("id in [3, 1, 3]")).toEqual([3n, 1n]);
  expect(keys("id in {ids}", { ids: [9, 9n, 8] })).toEqual([9n, 8n]);
  expect(keys("id in []")).toEqual([]);
  for (const text of ["id != 7", "id not in [7]", "id in [7] and n > 1", "id > 7", "n == 7"])
    expect(keys(text)).toBeUndefined();
});
