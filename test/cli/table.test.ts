import { expect, it } from "vitest";
import { tableOf } from "../../src/cli/table.js";

it("a table has nothing under a name that a row has not, be it one that all objects have", () => {
  const rows = ['{"id":1,"constructor":"own","toString":5}', '{"id":2}', '{"id":3,"__proto__":"p","none":null}'];
  const lines = tableOf(
    rows.map((text) => JSON.parse(text) as unknown),
    {},
  ).split("\n");
  expect(lines.map((line) => line.trim().split(/\s+/))).toEqual([
    ["id", "constructor", "toString", "__proto__", "none"],
    ["1", "own", "5"],
    ["2"],
    ["3", "p", "null"],
    [""],
  ]);
});
