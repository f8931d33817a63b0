import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as limits from "../../src/engine/model/limits.js";

/** What is no limit of a user's data. */
const NOT_TOLD = new Set(["DEFAULT_PARTITION_KEY_PARTITIONS", "DEFAULT_LIMIT", "MAX_SHARDS", "MAX_RESOURCE_GROUPS"]);

it("the page of limits tells each of them", () => {
  const page = readFileSync(new URL("../../docs/limits.md", import.meta.url), "utf8");
  const numbers = Object.entries(limits).flatMap(([name, value]) =>
    NOT_TOLD.has(name) ? [] : typeof value === "number" ? [value] : Object.values(value),
  );
  expect(numbers.length).toBeGreaterThan(20);
  const isTold = (number: number) =>
    formsOf(number).some((form) => new RegExp(`(?<![\\d,])${form}(?![\\d,]\\d)`).test(page));
  expect(numbers.filter((number) => !isTold(number))).toEqual([]);
});

function formsOf(number: number): readonly string[] {
  const units = [
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const;
  return [
    number.toLocaleString("en"),
    ...units.flatMap(([unit, size]) => (number % size === 0 ? [`${number / size} ${unit}`] : [])),
  ];
}
