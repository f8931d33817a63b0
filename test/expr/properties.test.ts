import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compileSql,
  evaluate,
  filterCost,
  parseExpression,
  planFilter,
  print,
  relaxed,
  type Scope,
  type TypedExpression,
} from "../../src/expr/index.js";
import { type Draw, drawFilter, drawRow, drawSchema } from "./support/generate.js";
import { fillTable, openSqlite, reader, type SchemaText, scopeOf, selectRows } from "./support/tables.js";
import { withoutRanges } from "./support/trees.js";

/** `ELANUS_EXPR_RUNS=10000` for the long mode. */
const RUNS = Number(process.env["ELANUS_EXPR_RUNS"] ?? "400");
const FILTERS_PER_RUN = 4;

/** What a filter joins by `and` and `or`. */
function partsOf(node: TypedExpression): readonly TypedExpression[] {
  return node.kind === "and" || node.kind === "or" ? node.operands.flatMap(partsOf) : [node];
}

/** Conditions that no row meets, so many that their values are bound in another way. */
function neverTrue(scope: Scope, { pk, fields }: SchemaText): TypedExpression[] {
  const least = fields.find(({ name }) => name === pk)?.type === "Int64" ? -(2n ** 63n) : "";
  const { predicate } = planFilter(`${pk} < {least}`, scope, { least }, "query");
  return Array.from({ length: 300 }, () => predicate);
}

describe("random schemas, rows and filters", () => {
  test("SQL selects exactly the rows for which the evaluator says TRUE, and printing keeps the tree", {
    timeout: 3_600_000,
  }, () => {
    const sqlite = openSqlite();
    let tables = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const g: Draw = (make) => draw(make);
        const schema = drawSchema(g);
        const scope = scopeOf(schema, { indexedPaths: [{ column: "meta", path: ["a"], castType: "double" }] });
        const rows = Array.from({ length: 8 }, () => drawRow(g, schema));
        tables += 1;
        const table = fillTable(sqlite, `t${tables}`, scope, rows);
        try {
          for (let at = 0; at < FILTERS_PER_RUN; at += 1) {
            const { text, values } = drawFilter(g, schema, 3);
            const { predicate } = planFilter(text, scope, values, "query");
            const truths = table.rows.map((row) => evaluate(predicate, reader(row)));
            const ids = (wanted: boolean): number[] =>
              truths.flatMap((truth, row) => (truth === wanted ? [row + 1] : []));
            expect(selectRows(table, compileSql(predicate)), text).toEqual(ids(true));
            expect(selectRows(table, compileSql({ kind: "not", operand: predicate })), `not (${text})`).toEqual(
              ids(false),
            );
            if (at === 0) {
              const crowd = compileSql({ kind: "or", operands: [predicate, ...neverTrue(scope, schema)] });
              expect(crowd.text, text).toContain("(SELECT ?)");
              expect(selectRows(table, crowd), `${text}, or many others`).toEqual(ids(true));
            }
            for (const most of [0, 1, 4, 16]) {
              const cheap = relaxed(predicate, most);
              expect(cheap === predicate, text).toBe(partsOf(predicate).every((part) => filterCost(part) <= most));
              if (cheap === undefined) continue;
              expect(partsOf(cheap).every((part) => filterCost(part) <= most)).toBe(true);
              expect(selectRows(table, compileSql(cheap)), text).toEqual(expect.arrayContaining(ids(true)));
            }
            const tree = parseExpression(text);
            expect(withoutRanges(parseExpression(print(tree))), text).toEqual(withoutRanges(tree));
          }
        } finally {
          sqlite.exec(`DROP TABLE ${table.name}`);
        }
      }),
      {
        numRuns: RUNS,
        endOnFailure: true,
        ...(process.env["ELANUS_EXPR_SEED"] && { seed: Number(process.env["ELANUS_EXPR_SEED"]) }),
      },
    );
    expect(tables).toBeGreaterThanOrEqual(RUNS);
  });
});
