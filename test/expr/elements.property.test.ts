import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileElements,
  compileSql,
  ELEMENT_KEY,
  evaluate,
  parseExpression,
  planFilter,
  print,
  type ResolvedField,
  type ResolvedStruct,
  type RowReader,
  type Scope,
} from "../../src/expr/index.js";
import { openSqlite } from "./support/tables.js";
import { withoutRanges } from "./support/trees.js";

/** Filters over the elements of struct arrays: SQL, the evaluator and a few lines of plain JavaScript say the same. */

const RUNS = Number(process.env["ELANUS_EXPR_RUNS"] ?? "300");

interface Element {
  readonly n: number;
  readonly t: string;
  readonly f: number;
  readonly b: boolean;
}

interface Row {
  readonly id: number;
  readonly m: number | null;
  readonly s: readonly Element[] | null;
}

type Truth = boolean | null;

/** A condition as text, and what it means. */
interface Condition {
  readonly text: string;
  of(row: Row, element: Element | undefined): Truth;
}

const field = (name: string, type: ResolvedField["type"], more: Partial<ResolvedField> = {}): ResolvedField => ({
  name,
  type,
  column: `f_${name}`,
  nullable: false,
  primaryKey: false,
  dynamic: false,
  enableMatch: false,
  ...more,
});
const list = (name: string, elementType: ResolvedField["type"]) =>
  field(`s[${name}]`, "Array", { column: `f_s${name}`, elementType, nullable: true });
const struct: ResolvedStruct = {
  name: "s",
  fields: new Map([
    ["n", list("n", "Int64")],
    ["t", list("t", "VarChar")],
    ["f", list("f", "Double")],
    ["b", list("b", "Bool")],
  ]),
};
const fields = new Map([
  ["id", field("id", "Int64", { primaryKey: true })],
  ["m", field("m", "Int64", { nullable: true })],
]);
const scope: Scope = {
  dialect: { truthValues: true, nullIsNoName: true },
  dynamicField: undefined,
  resolve: (name) => fields.get(name),
  struct: (name) => (name === "s" ? struct : undefined),
};

const OPERATORS = ["==", "!=", "<", "<=", ">", ">="] as const;
type Comparable = number | string | boolean;

function holds(operator: string, a: Comparable, b: Comparable): boolean {
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

const number = fc.integer({ min: -3, max: 3 });
const text = fc.constantFrom("", "a", "b", "ab", "é");
const double = fc.constantFrom(-1.5, 0, 0.1, 2.25);

/** What an element is asked. */
const atom: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(fc.constantFrom(...OPERATORS), number).map(
    ([operator, value]): Condition => ({
      text: `$[n] ${operator} ${value}`,
      of: (_, element) => holds(operator, (element as Element).n, value),
    }),
  ),
  fc.tuple(fc.constantFrom("==", "!="), text).map(
    ([operator, value]): Condition => ({
      text: `$[t] ${operator} ${JSON.stringify(value)}`,
      of: (_, element) => holds(operator, (element as Element).t, value),
    }),
  ),
  fc.tuple(fc.constantFrom(...OPERATORS), double).map(
    ([operator, value]): Condition => ({
      text: `${value} ${operator} $[f]`,
      of: (_, element) => holds(operator, value, (element as Element).f),
    }),
  ),
  fc.boolean().map(
    (value): Condition => ({
      text: `$[b] == ${value}`,
      of: (_, element) => (element as Element).b === value,
    }),
  ),
  fc.array(number, { maxLength: 3 }).map(
    (values): Condition => ({
      text: `$[n] in [${values.join(", ")}]`,
      of: (_, element) => values.includes((element as Element).n),
    }),
  ),
  fc
    .tuple(number, number)
    .filter(([low, high]) => low < high)
    .map(
      ([low, high]): Condition => ({
        text: `${low} < $[n] <= ${high}`,
        of: (_, element) => low < (element as Element).n && (element as Element).n <= high,
      }),
    ),
  fc.constantFrom("a", "b").map(
    (prefix): Condition => ({
      text: `$[t] like "${prefix}%"`,
      of: (_, element) => (element as Element).t.startsWith(prefix),
    }),
  ),
  number.map(
    (value): Condition => ({
      text: `$[n] + 1 == ${value}`,
      of: (_, element) => (element as Element).n + 1 === value,
    }),
  ),
);

/** What a row is asked: its column may be null. */
const rowAtom: fc.Arbitrary<Condition> = fc.tuple(fc.constantFrom(...OPERATORS), number).map(
  ([operator, value]): Condition => ({
    text: `m ${operator} ${value}`,
    of: ({ m }) => (m === null ? null : holds(operator, m, value)),
  }),
);

function connected(leaf: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> {
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      tie("tree").map(
        (inner): Condition => ({
          text: `not (${inner.text})`,
          of: (row, element) => negated(inner.of(row, element)),
        }),
      ),
      fc.tuple(fc.constantFrom("and", "or"), tie("tree"), tie("tree")).map(
        ([word, a, b]): Condition => ({
          text: `(${a.text}) ${word} (${b.text})`,
          of: (row, element) => joined(word === "or", a.of(row, element), b.of(row, element)),
        }),
      ),
    ),
  }));
  return tree;
}

