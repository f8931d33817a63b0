import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ColumnBudget } from "../../src/engine/columns/column-budget.js";
import { PartitionColumns } from "../../src/engine/columns/partition-columns.js";
import type { EntityTable } from "../../src/engine/entities/entity-table.js";
import type { RowMask } from "../../src/engine/vector/contract.js";
import { rowIdsOf } from "../../src/engine/vector/masked-rows.js";
import { type ColumnTest, columnTest, compileSql, evaluate, planFilter } from "../../src/expr/index.js";
import { type Draw, drawFilter, drawRow, drawSchema } from "../expr/support/generate.js";
import { fillTable, openSqlite, reader, scopeOf, selectRows, type Table } from "../expr/support/tables.js";

const RUNS = Number(process.env["ELANUS_EXPR_RUNS"] ?? "120");
const FILTERS_PER_RUN = 4;

/** A table of rows as one partition. */
function asPartition({ sqlite, name }: Table): EntityTable {
  sqlite.exec(`CREATE VIEW p_${name} AS SELECT *, 1 AS partition_id, row_id AS ts FROM ${name}`);
  return { name: `p_${name}`, statement: (text: string) => sqlite.prepare(text) } as unknown as EntityTable;
}

function columnsOf(most?: number): PartitionColumns {
  return new PartitionColumns(1, new ColumnBudget(most), { later: () => {} });
}

/** What columns tell when they have been filled, however slow the machine is. */
function patiently(columns: PartitionColumns, partition: EntityTable, test: ColumnTest): RowMask | undefined {
  const first = columns.select(partition, test);
  if (first !== undefined) return first;
  while (columns.readOn());
  return columns.select(partition, test);
}

const idsOf = (mask: RowMask | undefined) => mask && [...rowIdsOf(mask)];

