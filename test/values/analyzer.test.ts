import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyze, matchesPhrase } from "../../src/values/analyzer.js";
import { cpuTime } from "../support/cpu-time.js";

/** Every way to give each token of the phrase a position of its own, one after the other. */
function byTrying(text: string, tokens: readonly string[], slop: number): boolean {
  const words = analyze(text);
  const place = (at: number, taken: readonly number[], shifts: readonly number[]): boolean => {
    if (at === tokens.length) return Math.max(...shifts) - Math.min(...shifts) <= slop;
    return words.some(
      (word, position) =>
        word === tokens[at] &&
        !taken.includes(position) &&
        place(at + 1, [...taken, position], [...shifts, position - at]),
    );
  };
  return tokens.length > 0 && place(0, [], []);
}

describe("a phrase", () => {
  it("is found wherever some way to place its words stays within the slop", () => {
    const word = fc.constantFrom("a", "a", "b", "c");
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 9 }),
        fc.array(word, { maxLength: 4 }),
        fc.nat(5),
        (text, phrase, slop) => {
          expect(matchesPhrase(text.join(" "), phrase, slop)).toBe(byTrying(text.join(" "), phrase, slop));
        },
      ),
      { numRuns: 5000 },
    );
  });

  const letters = "abcdefghijklmnopqrstuvwxyz";
  const many = (word: string, count: number): string[] => new Array<string>(count).fill(word);
  /** From 20 KB on these took minutes. */
  it.each([
    ["one word again and again and one that comes last", [...many("a", 10_000), "x", "z"], [...many("a", 99), "z"], 0],
    ["the same with slop", ["z", ...many("a", 10_000)], [...many("a", 99), "z"], 50],
    ["a word that comes before", ["z", ...many("a", 30_000)], [...many("a", 1000), "z"], 900],
    ["an alphabet", [...letters.repeat(1200)], [..."zyxwvutsrqponmlkjihgfedcba"], 3],
    ["two words in turn", [..."ab".repeat(15_000)], [..."ab".repeat(500), "b"], 0],
    ["a phrase half as long as the text", [..."ab".repeat(15_000)], [..."ab".repeat(4000), "a", "a"], 0],
  ])("does not stall on %s", (_name, words, phrase, slop) => {
    const start = cpuTime();
    expect(matchesPhrase(words.join(" "), phrase, slop)).toBe(false);
    expect(cpuTime() - start).toBeLessThan(500);
  });

  it("looks at the deadline", () => {
    let looks = 0;
    matchesPhrase([..."ab".repeat(15_000)].join(" "), [..."ab".repeat(500), "a", "a"], 0, { check: () => looks++ });
    expect(looks).toBeGreaterThan(0);
  });
});
