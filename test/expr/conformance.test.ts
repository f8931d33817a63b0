import { describe, expect, test } from "vitest";
import { isElanusError } from "../../src/errors.js";
import { compileSql, evaluate, parseExpression, planFilter, print } from "../../src/expr/index.js";
import { expressionCases, expressionFixture } from "../support/expression-fixtures.js";
import { fillTable, openSqlite, type RowText, reader, type SchemaText, scopeOf, selectRows } from "./support/tables.js";
import { withoutRanges } from "./support/trees.js";

interface Case {
  readonly schema: string;
  readonly expr: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly valid: boolean;
  readonly matches?: readonly unknown[];
  readonly error?: string;
  readonly sure?: boolean;
  readonly tag: string;
}

const lines = expressionCases() as readonly (Case | SchemaText)[];
const schemas = lines.filter((line): line is SchemaText => "define_schema" in line);
const cases = lines.filter((line): line is Case => "expr" in line);
const rowTexts = expressionFixture<Record<string, RowText[]>>("expression-rows");

/** What is said of filters of which the list says no more than that they are refused: looked through by hand. */
const refusals = expressionFixture<Record<string, string>>("expression-refusals");
const GENERIC = "cannot parse expression";

/** The list leaves open what these select; worked out by hand. */
const SPATIAL_MATCHES: Readonly<Record<string, readonly number[]>> = {
  'st_within(geo, "POLYGON((-1 -1, 2 -1, 2 2, -1 2, -1 -1))")': [1, 2, 5, 6],
  'ST_EQUALS(geo, "POINT(0 0)")': [1],
  'st_dwithin(geo, "POINT(0 0)", 1000)': [1, 5, 6],
};

const sqlite = openSqlite();
const tables = new Map(
  schemas.map((schema) => {
    const scope = scopeOf(schema);
    const rows = rowTexts[schema.define_schema] ?? [];
    return [
      schema.define_schema,
      { scope, rows, pk: schema.pk, table: fillTable(sqlite, schema.define_schema, scope, rows) },
    ];
  }),
);

function templateValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(templateValues);
  if (typeof value === "object" && value !== null) {
    if ("$int64" in value) return BigInt(value.$int64 as string);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, templateValues(inner)]));
  }
  return value;
}

function setOf(name: string) {
  const found = tables.get(name);
  if (found === undefined) throw new Error(`no schema ${name}`);
  return found;
}

function planOf(one: Case) {
  return planFilter(one.expr, setOf(one.schema).scope, templateValues(one.params) as Record<string, unknown>, "query");
}

const title = (one: Case, at: number): string =>
  `${at + 1} ${one.tag}: ${one.expr.slice(0, 100)}${one.params ? ` ${JSON.stringify(one.params)}` : ""}`;

describe("conformance list", () => {
  cases.forEach((one, at) => {
    if (!one.valid) {
      test(`${title(one, at)} is refused`, () => {
        let caught: unknown;
        try {
          planOf(one);
        } catch (error) {
          caught = error;
        }
        expect(isElanusError(caught)).toBe(true);
        const { code, message } = caught as Error & { code: number };
        expect(code).toBe(1100);
        const said = one.error === undefined || one.error === GENERIC ? refusals[one.expr] : one.error;
        expect(said).toMatch(/../);
        expect(message).toContain(said);
        expect(message).not.toContain("unsupported expression:");
      });
      return;
    }
    test(`${title(one, at)} selects the same rows in SQL and in the evaluator`, () => {
      const { table, rows, pk } = setOf(one.schema);
      const plan = planOf(one);
      const bySql = selectRows(table, compileSql(plan.predicate));
      const byEvaluator = table.rows.filter((row) => evaluate(plan.predicate, reader(row)) === true);
      expect(bySql).toEqual(byEvaluator.map((row) => Number(row["row_id"])));
      const matches = one.matches ?? SPATIAL_MATCHES[one.expr];
      if (matches !== undefined) {
        const keys = bySql.map((id) => rows[id - 1]?.[pk]);
        expect(new Set(keys)).toEqual(new Set(matches));
      }
      const byNegation = selectRows(table, compileSql({ kind: "not", operand: plan.predicate }));
      const refuted = table.rows.filter((row) => evaluate(plan.predicate, reader(row)) === false);
      expect(byNegation).toEqual(refuted.map((row) => Number(row["row_id"])));
    });
    if (one.expr.trim() !== "") {
      test(`${title(one, at)} survives printing`, () => {
        const tree = parseExpression(one.expr);
        expect(withoutRanges(parseExpression(print(tree)))).toEqual(withoutRanges(tree));
      });
    }
  });

  test("holds all 902 cases, and says of each valid one which rows it selects or that the list leaves it open", () => {
    expect(cases).toHaveLength(902);
    const open = cases.filter((one) => one.valid && one.matches === undefined && !(one.expr in SPATIAL_MATCHES));
    expect(open.map((one) => one.expr).filter((text) => text.includes("st_"))).toEqual([]);
  });
});
