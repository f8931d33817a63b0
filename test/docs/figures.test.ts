import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

it("every figure beside other stores stands in bench/RESULTS.md, with its command", () => {
  const [, table = ""] = read("docs/elanus-or-x.md").split("## Figures");
  const results = read("bench/RESULTS.md");
  const rows = [...table.matchAll(/^\| (.+) \| (.+) \| `(.+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, what, figures = "", command = ""] of rows) {
    const numbers = figures.match(/\d[\d,]*\d(?:\.\d+)?x?|\d(?:\.\d+)?x?/g) ?? [];
    const isThere = (number: string) => new RegExp(`(?<![\\d,.])${number}(?![\\d,.]*\\d)`).test(results);
    expect(
      numbers.filter((number) => !isThere(number)),
      what,
    ).toEqual([]);
    const [script = ""] = /bench[:/\w-]*(?:\.mjs)?/.exec(command) ?? [];
    expect(results, command).toContain(script);
  }
});
