import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/electron.md", root), "utf8");

/** The blocks of the page, each with the files that were named last before it. */
const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(({ index, 1: code = "" }) => {
  const before = [...page.slice(0, index).matchAll(/\((`[^)]*`)\):?/g)].at(-1)?.[1] ?? "";
  return { code, files: before.split(", ").map((name) => name.replaceAll("`", "")) };
});

it("docs/electron.md shows what stands in the example", () => {
  expect(blocks.length).toBeGreaterThan(10);
  for (const { code, files } of blocks) {
    const sources = files.map((file) => readFileSync(new URL(`examples/electron/${file}`, root), "utf8"));
    const lines = new Set(sources.flatMap((text) => text.split("\n").map((line) => line.trim())));
    const missing = code.split("\n").filter((line) => line.trim() !== "" && !lines.has(line.trim()));
    expect([files, missing]).toEqual([files, []]);
  }
});
