import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenPattern } from "../../src/text/token-pattern.js";
import { cpuTime } from "../support/cpu-time.js";

const atom = fc.constantFrom(
  "a",
  "b",
  "ab",
  "[ab]",
  "[^a]",
  "[)(|]",
  "\\)",
  "\\|",
  "(?:a|b)",
  "(a|ab)",
  ".",
  "a*",
  "b+",
  "a?",
);
const plain = fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join(""));
const ahead = fc.tuple(fc.constantFrom("=", "!"), plain, fc.boolean()).map(([kind, inner, either]) => {
  return `(?${kind}${either ? `${inner}|b` : inner})`;
});
const pattern = fc.oneof(
  plain,
  plain.map((p) => `^${p}$`),
  fc.tuple(fc.array(ahead, { minLength: 1, maxLength: 3 }), plain).map(([list, p]) => `^${list.join("")}${p}`),
);
const text = fc
  .array(fc.constantFrom("a", "b", "c", "(", ")", "|"), { maxLength: 8 })
  .map((letters) => letters.join(""));

describe("the pattern of a regex filter", () => {
  it("finds what other matchers find, with what lies ahead of the beginning", () => {
    fc.assert(
      fc.property(pattern, text, (source, token) => {
        expect(tokenPattern(source)?.(token)).toBe(new RegExp(source, "u").test(token));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["(", "[a", "a(?=b)", "^(?!a)b|c", "(?<!a)b", "(a)\\1", "^(?!a", "^(?!(a)"])("refuses %s", (source) => {
    expect(tokenPattern(source)).toBeUndefined();
  });

  it("takes no longer for patterns that are made to take long", () => {
    const start = cpuTime();
    for (const source of ["^(a+)+b$", "(a|aa)+$", "^(?!(a*)*b)(a|a?)+c", "(.*a){12}"]) {
      tokenPattern(source)?.(`${"a".repeat(5000)}!`);
    }
    expect(cpuTime() - start).toBeLessThan(5000);
  });
});
