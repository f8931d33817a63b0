import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const test = fileURLToPath(new URL("..", import.meta.url));

/** What lets a busy machine decide a test; see CONTRIBUTING.md. */
const DECIDED_BY_TIME: Readonly<Record<string, RegExp>> = {
  "a limit that is shorter than the usual one": /(?:\btimeout: |^\s*\}, )(?:\d|[1-9]\d|[12]\d\d)_\d{3}\b/gm,
  "a wait of a second: expect.poll waits longer": /\bvi\s*\.wait(?:For|Until)\(/g,
  "a bound on wall time: test/support/cpu-time.ts has the time of the thread":
    /\bexpect\((?:Date\.now\(\)|performance\.now\(\)|elapsed\(\)) - [^\n]*\.toBeLessThan/g,
};

it.each(Object.entries(DECIDED_BY_TIME))("no test has %s", (_, pattern) => {
  const found: string[] = [];
  for (const name of readdirSync(test, { recursive: true, encoding: "utf8" })) {
    if (!/\.test\.m?ts$/.test(name) || /node_modules/.test(name)) continue;
    const text = readFileSync(join(test, name), "utf8");
    for (const { 0: words, index } of text.matchAll(pattern)) {
      found.push(`${name}:${text.slice(0, index).split("\n").length}: ${words}`);
    }
  }
  expect(found).toEqual([]);
});
