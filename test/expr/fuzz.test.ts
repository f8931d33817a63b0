import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { isElanusError } from "../../src/errors.js";
import { compileSql, evaluate, planFilter, print } from "../../src/expr/index.js";
import { parseText } from "../../src/expr/syntax/parse.js";
import { cpuTime } from "../support/cpu-time.js";
import { expressionCases, expressionFixture } from "../support/expression-fixtures.js";
import { fillTable, openSqlite, type RowText, reader, type SchemaText, scopeOf, selectRows } from "./support/tables.js";

/** `ELANUS_FUZZ_INPUTS=100000` for the long mode. */
const INPUTS = Number(process.env["ELANUS_FUZZ_INPUTS"] ?? "4000");

const lines = expressionCases() as readonly ({ expr?: string; schema?: string } & Partial<SchemaText>)[];
const schema = lines.find((line) => line.define_schema === "main") as SchemaText;
const corpus = lines.flatMap((line) => (line.schema === "main" && line.expr !== undefined ? [line.expr] : []));
const scope = scopeOf(schema);
const rows = expressionFixture<Record<string, RowText[]>>("expression-rows")["main"] ?? [];
const table = fillTable(openSqlite(), "fuzzed", scope, rows);

let worst = 0;
let inputs = 0;

/** A result or an ElanusError of the documented kinds; what is accepted must run in SQL and agree with the evaluator. */
function survives(text: string, values?: Record<string, unknown>): boolean {
  inputs += 1;
  const started = cpuTime();
  let plan: ReturnType<typeof planFilter>;
  try {
    plan = planFilter(text, scope, values, "delete");
  } catch (error) {
    record(text, started);
    if (!isElanusError(error)) throw error;
    expect(["InvalidExpression", "NotAPredicate"]).toContain(error.kind);
    expect(error.message).not.toContain("error: unsupported expression:");
    return false;
  }
  const fragment = compileSql(plan.predicate);
  record(text, started);
  expect(fragment.text).not.toContain("\0");
  const truths = table.rows.flatMap((row, at) => (evaluate(plan.predicate, reader(row)) === true ? [at + 1] : []));
  expect(selectRows(table, fragment)).toEqual(truths);
  return true;
}

function record(text: string, started: number): void {
  const budget = 100 + (5 * text.length) / 1024;
  worst = Math.max(worst, (cpuTime() - started) / budget);
}

afterAll(() => {
  console.info(`filter fuzzing: ${inputs} inputs, slowest at ${(worst * 100).toFixed(0)} % of 100 ms + 5 ms per KB`);
  // Loose on purpose: only a hang or a quadratic step comes near it.
  expect(worst).toBeLessThan(20);
});

const HOSTILE = [
  "'",
  '"',
  "\\",
  "\0",
  "--",
  ";",
  "/*",
  "*/",
  "\ud800",
  "\udc00x",
  "%",
  "_",
  "`",
  "$",
  "\u2028",
  "\r\n",
  "😀",
]
  .concat([
    "') OR 1=1 --",
    "'; DROP TABLE fuzzed; --",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "{v}",
    "$meta",
    "is null",
    "not in",
  ])
  .concat([
    "9223372036854775808",
    "0x",
    "1e999",
    "ISO 'x'",
    "INTERVAL 'P1D'",
    ",",
    "=",
    "==",
    "&",
    "|",
    "^",
    "~",
    "<<",
    "**",
  ]);

describe("any text gives a result or an ElanusError", () => {
  test("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        survives(Buffer.from(bytes).toString("latin1"));
        survives(Buffer.from(bytes).toString("utf8"));
      }),
      { numRuns: INPUTS / 4, endOnFailure: true },
    );
  });

  test("random sequences of tokens", () => {
    const words = [...new Set(corpus.flatMap((text) => (text.length < 200 ? text.split(/(\W)/) : [])))].filter(
      (w) => w !== "",
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words, ...HOSTILE), { maxLength: 14 }), (parts) => {
        survives(parts.join(" "));
        survives(parts.join(""));
      }),
      { numRuns: INPUTS / 4, endOnFailure: true },
    );
  });

  test("changed valid expressions", () => {
    const short = corpus.filter((text) => text.length < 300);
    const change = fc.record({
      text: fc.constantFrom(...short),
      other: fc.constantFrom(...short),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat({ max: 6 }),
      with: fc.oneof(fc.constantFrom("", ...HOSTILE), fc.string({ unit: "binary", maxLength: 3 })),
      splice: fc.boolean(),
    });
    let accepted = 0;
    fc.assert(
      fc.property(change, ({ text, other, at, length, with: insert, splice }) => {
        const cut = Math.floor(at * text.length);
        const tail = splice ? other.slice(Math.floor(at * other.length)) : text.slice(cut + length);
        if (survives(text.slice(0, cut) + insert + tail)) accepted += 1;
      }),
      { numRuns: INPUTS / 2, endOnFailure: true },
    );
    expect(accepted).toBeGreaterThan(INPUTS / 50);
  });

  test("hostile strings as literals, keys, patterns and template values select exactly what they say", () => {
    for (const text of HOSTILE) {
      for (const shape of [
        `s == "${text}"`,
        `s == '${text}'`,
        `s like "%${text}%"`,
        `j["${text}"] == 1`,
        `color in ["${text}"]`,
      ])
        survives(shape);
      survives('s == {v} or color == {v} or j["a"] in {l}', { v: text, l: [text, 1] });
    }
    expect(table.sqlite.prepare("SELECT count(*) FROM fuzzed").pluck().get()).toBe(rows.length);
  });

  test("template values of any shape", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        for (const text of [
          "i64 == {v}",
          "s in {v}",
          'j["a"] == {v}',
          "{v} < d < {v}",
          "i64 / {v} == 2",
          "array_contains(ai, {v})",
        ])
          survives(text, { v: value });
      }),
      { numRuns: INPUTS / 20, endOnFailure: true },
    );
  });
});

