import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyzerOf, standardAnalyzer } from "../../src/text/analyzer.js";
import { matchesPhrase } from "../../src/text/match.js";
import { cpuTime } from "../support/cpu-time.js";

const phraseOf = (words: readonly string[]) => words.map((text, position) => ({ text, position }));
const matches = (text: string, words: readonly string[], slop: number, deadline?: { check(): void }) =>
  matchesPhrase(standardAnalyzer, text, phraseOf(words), slop, deadline);

/** Every way to give each token of the phrase a position, one after the other. */
function byTrying(text: string, tokens: readonly string[], slop: number): boolean {
  const words = standardAnalyzer.words(text);
  const place = (at: number, shifts: readonly number[]): boolean => {
    if (at === tokens.length) return Math.max(...shifts) - Math.min(...shifts) <= slop;
    return words.some((word, position) => word === tokens[at] && place(at + 1, [...shifts, position - at]));
  };
  return tokens.length > 0 && place(0, []);
}

describe("a phrase", () => {
  it("is found wherever some way to place its words stays within the slop", () => {
    const word = fc.constantFrom("a", "a", "b", "c");
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 9 }),
        fc.array(word, { maxLength: 4 }),
        fc.nat(5),
        (text, phrase, wanted) => {
          // With three tokens and more slop is looked at step by step, which finds more.
          const slop = phrase.length > 2 ? 0 : wanted;
          expect(matches(text.join(" "), phrase, slop)).toBe(byTrying(text.join(" "), phrase, slop));
        },
      ),
      { numRuns: 5000 },
    );
  });

  const letters = "abcdefghijklmnopqrstuvwxyz";
  const many = (word: string, count: number): string[] => new Array<string>(count).fill(word);
  /** From 20 KB on these took minutes. */
  it.each<[string, string[], string[], number, boolean?]>([
    ["one word again and again and one that comes last", [...many("a", 10_000), "x", "z"], [...many("a", 99), "z"], 0],
    ["the same with slop", ["z", ...many("a", 10_000)], [...many("a", 99), "z"], 50, true],
    ["a word that comes before", ["z", ...many("a", 10_000)], [...many("a", 300), "z"], 200, true],
    ["an alphabet", [...letters.repeat(1200)], [..."zyxwvutsrqponmlkjihgfedcba"], 3],
    ["two words in turn", [..."ab".repeat(15_000)], [..."ab".repeat(500), "b"], 0],
    ["a phrase half as long as the text", [..."ab".repeat(15_000)], [..."ab".repeat(4000), "a", "a"], 0],
  ])("does not stall on %s", (_name, words, phrase, slop, expected = false) => {
    const start = cpuTime();
    expect(matches(words.join(" "), phrase, slop)).toBe(expected);
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it("is refused where its words, and those of the text, repeat beyond measure", () => {
    const text = "a b c d e f ".repeat(1500);
    const start = cpuTime();
    expect(() =>
      matches(
        text,
        Array.from({ length: 500 }, () => "a"),
        5000,
      ),
    ).toThrow("repeat too often");
    // Gone through to the end it takes 9 s.
    expect(cpuTime() - start).toBeLessThan(5000);
    expect(matches(text, ["a", "b", "c", "a", "b", "c"], 6)).toBe(true);
  });

  const steps = (text: string, phrase: string, slop: number) => matches(text, phrase.split(" "), slop);

  it("of three words and more is looked for step by step, as the text index of Milvus does", () => {
    // `e` is the rarest word there, then `d`, then `a`.
    expect(steps("e g b e f d e a", "e d a", 5)).toBe(true);
    expect(steps("a x b c", "a b c", 1)).toBe(true);
    expect(steps("a b c", "a b c", 0)).toBe(true);
    expect(steps("c b a", "a b c", 1)).toBe(false);
  });

  const ROWS = [
    "Machine learning boosts",
    "Learning a machine-based",
    "Deep learning machine",
    "Machine swiftly improves model performance for ongoing learning",
    "Learning advanced machine",
  ];
  it.each([
    ["machine learning", ["1", "1", "1,3", "1,2,3,5", "1,2,3,4,5"]],
    ["learning machine", ["3", "2,3,5", "1,2,3,5", "1,2,3,5", "1,2,3,5"]],
  ])("is found as Milvus' manual and its text index have it: %s", (phrase, expected) => {
    const found = (slop: number) => ROWS.flatMap((row, i) => (steps(row, phrase, slop) ? [i + 1] : [])).join();
    expect([0, 1, 2, 3, 6].map(found)).toEqual(expected);
  });

  it("leaves room for words that a filter took out", () => {
    const english = analyzerOf({ type: "english" });
    const phrase = english.tokens("database is built").map(({ text, position }) => ({ text, position }));
    expect(matchesPhrase(english, "The database was built", phrase, 0)).toBe(true);
    expect(matchesPhrase(english, "The database built", phrase, 0)).toBe(false);
    expect(matchesPhrase(english, "The database built", phrase, 1)).toBe(true);
  });

  it("looks at the deadline", () => {
    let looks = 0;
    matches([..."ab".repeat(15_000)].join(" "), [..."ab".repeat(500), "a", "a"], 0, { check: () => looks++ });
    expect(looks).toBeGreaterThan(0);
  });
});
