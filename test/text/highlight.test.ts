import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standardAnalyzer } from "../../src/text/analyzer.js";
import { type HighlightStyle, highlighted } from "../../src/text/highlight.js";

const style: HighlightStyle = { preTags: ["{"], postTags: ["}"], offset: 0, size: 100, count: 5 };
const marked = (text: string, words: string, more: Partial<HighlightStyle> = {}) =>
  highlighted(standardAnalyzer, text, new Set(words.split(" ")), { ...style, ...more });

describe("marked words", () => {
  it.each<[string, string, Partial<HighlightStyle>, string[]]>([
    ["my first test doc", "test", {}, ["my first {test} doc"].map((text) => text.slice(9))],
    ["my first test doc", "test my doc", {}, ["{my} first {test} {doc}"]],
    [
      "vector search finds the nearest vector in a database of vectors",
      "vector database",
      { offset: 3, size: 12 },
      ["{vector} searc", "st {vector} in", " a {database} "],
    ],
    ["nothing of that", "test", {}, []],
    ["test test", "test", { count: 0 }, []],
    ["a b a", "a", { size: 1, count: 1 }, ["{a}"]],
    ["a b a b a", "a b", { preTags: ["<", "("], postTags: [">", ")"] }, ["<a> (b) <a> (b) <a>"]],
    // Lengths are those of characters, not of UTF-16 units.
    ["𝒳𝒴 test 𝒳𝒴", "test", { offset: 3, size: 10 }, ["𝒳𝒴 {test} 𝒳𝒴"]],
    // A fragment grows with a word that reaches beyond its end.
    ["databases of things", "databases", { size: 2 }, ["{databases}"]],
  ])("%s / %s %j", (text, words, more, expected) => {
    expect(marked(text, words, more)).toEqual(expected);
  });

  it("are parts of the text, in order", () => {
    const words = fc.constantFrom("a", "bb", "ccc", "𝒳", " ", ", ", "é");
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 40 }).map((list) => list.join("")),
        fc.record({ offset: fc.nat(5), size: fc.integer({ min: 1, max: 9 }), count: fc.nat(4) }),
        (text, more) => {
          const fragments = marked(text, "a bb", more);
          expect(fragments.length).toBeLessThanOrEqual(more.count);
          for (const fragment of fragments) {
            expect(text).toContain(fragment.replaceAll(/[{}]/g, ""));
            expect(fragment).toMatch(/\{/);
          }
        },
      ),
    );
  });
});
