import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ElanusError } from "../../src/errors.js";
import { checkExpression, parseExpression, planFilter } from "../../src/expr/index.js";
import { reporting } from "../../src/expr/problem.js";
import { formOf } from "../../src/expr/syntax/form.js";
import { KnownForms } from "../../src/expr/syntax/known-forms.js";
import { parseAnew } from "../../src/expr/syntax/parse.js";
import { type Draw, drawFilter, drawSchema, pick } from "./support/generate.js";
import { scopeOf } from "./support/tables.js";

/** Trees of known forms are made without a parser: nothing but the time may tell that. */

const parseExpressionAnew = (text: string) => reporting(text, "query", () => parseAnew(text));

/** What reading a text gives: its tree or its plan, or the fault. */
function outcome(read: () => unknown): unknown {
  try {
    return spelt(read());
  } catch (error) {
    if (error instanceof ElanusError) return { message: error.message, details: error.details };
    throw error;
  }
}

/** With what getters bring. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spelt(each)]));
}

function expectSame(text: string): void {
  expect(
    outcome(() => parseExpression(text)),
    text,
  ).toEqual(outcome(() => parseExpressionAnew(text)));
}

const LITERALS = ["0", "7", "-3", "12345678901234567", "9223372036854775807", "9223372036854775808"].concat(
  ["18446744073709551616", "1.5", "0.0", "-2.25", "1e3", ".5", "5.", "007", "08", "0x1F", "0b11", "1.5e400"],
  ["0".repeat(70), "9".repeat(400), `${"9".repeat(400)}.5`, "1.5.2", "3abc", "4_"],
  ['"a"', "'b'", '"a\\"b"', '"\\x41"', '"\\xff"', '"\\q"', '"é😀"', 'r"raw\\n"', "R'x'", '"', '"open', '"two\nlines"'],
  ["true", "FALSE", "{name}", "null", "[1, 2]", '["a", "b"]', "[]", "[1,2,3,4,5,6,7,8]", "[-1,-0, 3,4,5,6,7,8,9]"],
  ["[1,2,3,4,5,6,7,008]", "[1,2,3,4,5,6,7,8,]", "[1,2,3,4,5,6,7,1.5]", "\u0001", '"\u0003"', "\ud800", '"\udc00"'],
);
const FRAMES = [
  "n == ?",
  "n>=? and n<?",
  "? < n <= ?",
  "not (n in [?, ?, ?]) or tag like ?",
  "n in ?",
  "in[?]",
  "n in[?]",
  "tag == ? && j['k']['?'] == ?",
  'j["a"][0] > ? || j[ ?] == 1',
  "j[?] == ?",
  "-n == - ?",
  "n + ? == ? * ?",
  "n ** ? == ?",
  "n % ? == 0",
  "? == ?",
  "?and?",
  "a?b",
  "n==?or tag==?",
  "$meta[?] == ?",
  "$meta?",
  "$[x] > ?",
  "exists j[?] and n is not null and tag == ?",
  "array_contains(arr, ?)",
  "text_match(tag, ?)",
  "text_match(tag, ?, minimum_should_match=?)",
  "random_sample(?)",
  "f(?, ?)",
  "t > ISO ?",
  "t + INTERVAL ? > ISO ?",
  "tag =~ ?",
  "tag like ? and (tag like {p} or n in {list})",
  "((n == ?)",
  "n == ? n",
  "\n\tn  ==\r\n ?\t",
  "r?",
];

const filled = fc
  .tuple(fc.constantFrom(...FRAMES), fc.array(fc.constantFrom(...LITERALS), { minLength: 4, maxLength: 4 }))
  .map(([frame, literals]) => {
    let at = 0;
    return frame.replaceAll("?", () => literals[at++ % literals.length] as string);
  });

describe("forms of filters", () => {
  it("give the trees and the faults, and these the places, that the parser gives", () => {
    fc.assert(
      fc.property(fc.array(filled, { minLength: 1, maxLength: 20 }), (texts) => {
        for (const text of texts) expectSame(text);
      }),
      { numRuns: 100 },
    );
    for (const frame of FRAMES) {
      // Until the form is known, and with what does not fit it then.
      for (const literal of ["1", "22", "333", ...LITERALS, "4444"]) expectSame(frame.replaceAll("?", literal));
    }
  });

  it("give the plans that the parser's trees give, whatever schema they meet", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const g: Draw = (make) => draw(make);
        const schema = drawSchema(g);
        const dropped = {
          ...schema,
          fields: schema.fields.filter(({ name }) => name === "pk" || pick(g, [true, false])),
        };
        const { text, values } = drawFilter(g, schema, 3);
        const literal = (was: string) =>
          was.startsWith('"') ? pick(g, ['"x"', '"yy"', '""']) : pick(g, ["1", "23", "4.5", "678"]);
        const others = Array.from({ length: 4 }, () =>
          text.replace(/"[^"\\]*"|\b[0-9]+\.[0-9]+\b|\b[0-9]+\b/g, literal),
        );
        for (const each of [text, ...others]) {
          expectSame(each);
          for (const scope of [scopeOf(schema), scopeOf(dropped), scopeOf(schema)]) {
            const known = outcome(() => planFilter(each, scope, values, "query").predicate);
            expect(known, each).toEqual(
              outcome(() => checkExpression(parseExpressionAnew(each), scope, values, each).predicate),
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are learned once, and read without the parser from then on", () => {
    let parsed = 0;
    const forms = new KnownForms((text) => {
      parsed += 1;
      return parseAnew(text);
    });
    const read = (value: number) => forms.read(`(n > ${value} or tag == "${value}") and n in [1, ${value}]`);
    expect(read(1)).toBeUndefined();
    for (let value = 2; value < 100; value++) expect(read(value)).toBeDefined();
    expect(parsed).toBe(1);
    // Words that are looked for are no values of the tree.
    for (let value = 0; value < 5; value++) expect(forms.read(`text_match(tag, "${value}")`)).toBeUndefined();
    expect(parsed).toBe(2);
  });

  it("are told apart by what stands between literals and by the kinds of these", () => {
    const key = (text: string) => formOf(text)?.key;
    expect(key("n == 5 and tag == 'x'")).toBe(key('n == 12345 and tag == "longer \\" text"'));
    expect(key("n == 5")).not.toBe(key("n == 5.0"));
    expect(key("n == 5")).not.toBe(key("n == -5"));
    expect(key("n == 5")).not.toBe(key("n  == 5"));
    expect(key('j["a"] == 5')).not.toBe(key('j["b"] == 5'));
    expect(key("n in [1,2,3]")).not.toBe(key("n in [1,2,3,4]"));
    expect(key("n in [1,2,3,4,5,6,7,8]")).toBe(key("n in [9,8,7,6,5,4,3,2,1,0]"));
    for (const text of ["n == 0x1F", "n == 1e3", "n == .5", "n == 5.", "n == 007", 'n == "open', "n == \u0001"]) {
      expect(formOf(text), text).toBeUndefined();
    }
  });
});
