import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FuzzyWords } from "../../src/text/fuzzy-words.js";
import { cpuTime } from "../support/cpu-time.js";

/** The whole table of optimal string alignment. */
function changes(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  const at = (i: number, j: number): number => (table[i] as number[])[j] as number;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1);
      (table[i] as number[])[j] = least;
    }
  }
  return at(a.length, b.length);
}

describe("words that are spelt nearly so", () => {
  it.each<[string, string, number]>([
    ["ab", "ba", 1],
    ["allergy", "alergy", 1],
    ["milvus", "miluvs", 1],
    ["milvus", "mlivsu", 2],
    // What was exchanged is not changed again.
    ["ca", "abc", 3],
    ["cafe", "café", 1],
    ["😀a", "😀b", 1],
    ["", "ab", 2],
    ["abc", "abc", 0],
  ])("%s and %s are %i changes apart", (query, word, distance) => {
    for (const most of [0, 1, 2]) {
      expect(new FuzzyWords([query], most).matches([word])).toBe(distance <= most);
      expect(new FuzzyWords([word], most).matches([query])).toBe(distance <= most);
    }
  });

  it("are found as the whole table of changes says, whatever other words are looked for", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "😀"), maxLength: 7 });
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 12 }),
        fc.array(word, { maxLength: 6 }),
        fc.nat(2),
        (query, text, most) => {
          const expected = text.some((one) => query.some((other) => changes(one, other) <= most));
          expect(new FuzzyWords(query, most).matches(text)).toBe(expected);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("take no time that grows with the square of a word", () => {
    const long = "a".repeat(200_000);
    const start = cpuTime();
    expect(new FuzzyWords([`${long}b`], 2).matches([`b${long}c`, `${long}cd`])).toBe(true);
    expect(new FuzzyWords([`${long}b`], 2).matches([`bcd${long}`, "a"])).toBe(false);
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it("are compared once where they begin alike", () => {
    const words = (seed: string) =>
      Array.from({ length: 20_000 }, (_, i) => `${seed}${i.toString(36).padStart(4, "0")}`);
    const start = cpuTime();
    expect(new FuzzyWords(words("left"), 2).matches(words("right").slice(0, 300))).toBe(false);
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it("look at the deadline", () => {
    let looks = 0;
    new FuzzyWords(["a"], 1).matches(["xyz"], { check: () => looks++ });
    expect(looks).toBeGreaterThan(0);
  });
});