describe("columns of random schemas, rows and filters", () => {
  test("select exactly the rows for which the evaluator says TRUE, wherever they can tell", {
    timeout: 3_600_000,
  }, () => {
    const sqlite = openSqlite();
    let tables = 0;
    let told = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const g: Draw = (make) => draw(make);
        const schema = drawSchema(g);
        const scope = scopeOf(schema, { indexedPaths: [{ column: "meta", path: ["a"], castType: "double" }] });
        tables += 1;
        const rows = Array.from({ length: 8 }, () => drawRow(g, schema));
        const table = fillTable(sqlite, `t${tables}`, scope, rows);
        const partition = asPartition(table);
        const columns = columnsOf();
        for (let at = 0; at < FILTERS_PER_RUN; at += 1) {
          const { text, values } = drawFilter(g, schema, 3);
          const { predicate } = planFilter(text, scope, values, "query");
          for (const [node, shown, wanted] of [
            [predicate, text, true],
            [{ kind: "not", operand: predicate } as const, `not (${text})`, false],
          ] as const) {
            const translated = columnTest(node);
            const found = translated && idsOf(patiently(columns, partition, translated));
            if (found === undefined) continue;
            told += 1;
            const truths = table.rows.map((row) => evaluate(predicate, reader(row)));
            expect(found, shown).toEqual(truths.flatMap((truth, row) => (truth === wanted ? [row + 1] : [])));
          }
        }
        sqlite.exec(`DROP VIEW ${partition.name}; DROP TABLE ${table.name}`);
      }),
      {
        numRuns: RUNS,
        endOnFailure: true,
        ...(process.env["ELANUS_EXPR_SEED"] && { seed: Number(process.env["ELANUS_EXPR_SEED"]) }),
      },
    );
    expect(told).toBeGreaterThan(RUNS);
  });

  test("agree with SQL over several chunks, at the edges of each", () => {
    const schema = {
      define_schema: "t",
      pk: "pk",
      dynamic: true,
      fields: [
        { name: "pk", type: "Int64" },
        { name: "n", type: "Int32", nullable: true },
        { name: "big", type: "Int64" },
        { name: "w", type: "Int64", nullable: true },
        { name: "f", type: "Float", nullable: true },
        { name: "d", type: "Double" },
        { name: "e", type: "Double", nullable: true },
        { name: "s", type: "VarChar", nullable: true },
        { name: "t", type: "Bool" },
      ],
    } as const;
    const scope = scopeOf(schema);
    const sqlite = openSqlite();
    const count = 8192 * 2 + 37;
    const rows = Array.from({ length: count }, (_, i) => ({
      pk: i,
      n: i % 7 === 3 ? null : ((i * 7919) % count) - 5000,
      big: { $int64: String(2n ** 60n + BigInt((i * 31) % 1000)) },
      // Of each three one differs from the others in its upper half alone.
      w: i % 19 === 0 ? null : (i % 3) * 2 ** 32 + i - (i % 3) - 4999,
      f: i % 5 === 0 ? null : Math.fround((i % 100) / 10),
      d: i % 11 === 0 ? -0 : (i % 1000) / 8,
      // From the middle of a chunk on not exact in 32 bits.
      e: i % 17 === 0 ? null : i < 10_000 ? i / 4 : i / 10,
      s: i % 13 === 0 ? null : `tag ${i % 40}`,
      t: i % 2 === 0,
      k: i % 3 === 0 ? i : i % 3 === 1 ? `k${i % 50}` : null,
    }));
    const table = fillTable(sqlite, "t", scope, rows);
    const partition = asPartition(table);
    const columns = columnsOf();
    const wide = Array.from({ length: 300 }, (_, i) => i * 50_000_017 - 2_000_000_000).join(",");
    const near = Array.from({ length: 300 }, (_, i) => i * 3 - 400).join(",");
    // Too far from each other for a byte each, and for a bit each.
    const spread = Array.from({ length: 400 }, (_, i) => i * 42 - 5000).join(",");
    const far = Array.from({ length: 400 }, (_, i) => i * 1999 - 5000).join(",");
    const doubles = Array.from({ length: 50 }, (_, i) => (i * 7) / 8).join(",");
    for (const text of [
      "n < 100",
      "not (n < 100)",
      "n >= -5000 and n < 8192",
      "0 <= n < 3 or n == 77",
      `n in [${near}]`,
      `n not in [${near}]`,
      `n in [${spread}]`,
      `n not in [${spread}]`,
      `n in [${far}] or n in [-5000, 11420]`,
      `n in [${far},300000]`,
      `n in [${wide},1,2,3]`,
      "n in [1, 9999999999]",
      `pk in [${near}]`,
      `w in [${near}]`,
      `w not in [${near}]`,
      `w in [${spread}]`,
      `w in [${far}]`,
      `w not in [${far}]`,
      `w in [${wide},4294962297,4294962300,8589929593]`,
      `w in [${near}] or w in [4294962297, -4999, 1152921504606846976]`,
      "n != 5",
      "n < 9223372036854775807",
      "n is null or t == false",
      "big == 1152921504606847000",
      "big > 1152921504606847000 and big <= 1152921504606847100",
      `big in [1152921504606846976,1152921504606846977,1]`,
      "f == 0.1",
      "f > 0.1 and f <= 0.7",
      "f < 0.1",
      "d == 0",
      "d > 0 and t == true",
      `d in [${doubles}]`,
      "e > 1000.1 and e <= 1000.5",
      "e >= 0.25 and e < 1000.2",
      "not (e > 2.25)",
      "e == 1000.1 or e == 2499.75 or e == 1000.25",
      `e in [${doubles},1000.1,1234.5]`,
      `e not in [${doubles},1000.1]`,
      `d not in [${doubles}]`,
      's == "tag 7"',
      's != "tag 7"',
      's in ["tag 7", "tag 8", "no"]',
      's like "%1%" and not (s like "tag 1_")',
      's > "tag 3"',
      '"tag 1" < s <= "tag 2"',
      "k > 100 and k < 9000",
      'k == "k7" or k == 9',
      'k in ["k7", 9, 12]',
      "not exists k",
      "k is null and not (n == 1 or n == 2 or (t == true and d > 5))",
    ]) {
      const { predicate } = planFilter(text, scope, undefined, "query");
      const translated = columnTest(predicate);
      expect(translated, text).toBeDefined();
      const mask = translated && patiently(columns, partition, translated);
      const expected = selectRows(table, compileSql(predicate));
      expect(idsOf(mask), text).toEqual(expected);
      expect(mask?.count).toBe(expected.length);
    }
    expect(columns.memoryBytes).toBeGreaterThan(count * 40);
    columns.clear();
    expect(columns.memoryBytes).toBe(0);
  });

  test("are left to SQL where they would say something else, or where there is no room", () => {
    const fields = [
      { name: "pk", type: "Int64" },
      { name: "j", type: "JSON" },
      { name: "s", type: "VarChar" },
    ] as const;
    const scope = scopeOf({ define_schema: "t", pk: "pk", dynamic: false, fields });
    const sqlite = openSqlite();
    const rows = Array.from({ length: 5 }, (_, i) => ({
      pk: i,
      j: { $json: i === 3 ? '{"a":9007199254740993}' : `{"a":${i}}` },
      s: `${i}`,
    }));
    const partition = asPartition(fillTable(sqlite, "t", scope, rows));
    const test = (text: string) => columnTest(planFilter(text, scope, undefined, "query").predicate);
    const big = test('j["a"] > 1');
    expect(big && columnsOf().select(partition, big)).toBeUndefined();
    expect(test('json_contains(j["a"], 1)')).toBeUndefined();
    expect(test("pk + 1 == 2")).toBeUndefined();
    const many = columnsOf();
    for (let i = 0; i < 1200; i++) {
      const path = test(`j["a${i}"] == 1`);
      expect(path && idsOf(patiently(many, partition, path))).toEqual([]);
    }
    // 64 KB of values and 1 KB of bits for each column, at most 512 of them.
    expect(many.memoryBytes).toBeLessThan(514 * 66 * 1024);
    const texts = test('s == "1"');
    expect(texts && idsOf(patiently(columnsOf(), partition, texts))).toEqual([2]);
    expect(texts && columnsOf(10_000).select(partition, texts)).toBeUndefined();
  });
});