describe("size", () => {
  test("nesting of 200 levels is accepted in every form", () => {
    const deep = (open: string, close: string): string => `${open.repeat(200)}i64 == 7${close.repeat(200)}`;
    expect(survives(deep("(", ")"))).toBe(true);
    expect(survives(`${"not ".repeat(200)}(i64 == 7)`)).toBe(true);
    expect(survives(`${"not (b == true and ".repeat(100)}i64 == 7${")".repeat(100)}`)).toBe(true);
    expect(survives(`${"(b == true or i8 > 1 and ".repeat(200)}i64 == 7${")".repeat(200)}`)).toBe(true);
    expect(survives(`${'(j["a"] > 1 or not (ai[0] == 2 and '.repeat(100)}i64 == 7${"))".repeat(100)}`)).toBe(true);
  });

  test("nesting of 10,000 levels is refused with a message about nesting, also when printed text comes back", () => {
    const shapes = [
      ["(", ")"],
      ["not ", ""],
      ["[", "]"],
      ["-", ""],
      ["exists ", ""],
      ["json_contains(", ", 1)"],
      ["i64 in [", "]"],
      ["f(", ")"],
    ].concat([
      ["1 + (", ")"],
      ["2 ** ", ""],
      ["not (i64 > 1 and ", ")"],
    ]);
    for (const [open = "", close = ""] of shapes) {
      const text = `${open.repeat(10_000)}i64${close.repeat(10_000)}`;
      expect(survives(text)).toBe(false);
      expect(() => planFilter(text, scope, undefined, "query")).toThrow(/nesting depth/);
    }
    for (const chain of [" + 1", " == 1", " < 1", " in [1]", ' like "a"'])
      expect(survives(`i64${chain.repeat(10_000)}`)).toBe(false);
  });

  test("lists of 100,000 elements and chains of 5,000 operands are executed", () => {
    const numbers = Array.from({ length: 100_000 }, (_, at) => at);
    expect(survives(`i64 in [${numbers.join(",")}]`)).toBe(true);
    expect(survives(`s not in [${numbers.map((n) => `"${n}"`).join(",")}]`)).toBe(true);
    expect(survives(`d in [${numbers.map((n) => `${n}.5`).join(",")}]`)).toBe(true);
    expect(survives(`n in [${numbers.join(",")}]`)).toBe(true);
    expect(survives(`json_contains_any(j["l"], [${numbers.join(",")}])`)).toBe(true);
    expect(survives("i64 in {l}", { l: numbers })).toBe(true);
    const many = numbers.slice(0, 5000);
    expect(survives(many.map((n) => `i64 == ${n}`).join(" or "))).toBe(true);
    expect(survives(many.map((n) => `i64 > ${n}`).join(" and "))).toBe(true);
    expect(survives(many.map((n) => `(i64 > ${n} and i32 < ${n})`).join(" or "))).toBe(true);
    expect(
      survives(
        many
          .slice(0, 1000)
          .map((n) => `j["a"] > ${n}`)
          .join(" or "),
      ),
    ).toBe(true);
  });

  test("texts of more than a megabyte are refused at once, by their bytes, and not quoted whole", () => {
    for (const text of ["id==1 or ".repeat(600_000), `s == "${"é".repeat(600_000)}"`, "(".repeat(1 << 21)]) {
      const start = cpuTime();
      let message = "";
      try {
        planFilter(text, scope, undefined, "query");
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain("the expression is longer than 1048576 bytes");
      expect(message.length).toBeLessThan(1500);
      expect(cpuTime() - start).toBeLessThan(2000);
    }
    expect(survives(`s == "${"é".repeat(500_000)}"`)).toBe(true);
  });

  test("a megabyte of conditions takes no longer than its parts", () => {
    const chain = (count: number): number => {
      const text = Array.from({ length: count }, () => "id==1").join(" or ");
      const start = cpuTime();
      expect(survives(text)).toBe(true);
      return cpuTime() - start;
    };
    chain(10_000);
    const part = chain(10_000);
    // A hundred times as much, were it the square.
    expect(chain(100_000)).toBeLessThan(Math.max(part, 20) * 50);
  });

  test("texts of a megabyte are answered", () => {
    const size = (1 << 20) - 64;
    for (const part of [
      "(",
      ")",
      '"',
      "'",
      "\\",
      '"\\',
      "a",
      "1",
      "0",
      "1.",
      "a[",
      'a["',
      'a["b"]',
      "not ",
      "- ",
      "+",
      " ",
      "\n",
      "[",
      "{",
      "a.",
      "1 + ",
      "a or ",
      "is null ",
      "\0",
      "é",
      "😀",
      "/*",
      "$meta",
      "$[a]",
      "0x",
      ".",
    ]) {
      survives(part.repeat(Math.floor(size / part.length)));
    }
    expect(survives(`s == "${"x".repeat(size)}"`)).toBe(true);
    expect(survives(`s like "${"%x_".repeat(size / 4)}"`)).toBe(true);
    expect(survives(`s == "${"\\n".repeat(size / 2)}"`)).toBe(true);
  });
});

test("printing what was parsed from changed texts gives the same meaning", () => {
  for (const text of corpus) {
    let tree: ReturnType<typeof parseText>;
    try {
      tree = parseText(text);
    } catch {
      continue;
    }
    expect(print(parseText(print(tree)))).toBe(print(tree));
  }
});
