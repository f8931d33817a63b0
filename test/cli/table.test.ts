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

it("a table has all digits of long numbers, alone, in lists and in JSON", () => {
  const long = 9_223_372_036_854_775_807n;
  expect(tableOf([{ id: long, list: [1, long], json: { a: { b: -long } } }], { columns: 200 })).toMatch(
    /^id +list +json\n9223372036854775807 +\[1,9223372036854775807\] +\{"a":\{"b":-9223372036854775807\}\}\n$/,
  );
  expect(tableOf({ id: long, none: undefined }, {})).toBe("id    9223372036854775807\nnone\n");
});

it("a table of facets has a row for each bucket, those inside of it behind it, and tells the queries apart", () => {
  const bucket = (fieldName: string, value: unknown, more: object = {}) => ({
    key: [{ fieldName, fieldId: 1, value }],
    count: 2,
    metrics: {},
    hits: [],
    subGroups: [],
    ...more,
  });
  const aggregations = [
    { buckets: [bucket("year", 1999, { metrics: { best: 0.5 }, subGroups: [bucket("genre", "noir")] })] },
    { buckets: [] },
    { buckets: [bucket("year", null, { hits: [{ id: 1n }] })] },
  ];
  const table = tableOf(Object.assign([], { topks: [0, 0, 0], aggregations }), { columns: 300 });
  expect(table).toBe(
    `query  year  count  best  genre  hits
0      1999  2      0.5
0      1999  2            noir
2      null  2                   [{"id":1}]
`,
  );
  expect(tableOf(Object.assign([], { aggregations: [{ buckets: [] }] }), {})).toBe("no rows\n");
});