function negated(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function joined(decisive: boolean, a: Truth, b: Truth): Truth {
  if (a === decisive || b === decisive) return decisive;
  return a === null || b === null ? null : !decisive;
}

const inside = connected(fc.oneof({ weight: 5, arbitrary: atom }, { weight: 1, arbitrary: rowAtom }));

const counted: fc.Arbitrary<Condition> = fc
  .tuple(fc.constantFrom("any", "all", "least", "most", "exact"), fc.integer({ min: 0, max: 3 }), inside)
  .map(([name, given, condition]): Condition => {
    const threshold = name === "least" ? Math.max(1, given) : given;
    const option = name === "any" || name === "all" ? "" : `, threshold=${threshold}`;
    return {
      text: `match_${name}(s, ${condition.text}${option})`,
      of(row) {
        if (row.s === null) return null;
        const count = row.s.filter((element) => condition.of(row, element) === true).length;
        if (name === "any") return count > 0;
        if (name === "all") return count === row.s.length;
        return name === "least" ? count >= threshold : name === "most" ? count <= threshold : count === threshold;
      },
    };
  });

const positional: fc.Arbitrary<Condition> = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom(...OPERATORS), number)
  .map(
    ([index, operator, value]): Condition => ({
      text: `s[${index}][n] ${operator} ${value}`,
      of({ s }) {
        const element = s?.[index];
        return element === undefined ? null : holds(operator, element.n, value);
      },
    }),
  );

const lengths: fc.Arbitrary<Condition> = fc
  .tuple(fc.constantFrom("s", "s[t]"), fc.constantFrom(...OPERATORS), fc.integer({ min: 0, max: 3 }))
  .map(
    ([what, operator, value]): Condition => ({
      text: `array_length(${what}) ${operator} ${value}`,
      of: ({ s }) => (s === null ? null : holds(operator, s.length, value)),
    }),
  );

const nulls: fc.Arbitrary<Condition> = fc.constant({ text: "s is null", of: ({ s }: Row) => s === null });

const filter = connected(
  fc.oneof(
    { weight: 4, arbitrary: counted },
    { weight: 2, arbitrary: positional },
    { weight: 1, arbitrary: lengths },
    { weight: 1, arbitrary: nulls },
    { weight: 1, arbitrary: rowAtom },
  ),
);

const element: fc.Arbitrary<Element> = fc.record({ n: number, t: text, f: double, b: fc.boolean() });
const rows: fc.Arbitrary<readonly Row[]> = fc
  .array(fc.record({ m: fc.option(number), s: fc.option(fc.array(element, { maxLength: 4 }), { freq: 5 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((drawn) => drawn.map((row, i) => ({ id: i + 1, ...row })));

const sqlite = openSqlite();

function fill(table: readonly Row[]): void {
  sqlite.exec("DROP TABLE IF EXISTS t");
  sqlite.exec("CREATE TABLE t (f_id INTEGER PRIMARY KEY, f_m INTEGER, f_sn TEXT, f_st TEXT, f_sf TEXT, f_sb TEXT)");
  const insert = sqlite.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)");
  for (const row of table) insert.run(...stored(row));
}

function stored({ id, m, s }: Row): (number | string | null)[] {
  const lists = (["n", "t", "f", "b"] as const).map((key) => s && JSON.stringify(s.map((one) => one[key])));
  return [id, m, ...lists];
}

function reader(row: Row): RowReader {
  const values = stored(row);
  const columns = ["f_id", "f_m", "f_sn", "f_st", "f_sf", "f_sb"];
  return ({ column }) => values[columns.indexOf(column)];
}

function selected(sql: { readonly text: string; readonly params: readonly unknown[] }): number[] {
  return sqlite
    .prepare(`SELECT f_id FROM t WHERE ${sql.text} ORDER BY f_id`)
    .pluck()
    .all(...sql.params) as number[];
}

describe("filters over elements", () => {
  it("select the rows that plain JavaScript selects, and are printed as they were written", () => {
    fc.assert(
      fc.property(rows, filter, (table, condition) => {
        fill(table);
        const { predicate } = planFilter(condition.text, scope, undefined, "query");
        const truths = table.map((row) => condition.of(row, undefined));
        expect(table.map((row) => evaluate(predicate, reader(row)))).toEqual(truths);
        const ids = (wanted: boolean) => table.filter((_, i) => truths[i] === wanted).map(({ id }) => id);
        expect(selected(compileSql(predicate))).toEqual(ids(true));
        expect(selected(compileSql({ kind: "not", operand: predicate }))).toEqual(ids(false));
        const tree = parseExpression(condition.text);
        expect(withoutRanges(parseExpression(print(tree)))).toEqual(withoutRanges(tree));
      }),
      { numRuns: RUNS },
    );
  });

  it("mean the elements that plain JavaScript means", () => {
    const word = fc.constantFrom("", "and", "or");
    fc.assert(
      fc.property(rows, inside, rowAtom, word, (table, condition, row, join) => {
        fill(table);
        const front = join === "" ? "" : `${row.text} ${join} `;
        const plan = planFilter(`${front}element_filter(s, ${condition.text})`, scope, undefined, "query");
        if (plan.elements === undefined) throw new Error("no elements");
        const means = (one: Row, each: Element): Truth => {
          const own = condition.of(one, each);
          return join === "" ? own : joined(join === "or", row.of(one, undefined), own);
        };
        const expected = table.flatMap((one) =>
          (one.s ?? []).flatMap((each, i) => (means(one, each) === true ? [[one.id, i]] : [])),
        );
        const { rows: joinedRows, condition: where } = compileElements(plan.elements);
        const found = sqlite
          .prepare(
            `SELECT f_id, ${ELEMENT_KEY} FROM t, ${joinedRows.text} WHERE ${where.text} ORDER BY f_id, ${ELEMENT_KEY}`,
          )
          .raw()
          .all(...joinedRows.params, ...where.params);
        expect(found).toEqual(expected);
        expect(selected(compileSql(plan.predicate))).toEqual([...new Set(expected.map(([id]) => id))]);
      }),
      { numRuns: RUNS },
    );
  });
});
