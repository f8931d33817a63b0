import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ElanusError } from "../../src/errors.js";
import { checkExpression, parseExpression, planFilter } from "../../src/expr/index.js";
import { NESTING_DETAIL, reporting } from "../../src/expr/problem.js";
import { parseAnew } from "../../src/expr/syntax/parse.js";
import { parsePlain } from "../../src/expr/syntax/plain-parser.js";
import { vocabulary } from "../../src/expr/syntax/tokens.js";
import { type Draw, drawFilter, drawSchema, pick } from "./support/generate.js";
import { scopeOf } from "./support/tables.js";

/** Plain filters are read without the parser: nothing but the time may tell that. */

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

/** The grammar takes more of the stack while its code is not compiled, and may come to its end before the limit: that fault has no place. */
function isOutOfStack(found: unknown): boolean {
  const { details } = found as { readonly details?: Readonly<Record<string, unknown>> };
  return details?.["detail"] === NESTING_DETAIL && details["range"] === undefined;
}

function expectSame(text: string): void {
  const [found, anew] = [outcome(() => parseExpression(text)), outcome(() => parseExpressionAnew(text))];
  if (![found, anew].some(isOutOfStack)) expect(found, text).toEqual(anew);
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

describe("plain filters", () => {
  it("give the trees and the faults, and these the places, that the parser gives", () => {
    fc.assert(
      fc.property(fc.array(filled, { minLength: 1, maxLength: 20 }), (texts) => {
        for (const text of texts) expectSame(text);
      }),
      { numRuns: 100 },
    );
    for (const frame of FRAMES) {
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

  it("are the usual ones, in every spelling of their words", () => {
    for (const text of [
      "n == 5",
      "n >= 1 AND n < 2 && (tag == 'x' || not b)",
      "-3 < n <= 4.5 or 7 >= j['a'][0] > -n",
      "n in [1, -2, 3] and n not in [4,5,6,7,8,9,10,11] or !(tag in ['a', \"b\",])",
      "tag LIKE 'a%' and tag like {pattern} and n in {list}",
      "j['a'] is null or tag IS NOT NULL and EXISTS $meta['b'] and True != false",
      "n % 2 == 0 and n * 3 + 1 - 2 / 4 > -5",
    ]) {
      expect(parsePlain(text), text).toBeDefined();
      expectSame(text);
    }
    for (const text of [
      "n ** 2 == 4",
      "n & 1 == 0",
      "n == 0x1F",
      "n == 1e3",
      "tag =~ 'x'",
      "f(n)",
      "$meta == 1",
      "n ==",
      "",
    ]) {
      expect(parsePlain(text), text).toBeUndefined();
    }
  });

  it("have no names that are words of the language", () => {
    const spelt = vocabulary.flatMap(({ PATTERN }) => (PATTERN instanceof RegExp ? PATTERN.source.split("|") : []));
    const words = spelt.filter((each) => /^[a-zA-Z_]+$/.test(each));
    expect(words.length).toBeGreaterThan(60);
    for (const word of words) {
      for (const text of [
        word,
        `${word} == 1`,
        `n == ${word}`,
        `n == 1 ${word} n == 2`,
        `${word}x == 1`,
        `${word}[0] > 1`,
      ]) {
        expectSame(text);
      }
    }
  });

  it("give what the parser gives for tokens in any order", () => {
    const token = fc.constantFrom(
      ...["n", "tag", "j['a']", "in", "not", "!", "and", "&&", "or", "like", "exists", "is null", "is not null", "is"],
      ...["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "=", "!~", "=~", "**", "<<", "&", "|", "~"],
      ...["(", ")", "[", "]", "{", "}", ",", "1", "2.5", "'x'", "true", "{p}", "[1, 2]", "[1,2,3,4,5,6,7,8]", "f"],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(token, fc.constantFrom("", " ", " ", "\n"))), (tokens) => {
        expectSame(tokens.flat().join(""));
      }),
      { numRuns: 2000 },
    );
  });

  it("may be joined as deeply as others", () => {
    for (const deep of [10, 130, 399, 400, 401, 1100]) {
      expectSame(`${"(".repeat(deep)}n == 1${")".repeat(deep)}`);
      expectSame(`${"not ".repeat(deep)}b`);
      expectSame(`n${" + 1".repeat(deep)} == 1`);
      expectSame(`n == 1${" or n == 2".repeat(deep)}`);
      expectSame(`n in ${"[".repeat(deep)}1${"]".repeat(deep)}`);
    }
  });
});
